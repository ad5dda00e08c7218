package org.zeuxis.train.recipe.flamingo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.Size;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.data.series.Examples;
import org.zeuxis.hub.Found;
import org.zeuxis.hub.Models;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.models.flamingo.Flamingo;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.GatedCrossAttention;
import org.zeuxis.models.flamingo.MlpResampler;
import org.zeuxis.models.flamingo.PerceiverResampler;
import org.zeuxis.models.flamingo.Placement;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.flamingo.Resampler;
import org.zeuxis.models.flamingo.eyes.Eyes;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.language.LanguageTokenizer;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/**
 * Trains a Flamingo: the resampler and the gated layers between a CLIP and a language model, both of
 * which stay as they are, but that one with {@code "frozen": false} learns the language model, too; a CLIP's ResNet or NFNet may look at pictures larger than the CLIP's. Its model is saved as an OpenFlamingo, with both beside it.
 */
public final class FlamingoRecipe implements Recipe {
    /** As the layout has it for both. */
    private static final int HEADS = 8;

    private static final String LANGUAGE = "language";
    private static final String FROM = "from";
    private static final String PERCEIVER = "perceiver";
    private static final String MLP = "mlp";

    /** What decides where a resampler looks, but for its keys. */
    private static final List<String> LOOKING =
            List.of("perceiver.latents", "perceiver.frame_embs", "perceiver.row_embs", "perceiver.column_embs");

    /** Gives a Flamingo what it begins with. */
    private interface Start {
        void set(Flamingo model) throws IOException;
    }

    /**
     * @param every of how many blocks one has a gated layer
     * @param headWidth of the eight heads of resampler and gated layers
     * @param places how many rows and columns of the features have embeddings; 0 for none
     * @param mlp whether each feature goes through feed-forward layers alone, in place of a Perceiver's latents
     * @param overview whether pictures are looked at in half their size, too
     */
    private record Shape(int every, int layers, int latents, int headWidth, int places, boolean mlp, boolean overview) {
        static Shape from(Config c) {
            String resampler = c.text("resampler", PERCEIVER);
            if (!List.of(PERCEIVER, MLP).contains(resampler)) {
                throw new IllegalArgumentException(
                        "expected a resampler of " + PERCEIVER + " or " + MLP + ", got " + resampler);
            }
            return new Shape(
                    c.size("every", 1, Size.LAYERS),
                    c.size("resampler_layers", 2, Size.LAYERS),
                    c.size("latents", 16, Size.TOKENS),
                    c.size("head_width", 32, Size.WIDTH),
                    c.integer("places", 0),
                    resampler.equals(MLP),
                    c.flag("overview", false));
        }
    }

    /**
     * What the gates begin at, before their tanh: at 0 as in the paper, where nothing is seen at first, which little training
     * does not get away from.
     */
    private record Gates(double attention, double feedForward) {
        static Gates from(Config c) {
            List<Double> both = c.numbers("gates", List.of(0.0, 0.0));
            if (both.size() == 2) return new Gates(both.get(0), both.get(1));
            throw new IllegalArgumentException(
                    "expected gates of two numbers, those of attention and of the feed-forward layers, got " + both);
        }

        void open(Flamingo model) {
            model.trained().forEach((key, weight) -> {
                if (key.endsWith(".attn_gate")) InPlace.assign(weight, Tensor.full(attention, weight.shape()));
                if (key.endsWith(".ff_gate")) InPlace.assign(weight, Tensor.full(feedForward, weight.shape()));
            });
        }
    }

    @Override
    public String kind() {
        return "flamingo";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Config c = keys.file();
        String clip = c.text("clip");
        Path language = Path.of(c.text(LANGUAGE));
        Shape shape = Shape.from(c);
        if (c.has(FROM)) keys.refuseBeside(FROM, "gates", "whose own go on");
        String from = c.has(FROM) ? c.text(FROM) : null;
        Gates gates = Gates.from(c);
        DocumentMix mix = DocumentMix.from(c);
        Start start = model -> {
            boolean anew = from == null || !goOn(from, model);
            if (from == null) gates.open(model);
            if (anew && model.places() > 0 && !shape.mlp) FirstLook.begin(model.trained(), HEADS);
        };
        boolean frozen = c.flag("frozen", true);
        if (!frozen) keys.refuseBeside("a frozen of false", FROM, "whose language model would not go on");
        return (run, encoded) -> begin(clip, language, shape, start, frozen, mix, keys.data(), keys.training());
    }

