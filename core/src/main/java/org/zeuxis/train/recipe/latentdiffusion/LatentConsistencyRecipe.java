package org.zeuxis.train.recipe.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.zeuxis.config.Config;
import org.zeuxis.data.series.Examples;
import org.zeuxis.diffusion.ConsistencyBoundary;
import org.zeuxis.diffusion.ConsistencyLoss;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/**
 * Distils a latent diffusion model into one that draws in a few steps, and that is told its guidance instead of being asked twice.
 *
 * @see <a href="https://arxiv.org/abs/2310.04378">Latent consistency models</a>
 */
public final class LatentConsistencyRecipe implements Recipe {
    /** Width of the waves that tell the guidance, as in the published models. */
    private static final int GUIDANCE_WIDTH = 256;

    /**
     * @param pictures how many are encoded before the first step
     * @param timesteps of the schedule, at which the teacher steps
     */
    private record Course(
            String teacher,
            int pictures,
            int timesteps,
            LatentConsistencyObjective.Scales scales,
            List<String> prompts) {
        Course {
            if (pictures < 1) throw new IllegalArgumentException("expected at least 1 of pictures, got " + pictures);
        }

        static Course from(Config c) {
            return new Course(
                    c.text("from"),
                    c.integer("pictures"),
                    c.integer("timesteps", 50),
                    LatentConsistencyObjective.Scales.of(c.numbers("guidance", List.of(3.0, 9.0))),
                    c.texts("samples", List.of()));
        }
    }

    @Override
    public String kind() {
        return "latent-consistency";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Course course = Course.from(keys.file());
        return (run, encoded) -> begin(course, keys.data(), keys.training(), run.resolve("latents"), encoded);
    }

    private static ModelInTraining begin(
            Course course, TrainingData data, TrainingConfig training, Path latents, LongConsumer encoded)
            throws IOException {
        LatentDiffusion teacher = new Beginning.Whole(course.teacher).model();
        data.expectSize(teacher.size(), "the model's");
        Examples examples = data.examples();
        LatentCache cache = LatentCache.kept(latents, teacher::autoencoder, examples, course.pictures, encoded)
                .times(teacher.autoencoder().config().scalingFactor());
        SchedulerConfig scheduler = teacher.scheduler();
        LatentDiffusion student = new LatentDiffusion(
                "distilled",
                teacher.tokenizer(),
                teacher.text(),
                student(teacher.unet()),
                teacher.autoencoder(),
                scheduler.distilled(course.timesteps),
                teacher.size());
        Scheduler noised = scheduler.training();
        ConsistencyLoss loss = new ConsistencyLoss(
                noised.schedule(), noised.predicts(), course.timesteps, ConsistencyBoundary.PUBLISHED);
        return new ModelInTraining(
                new LatentConsistencyObjective(student, teacher.unet(), cache, course.scales, loss, training.batch()),
                examples,
                student::save,
                () -> LatentDiffusionRecipe.samples(student, course.prompts));
    }

    /** The same network, told the guidance too, which changes nothing yet. */
    private static DenoisingUNet student(DenoisingUNet teacher) {
        DenoisingUNet same =
                Initialization.skipped(() -> new DenoisingUNet(teacher.config().hearingGuidance(GUIDANCE_WIDTH)));
        same.parameters().forEach((key, place) -> {
            Tensor known = teacher.parameters().get(key);
            InPlace.become(
                    place,
                    known == null ? Tensor.zeros(place.shape()) : known.detach().copy());
        });
        return same;
    }
}
