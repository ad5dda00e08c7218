package org.zeuxis.train.recipe.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.zeuxis.config.Config;
import org.zeuxis.data.series.Examples;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.PriorTransformer;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/** Trains the diffusion prior of DALL·E 2 over a trained CLIP. */
public final class DiffusionPriorRecipe implements Recipe {
    /** Farther from the mean than this many standard deviations no number of an embedding is. */
    private static final double FARTHEST = 10;

    @Override
    public String kind() {
        return "diffusion-prior";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        PriorKeys own = PriorKeys.from(keys);
        double guidance = keys.file().number("guidance", DiffusionPrior.KARLO_GUIDANCE);
        if (!(guidance >= 0 && guidance < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a guidance of at least 0, such as 2, got " + guidance);
        }
        return (run, embedded) -> begin(own, guidance, keys.data(), keys.training(), run, embedded);
    }

    private static ModelInTraining begin(
            PriorKeys keys,
            double guidance,
            TrainingData data,
            TrainingConfig training,
            Path run,
            LongConsumer embedded)
            throws IOException {
        ClipFolder clip = keys.opened();
        Examples examples = data.pairs();
        EmbeddedPairs pairs = keys.pairs(clip, examples, run, embedded);
        PriorTransformer.Config config = new PriorTransformer.Config(
                clip.clip().config().width(),
                clip.tokenizer().contextLength(),
                keys.heads(),
                keys.headWidth(),
                keys.layers());
        PriorTransformer network = Initialization.seeded(Seed.of(training.seed()), () -> new PriorTransformer(config));
        scale(network, pairs.images());
        DiffusionPrior prior = new DiffusionPrior(network, scheduler()).withGuidance(guidance);
        return new ModelInTraining(
                new DiffusionPriorObjective(prior, keys.drawn(pairs, clip, training.batch())),
                examples,
                folder -> PriorKeys.export(prior, folder));
    }

    /** So that each number has mean 0 and variance 1. */
    private static void scale(PriorTransformer network, Tensor images) {
        Tensor mean = images.mean(0).reshape(1, -1);
        Tensor deviation = images.minus(mean).square().mean(0).sqrt().reshape(1, -1);
        Map<String, Tensor> parameters = network.parameters();
        Map<String, Tensor> found = Map.of("clip_mean", mean, "clip_std", deviation);
        found.forEach((key, value) -> InPlace.assign(parameters.getOrDefault(key, value), value));
    }

    private static SchedulerConfig scheduler() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("beta_schedule", "squaredcos_cap_v2");
        keys.put("clip_sample", true);
        keys.put("clip_sample_range", FARTHEST);
        keys.put("num_train_timesteps", 1000);
        keys.put("prediction_type", "sample");
        keys.put("variance_type", "fixed_small_log");
        return SchedulerConfig.from("UnCLIPScheduler", Config.of("the prior's scheduler", keys));
    }
}
