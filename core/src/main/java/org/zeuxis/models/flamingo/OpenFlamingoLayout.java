package org.zeuxis.models.flamingo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.ModelCopy;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.models.clip.shipped.ShippedClip;
import org.zeuxis.models.flamingo.eyes.Eyes;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Packing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.language.LanguageTokenizer;

/**
 * OpenFlamingo's checkpoint, which holds only what was trained, in a folder that says over which CLIP and which language model:
 * {@code open_flamingo.json} has the arguments of its {@code create_model_and_transforms}, as names within the folder.
 *
 * <pre>{@code
 * {"clip_vision_encoder_path": "clip", "lang_encoder_path": "language-model", "cross_attn_every_n_layers": 4}
 * }</pre>
 *
 * <p>A CLIP named {@code pictograms} with a {@code _clip_sha256} is the one that ships, which then does not lie in the folder.
 *
 * @see <a href="https://arxiv.org/abs/2308.01390">OpenFlamingo</a>
 */
final class OpenFlamingoLayout {
    static final String CONFIG = "open_flamingo.json";
    private static final String PLACES = "places";
    private static final String OVERVIEW = "overview";
    private static final String EYES = "clip_vision_encoder_path";
    /** Which a resampler of feed-forward layers alone lacks. */
    private static final String LATENTS = "perceiver.latents";

    private static final int HEADS = 8;
    private static final String GATED = "lang_encoder.gated_cross_attn_layers.";
    /** Where each family of language models keeps its blocks. */
    private static final List<String> BLOCKS =
            List.of("model.decoder.layers", "gpt_neox.layers", "transformer.blocks", "model.layers");

    private OpenFlamingoLayout() {}

    static FlamingoFolder load(ModelFolder folder, DType type) throws IOException {
        Config c = folder.config(CONFIG);
        Path language = folder.file(c.text("lang_encoder_path"));
        Path eyes = ShippedClip.isNamedIn(c) ? ShippedClip.folder(c, EYES) : folder.file(c.text(EYES));
        Path checkpoint = folder.file(c.text("checkpoint", "checkpoint.pt"));
        Path words = folder.file(c.text("tokenizer_path", c.text("lang_encoder_path")));
        int every = c.size("cross_attn_every_n_layers", 1, Size.LAYERS);
        LanguageTokenizer tokenizer = LanguageTokenizer.read(words).with(Prompt.END, Prompt.MARK);
        ClipFolder clip = ClipFolder.load(eyes, type.computed());
        ClipPreprocessing preprocessing = preprocessing(c, clip);
        int places = c.size(PLACES, 0, Size.TOKENS);
        boolean overview = c.flag(OVERVIEW, false);
        c.refuseUnread();
        Eyes once = Eyes.of(clip.clip().vision());
        Eyes seeing = overview ? once.withOverview() : once;
        clip.clip().text().close(); // nobody asks it anything
        try (Weights weights = unwrapped(WeightsFile.of(checkpoint))) {
            Decoder decoder = LanguageModelFolder.load(language, ofLanguage(weights), type);
            Weights trained = ofTrained(weights);
            Flamingo.Assembly assembly = new Flamingo.Assembly(
                    Placement.LAST_OF_EACH,
                    every,
                    () -> new GatedCrossAttention(gated(trained, decoder)),
                    tokenizer.id(Prompt.MARK));
            Supplier<Resampler> resampler = resampler(trained, seeing.width(), places);
            StateDict state = StateDict.of(trained).as(type.computed());
            Flamingo model = state.sized(() -> new Flamingo(assembly, seeing, resampler.get(), decoder));
            state.loadInto(model.trained());
            model.packTrained(Packing.of(type));
            return new FlamingoFolder(
                    String.valueOf(folder.path().toAbsolutePath().normalize().getFileName()),
                    model,
                    Dialect.OPEN_FLAMINGO,
                    tokenizer,
                    preprocessing);
        }
    }

    /** A ResNet or an NFNet may look at larger pictures than its CLIP does; {@code image_size} is ours, as places and overview are. */
    private static ClipPreprocessing preprocessing(Config c, ClipFolder clip) {
        int own = clip.preprocessing().size();
        if (clip.clip().vision() instanceof ProjectedVisionModel) {
            c.expect("image_size", own);
            return clip.preprocessing();
        }
        return clip.preprocessing().ofSize(c.size("image_size", own, Size.PIXELS));
    }