    private static ModelInTraining begin(
            String clip,
            Path language,
            Shape shape,
            Start start,
            boolean frozen,
            DocumentMix mix,
            TrainingData data,
            TrainingConfig training)
            throws IOException {
        Found<ClipFolder> found = Models.standard().find(clip, ClipFolder.class);
        ClipFolder eyes = found.open(DType.FLOAT32);
        ImageTower tower = eyes.clip().vision();
        if (tower instanceof ProjectedVisionModel)
            data.expectSize(tower.config().imageSize(), "the vision tower's");
        Eyes once = Eyes.of(tower);
        Eyes seeing = shape.overview ? once.withOverview() : once;
        LanguageTokenizer tokenizer = LanguageTokenizer.read(language).with(Prompt.END, Prompt.MARK);
        Decoder decoder = LanguageModelFolder.load(language, DType.FLOAT32);
        if (tokenizer.size() > decoder.family().vocabulary()) {
            throw new ConfigException("language of the recipe, " + language + ": expected a model that knows "
                    + Prompt.MARK + " and " + Prompt.END + ", got one without; train it by language-model.json");
        }
        Flamingo model = Initialization.seeded(
                Seed.of(training.seed()),
                () -> flamingo(seeing, decoder, shape, mix.frames(), tokenizer.id(Prompt.MARK)));
        start.set(model);
        Map<String, Tensor> learned = model.trained();
        if (!frozen) learned.putAll(model.ofLanguage());
        Examples pairs = data.pairs();
        Dataset drawings = data.drawings();
        Documents documents = new Documents(
                pairs,
                mix.repeats() > 0 ? data.alike() : pairs,
                mix.invented() > 0 ? data.called() : pairs,
                new AskedScenes(drawings, data.size(), data.seed()),
                new MovingScenes(drawings, data.size(), data.seed()),
                data.augmentation().unmoved(),
                mix,
                tokenizer,
                training.batch(),
                decoder.family().context(),
                data.seed());
        return new ModelInTraining(
                new FlamingoObjective(model, learned, eyes.preprocessing().ofSize(data.size()), documents),
                pairs,
                into -> FlamingoFolder.saveOver(
                        model, learned, found.path(), language, shape.every, data.size(), into));
    }

    /**
     * With what an earlier Flamingo learned, over the same two models or others of their widths. Where that did not tell places apart,
     * latents and embeddings begin anew.
     *
     * @return whether it told as many places apart
     * @throws IOException if there is none
     */
    private static boolean goOn(String from, Flamingo model) throws IOException {
        try (FlamingoFolder earlier = Models.standard().open(from, FlamingoFolder.class, DType.FLOAT32)) {
            Map<String, Tensor> learned = earlier.model().trained();
            Map<String, Tensor> own = model.trained();
            boolean placed = earlier.model().places() == model.places();
            if (!placed && earlier.model().places() == 0) {
                for (Map<String, Tensor> each : List.of(learned, own))
                    each.keySet().removeAll(LOOKING);
            }
            if (!shapes(learned).equals(shapes(own))) {
                throw new ConfigException(
                        FROM + " of the recipe, " + from + ": expected a Flamingo with the resampler and"
                                + " gated layers that the recipe asks for, got others; give every, resampler_layers, latents,"
                                + " head_width, frames and places as it has them");
            }
            learned.forEach((key, weight) -> InPlace.assign(Objects.requireNonNull(own.get(key)), weight));
            return placed;
        }
    }

    private static Map<String, List<Long>> shapes(Map<String, Tensor> weights) {
        Map<String, List<Long>> all = new TreeMap<>();
        weights.forEach((key, weight) ->
                all.put(key, Arrays.stream(weight.shape()).boxed().toList()));
        return all;
    }

    private static Flamingo flamingo(Eyes eyes, Decoder decoder, Shape shape, int frames, int mark) {
        int seen = eyes.width();
        Flamingo.Assembly assembly = new Flamingo.Assembly(
                Placement.LAST_OF_EACH,
                shape.every,
                () -> new GatedCrossAttention(new GatedCrossAttention.Config(
                        decoder.family().width(), seen, HEADS, shape.headWidth, Activation.GELU)),
                mark);
        return new Flamingo(assembly, eyes, resampler(seen, shape, frames), decoder);
    }

    private static Resampler resampler(int seen, Shape shape, int frames) {
        return shape.mlp
                ? new MlpResampler(new MlpResampler.Config(seen, shape.layers, frames, shape.places, Activation.GELU))
                : new PerceiverResampler(new PerceiverResampler.Config(
                        seen,
                        shape.layers,
                        HEADS,
                        shape.headWidth,
                        shape.latents,
                        frames,
                        shape.places,
                        Activation.GELU));
    }
}
