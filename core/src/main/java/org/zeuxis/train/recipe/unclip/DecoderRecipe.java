package org.zeuxis.train.recipe.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.Size;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Examples;
import org.zeuxis.diffusion.HybridLoss;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.ClipProjection;
import org.zeuxis.models.unclip.Decoder;
import org.zeuxis.models.unclip.Decoding;
import org.zeuxis.models.unclip.ImageEncoder;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/**
 * Trains the decoder of DALL·E 2 over a trained CLIP, anew or {@code from} a model whose decoder has the same shape; its samples
 * are pictures and, below each row, what it makes of their embeddings. With {@code inpainting} it also learns to look at what is
 * known of a picture, in channels whose weights are zero at the start.
 */
public final class DecoderRecipe implements Recipe {
    private static final int SHOWN = 16;
    private static final int COLUMNS = 8;

    @Override
    public String kind() {
        return "unclip-decoder";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Config c = keys.file();
        String clip = c.text("clip");
        int extraTokens = c.has("extra_tokens") ? c.size("extra_tokens", Size.TOKENS) : 4;
        DecoderObjective.Dropped dropped = new DecoderObjective.Dropped(
                c.number("image_dropped", DecoderObjective.Dropped.PAPER.image()),
                c.number("text_dropped", DecoderObjective.Dropped.PAPER.text()));
        Decoder.Config config = Decoder.Config.from(keys.model());
        keys.model().expect("sample_size", keys.data().size());
        boolean inpainting = c.flag("inpainting", false);
        Path from = c.has("from") ? Path.of(c.text("from")) : null;
        if (!config.learnsVariance()) {
            throw new IllegalArgumentException("expected out_channels of twice in_channels, as the decoder learns the"
                    + " variance too, got " + config.unet().outChannels());
        }
        return (run, encoded) ->
                begin(clip, extraTokens, config, inpainting, from, dropped, keys.data(), keys.training());
    }

    private static ModelInTraining begin(
            String clip,
            int extraTokens,
            Decoder.Config config,
            boolean inpainting,
            @Nullable Path from,
            DecoderObjective.Dropped dropped,
            TrainingData data,
            TrainingConfig training)
            throws IOException {
        ClipFolder opened = Models.standard().open(clip, ClipFolder.class, DType.FLOAT32);
        ClipProjection.Config projection = new ClipProjection.Config(
                opened.clip().config().width(), config.unet().blocks().timeWidth(), config.tokenWidth(), extraTokens);
        SchedulerConfig scheduler = scheduler();
        Decoding begun = Initialization.seeded(
                Seed.of(training.seed()),
                () -> new Decoding(new ClipProjection(projection), new Decoder(config), scheduler));
        if (from != null) fill(begun, ModelFolder.open(from));
        Decoding decoding =
                inpainting ? new Decoding(begun.projection(), inpainting(begun.network()), scheduler) : begun;
        Examples examples = data.examples();
        Scheduler noised = scheduler.training();
        return new ModelInTraining(
                new DecoderObjective(
                        decoding,
                        opened,
                        new HybridLoss(noised.schedule(), noised.predicts()),
                        dropped,
                        new Batches(examples, training.batch())),
                examples,
                folder -> model(decoding, opened).save(folder),
                () -> samples(model(decoding, opened), examples));
    }

    /**
     * The same network, shown what is known of pictures, which changes nothing yet: the weights by which it would see it are
     * zero.
     *
     * @see <a href="https://arxiv.org/abs/2112.10741">GLIDE</a>, section 3.2
     */
    static Decoder inpainting(Decoder plain) {
        Decoder.Config config = plain.config();
        if (config.inpaints()) return plain;
        Decoder wider = Initialization.seeded(Seed.of(0), () -> new Decoder(config.inpainting()));
        Map<String, Tensor> weights = plain.parameters();
        wider.parameters().forEach((key, wide) -> {
            Tensor weight = Objects.requireNonNull(weights.get(key)).detach();
            InPlace.assign(wide, key.equals("conv_in.weight") ? widened(weight, config.channels() + 1) : weight);
        });
        return wider;
    }

    private static Tensor widened(Tensor weight, int channels) {
        return Tensor.cat(1, weight, Tensor.zeros(weight.size(0), channels, weight.size(2), weight.size(3)));
    }

    /** With the weights of a decoder of the same shape, trained on pictures of any size. */
    private static void fill(Decoding decoding, ModelFolder from) throws IOException {
        fill(decoding.network(), from.component("decoder"));
        fill(decoding.projection(), from.component("text_proj"));
    }

    private static void fill(Module part, ModelFolder from) throws IOException {
        ModelFolder.opened(from.path(), () -> {
            try (Weights weights = from.weights()) {
                StateDict.of(weights).as(DType.FLOAT32).loadInto(part.parameters());
                return part;
            }
        });
    }

    /** Cosine noise, the velocity and the range of the variance predicted, pictures from −1 to 1. */
    private static SchedulerConfig scheduler() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("beta_schedule", "squaredcos_cap_v2");
        keys.put("num_train_timesteps", 1000);
        keys.put("prediction_type", "v_prediction");
        keys.put("sample_max_value", 1.0);
        keys.put("thresholding", true);
        keys.put("timestep_spacing", "trailing");
        keys.put("variance_type", "learned_range");
        return SchedulerConfig.from("DPMSolverMultistepScheduler", Config.of("the decoder's scheduler", keys));
    }

    private static UnClip model(Decoding decoding, ClipFolder clip) {
        return new UnClip(
                "trained",
                new CaptionEncoder(clip.tokenizer(), clip.clip().texts()),
                List.of(),
                decoding,
                List.of(),
                new ImageEncoder(clip.clip().vision(), clip.preprocessing()));
    }

    private static Optional<Image> samples(UnClip model, Examples examples) throws IOException {
        List<Image> pictures = new ArrayList<>();
        for (int i = 0; i < SHOWN; i++) pictures.add(examples.at(i).image());
        List<Image> again = model.drawnAgain(pictures, Seed.of(0));
        List<Image> sheet = new ArrayList<>();
        for (int row = 0; row < SHOWN; row += COLUMNS) {
            sheet.addAll(pictures.subList(row, row + COLUMNS));
            sheet.addAll(again.subList(row, row + COLUMNS));
        }
        return Optional.of(new ImageGrid(COLUMNS, 2, 0xffffff).draw(sheet));
    }
}