    static void save(
            Flamingo model, Map<String, Tensor> learned, Path clip, Path language, int every, int imageSize, Path into)
            throws IOException {
        ModelCopy.unchanged(clip, into.resolve("clip"));
        ModelCopy.unchanged(language, into.resolve("language-model"));
        SafetensorsWriter.write(into.resolve("checkpoint.safetensors"), learned, Map.of("format", "pt"));
        ConfigWriter config = new ConfigWriter()
                .put("checkpoint", "checkpoint.safetensors")
                .put(EYES, "clip")
                .put("cross_attn_every_n_layers", every)
                .put("image_size", imageSize)
                .put("lang_encoder_path", "language-model");
        if (model.places() > 0) config.put(PLACES, model.places());
        if (model.overview()) config.put(OVERVIEW, true);
        config.write(into.resolve(CONFIG));
    }

    /** What was trained further or not at all, by the names it has in the model; a training's own notes are left out. */
    private static Weights unwrapped(Weights checkpoint) {
        return new KeyMap()
                .rename("model_state_dict.module.*", "*")
                .rename("model_state_dict.*", "*")
                .rename("module.*", "*")
                .drop("optimizer_state_dict.*")
                .drop("lr_scheduler_state_dict.*")
                .of(checkpoint);
    }

    /** The resampler and the gated layers, which the checkpoint keeps within the blocks of the language model. */
    private static Weights ofTrained(Weights weights) {
        KeyMap keys = new KeyMap();
        for (String blocks : BLOCKS) {
            keys.rename("lang_encoder." + blocks + ".*.gated_cross_attn_layer.*", GATED + "*.*");
        }
        boolean within = weights.names().stream().anyMatch(name -> name.contains(".gated_cross_attn_layer."));
        if (!within) keys.rename(GATED + "*", GATED + "*");
        return keys.drop("lang_encoder.*").drop("vision_encoder.*").of(weights);
    }

    /** The language model's own, in its own names; where new tokens were added, the table of all tokens. */
    private static Weights ofLanguage(Weights weights) {
        return new KeyMap()
                .drop("*.gated_cross_attn_layer.*")
                .drop(GATED + "*")
                .drop("lang_encoder.old_decoder_blocks.*")
                .drop("vision_encoder.*")
                .drop("perceiver.*")
                .rename("lang_encoder.*.decoder_layer.*", "*.*")
                .rename("lang_encoder.*", "*")
                .of(weights);
    }

    private static Supplier<Resampler> resampler(Weights weights, int width, int places) {
        int layers = 1 + last(weights.names(), "perceiver\\.layers\\.(\\d+)\\..*");
        boolean moving = weights.names().contains("perceiver.frame_embs");
        int frames = moving ? Math.toIntExact(weights.shape("perceiver.frame_embs")[0]) : 0;
        if (!weights.names().contains(LATENTS)) {
            return () -> new MlpResampler(new MlpResampler.Config(width, layers, frames, places, Activation.GELU));
        }
        int headWidth = headWidth(weights, "perceiver.layers.0.0.to_q.weight");
        int latents = Math.toIntExact(weights.shape(LATENTS)[0]);
        return () -> new PerceiverResampler(new PerceiverResampler.Config(
                width, layers, HEADS, headWidth, latents, frames, places, Activation.GELU));
    }

    private static GatedCrossAttention.Config gated(Weights weights, Decoder decoder) {
        int block = last(weights.names(), Pattern.quote(GATED) + "(\\d+)\\..*");
        String kv = GATED + block + ".attn.to_kv.weight";
        return new GatedCrossAttention.Config(
                decoder.family().width(),
                Math.toIntExact(weights.shape(kv)[1]),
                HEADS,
                headWidth(weights, GATED + block + ".attn.to_q.weight"),
                Activation.GELU);
    }

    /** All published ones have eight heads, whose width their projections tell. */
    private static int headWidth(Weights weights, String q) {
        return Math.toIntExact(weights.shape(q)[0]) / HEADS;
    }

    private static int last(Set<String> names, String pattern) {
        Pattern number = Pattern.compile(pattern);
        return names.stream()
                .map(number::matcher)
                .filter(Matcher::matches)
                .mapToInt(m -> Integer.parseInt(m.group(1)))
                .max()
                .orElse(0);
    }
}
