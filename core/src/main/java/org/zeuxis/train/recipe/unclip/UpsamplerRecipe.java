package org.zeuxis.train.recipe.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Config;
import org.zeuxis.data.augmentation.Change;
import org.zeuxis.data.augmentation.RandomOrder;
import org.zeuxis.data.augmentation.ThreeTapBlur;
import org.zeuxis.data.series.Examples;
import org.zeuxis.diffusion.DiffusionLoss;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.image.Resize;
import org.zeuxis.models.unclip.Upsampler;
import org.zeuxis.models.unclip.Upsampling;
import org.zeuxis.nn.Initialization;
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
 * Trains an upsampler of DALL·E 2, anew or {@code from} one of the same shape, whose pictures are four times as large as what they are made of; {@code degradation} says what
 * spoils those: {@code blur} or {@code bsr}, and {@code beta_schedule} the noise. It learns from crops of
 * {@code crop} pixels, by default a quarter of the size. Its samples are small pictures, enlarged, and what was there.
 */
public final class UpsamplerRecipe implements Recipe {
    private static final int FACTOR = 4;
    private static final int SHOWN = 3;
    private static final Map<String, Change> DEGRADATIONS =
            Map.of("blur", new ThreeTapBlur(0.6), "bsr", RandomOrder.BSR);
    private static final List<String> NOISE = List.of("squaredcos_cap_v2", "linear");

    @Override
    public String kind() {
        return "unclip-upsampler";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Config c = keys.file();
        String name = c.text("degradation");
        Change degradation = DEGRADATIONS.get(name);
        if (degradation == null) {
            throw new IllegalArgumentException("expected a degradation of blur or bsr, got " + name);
        }
        String noise = c.text("beta_schedule", "squaredcos_cap_v2");
        if (!NOISE.contains(noise)) {
            throw new IllegalArgumentException("expected a beta_schedule of squaredcos_cap_v2 or linear, got " + noise);
        }
        Upsampler.Config config = Upsampler.Config.from(keys.model());
        int size = keys.data().size();
        keys.model().expect("sample_size", size);
        if (size % (FACTOR * FACTOR) != 0) {
            throw new IllegalArgumentException(
                    "expected a size in multiples of " + FACTOR * FACTOR + " pixels, got " + size);
        }
        int crop = keys.crop(size / FACTOR, 1 << (config.unet().levels().size() - 1));
        Path from = c.has("from") ? Path.of(c.text("from")) : null;
        return (run, encoded) -> begin(config, from, crop, degradation, scheduler(noise), keys.data(), keys.training());
    }

    private static ModelInTraining begin(
            Upsampler.Config config,
            @Nullable Path from,
            int crop,
            Change degradation,
            SchedulerConfig scheduler,
            TrainingData data,
            TrainingConfig training)
            throws IOException {
        Examples examples = data.pictures();
        Upsampler upsampler = Initialization.seeded(Seed.of(training.seed()), () -> new Upsampler(config));
        if (from != null) fill(upsampler, from);
        Scheduler noised = scheduler.training();
        Upsampling upsampling = new Upsampling(upsampler, null, scheduler, FACTOR);
        return new ModelInTraining(
                new UpsamplerObjective(
                        upsampler,
                        new DiffusionLoss(noised.schedule(), noised.predicts()),
                        new EnlargedCrops(examples, FACTOR, crop, degradation, training.batch(), data.seed())),
                examples,
                upsampling::save,
                () -> samples(upsampling, examples));
    }

    private static void fill(Upsampler upsampler, Path from) throws IOException {
        try (Upsampling trained = Upsampling.load(from, DType.FLOAT32)) {
            Map<String, Tensor> weights = trained.network().parameters();
            upsampler.parameters().forEach((key, own) -> {
                Tensor weight = weights.get(key);
                if (weight == null || !Arrays.equals(weight.shape(), own.shape())) {
                    throw new IllegalArgumentException(from + ": expected " + key + " of "
                            + Arrays.toString(own.shape()) + " as model says, got "
                            + (weight == null ? "none" : Arrays.toString(weight.shape())));
                }
                InPlace.assign(own, weight.detach());
            });
        }
    }

    private static SchedulerConfig scheduler(String noise) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("beta_end", 0.02);
        keys.put("beta_schedule", noise);
        keys.put("beta_start", 0.0001);
        keys.put("clip_sample", true);
        keys.put("num_train_timesteps", 1000);
        keys.put("prediction_type", "v_prediction");
        keys.put("timestep_spacing", "trailing");
        return SchedulerConfig.from("DDIMScheduler", Config.of("the upsampler's scheduler", keys));
    }

    private static Optional<Image> samples(Upsampling upsampling, Examples examples) throws IOException {
        List<Image> sheet = new ArrayList<>();
        for (int i = 0; i < SHOWN; i++) {
            Image large = examples.at(i).image();
            int side = large.width() / FACTOR;
            Image small = new Resize(side, side, Resize.Filter.BOX).apply(large);
            sheet.add(EnlargedCrops.enlarged(small, large.width()));
            sheet.add(upsampling.enlarged(small, Seed.of(i)));
            sheet.add(large);
        }
        return Optional.of(new ImageGrid(3, 2, 0xffffff).draw(sheet));
    }
}
