package org.zeuxis.train.recipe.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.zeuxis.config.Config;
import org.zeuxis.data.series.Examples;
import org.zeuxis.diffusion.DiffusionLoss;
import org.zeuxis.diffusion.LossWeight;
import org.zeuxis.diffusion.Times;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;
import org.zeuxis.train.recipe.latentdiffusion.LatentDiffusionObjective.TextTower;

/**
 * Trains the U-Net of a latent diffusion model over a trained autoencoder and the text tower of a trained CLIP, and with
 * {@code joint} that text tower too. With {@code min_snr}, timesteps are weighed so.
 *
 * @see Beginning
 */
public final class LatentDiffusionRecipe implements Recipe {

    /** @param pictures how many are encoded before the first step */
    private record Course(int pictures, TextTower textTower, LossWeight weight, List<String> prompts) {
        Course {
            if (pictures < 1) throw new IllegalArgumentException("expected at least 1 of pictures, got " + pictures);
        }

        static Course from(Config c) {
            return new Course(
                    c.integer("pictures"),
                    c.flag("joint", false) ? TextTower.JOINT : TextTower.FROZEN,
                    c.has("min_snr") ? LossWeight.minSnr(c.number("min_snr")) : LossWeight.UNIFORM,
                    c.texts("samples", List.of()));
        }
    }

    @Override
    public String kind() {
        return "latent-diffusion";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Course course = Course.from(keys.file());
        Beginning beginning = Beginning.from(keys);
        return (run, encoded) ->
                begin(beginning.model(), course, keys.data(), keys.training(), run.resolve("latents"), encoded);
    }

    private static ModelInTraining begin(
            LatentDiffusion begun,
            Course course,
            TrainingData data,
            TrainingConfig training,
            Path latents,
            LongConsumer encoded)
            throws IOException {
        AutoencoderKl unscaled = begun.autoencoder();
        Examples examples = data.examples();
        LatentCache raw = LatentCache.kept(latents, () -> unscaled, examples, course.pictures, encoded);
        double known = unscaled.config().scalingFactor();
        double scale = known == 1 ? 1 / raw.deviation() : known;
        SchedulerConfig scheduler = begun.scheduler();
        LatentDiffusion model = new LatentDiffusion(
                "trained",
                begun.tokenizer(),
                begun.text(),
                begun.unet(),
                scaled(unscaled, scale),
                scheduler,
                data.size());
        Scheduler noised = scheduler.training();
        DiffusionLoss loss = new DiffusionLoss(noised.schedule(), noised.predicts(), course.weight, Times.WHOLE);
        return new ModelInTraining(
                new LatentDiffusionObjective(model, course.textTower, raw.times(scale), loss, training.batch()),
                examples,
                model::save,
                () -> samples(model, course.prompts));
    }

    private static AutoencoderKl scaled(AutoencoderKl autoencoder, double scale) {
        AutoencoderKl.Config c = autoencoder.config();
        AutoencoderKl.Config config = new AutoencoderKl.Config(
                c.imageChannels(), c.latentChannels(), c.channels(), c.layersPerLevel(), c.groups(), scale);
        AutoencoderKl same = Initialization.skipped(() -> new AutoencoderKl(config));
        autoencoder.parameters().forEach((key, parameter) -> {
            Tensor place = same.parameters().get(key);
            if (place != null) InPlace.become(place, parameter);
        });
        return same;
    }

    static Optional<Image> samples(LatentDiffusion model, List<String> prompts) {
        if (prompts.isEmpty()) return Optional.empty();
        List<Image> pictures = new ArrayList<>();
        for (String prompt : prompts) {
            pictures.add(model.generate(ImageRequest.of(prompt)).get(0).image());
        }
        return Optional.of(new ImageGrid(8, 2, 0xffffff).draw(pictures));
    }
}
