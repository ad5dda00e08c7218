package org.zeuxis.train.recipe.imagen;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zeuxis.config.Config;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.diffusion.Times;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Pixels;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.imagen.Stage;
import org.zeuxis.models.imagen.network.StageNetwork;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/**
 * Trains a stage of super-resolution of Imagen, whose pictures are four times as large as those of the stage before, over a
 * frozen text encoder, {@code text}. The small picture is noised at a level below {@code noise_levels}; 1 trains without that.
 * Its samples are small pictures, what it makes of them without guidance, and what was there.
 */
public final class ImagenUpsamplerRecipe implements Recipe {
    private static final int FACTOR = 4;
    private static final int SHOWN = 3;

    @Override
    public String kind() {
        return "imagen-upsampler";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Config c = keys.file();
        Captioning.Keys text = Captioning.Keys.read(c);
        int all = Noising.augmentation().training().schedule().trainSteps();
        int levels = c.integer("noise_levels", all);
        if (levels < 1 || levels > all) {
            throw new IllegalArgumentException("expected noise_levels of 1 to " + all + ", got " + levels);
        }
        StageNetwork.Config config = Noising.network(keys.model(), true);
        int size = keys.data().size();
        keys.model().expect("sample_size", size);
        int halvings = 1 << config.halvings();
        if (size % (FACTOR * halvings) != 0) {
            throw new IllegalArgumentException("expected a size in multiples of " + FACTOR * halvings
                    + " pixels, whose crops the network can halve, got " + size);
        }
        int crop = keys.crop(size / FACTOR, halvings);
        SchedulerConfig scheduler = Noising.scheduler(c);
        Times times = Noising.times(c);
        Transfer from = Transfer.from(c);
        return (run, encoded) -> begin(
                text.open(config.textWidth()),
                config,
                from,
                scheduler,
                times,
                levels,
                crop,
                keys.data(),
                keys.training());
    }

    private static ModelInTraining begin(
            Captioning captioning,
            StageNetwork.Config config,
            Transfer from,
            SchedulerConfig scheduler,
            Times times,
            int levels,
            int crop,
            TrainingData data,
            TrainingConfig training)
            throws IOException {
        StageNetwork network = Initialization.seeded(Seed.of(training.seed()), config::make);
        from.fill(network.parameters());
        Stage usual = Stage.superResolution(network, scheduler, Noising.augmentation());
        // no level but one that it learns
        Stage stage = usual.noiseLevel() < levels ? usual : usual.withNoiseLevel(levels - 1);
        Examples examples = data.pairs();
        return new ModelInTraining(
                new SuperResolutionObjective(
                        stage,
                        captioning,
                        times,
                        levels,
                        new ScaledCrops(examples, FACTOR, crop, training.batch(), data.seed())),
                examples,
                stage::save,
                () -> samples(stage, captioning, examples));
    }

    private static Optional<Image> samples(Stage stage, Captioning captioning, Examples examples) throws IOException {
        List<Image> sheet = new ArrayList<>();
        for (int i = 0; i < SHOWN; i++) {
            Example example = examples.at(i);
            try (Scope scope = new Scope()) {
                Tensor small = Normalize.TO_ONE.apply(List.of(ScaledCrops.small(example.image(), FACTOR)));
                sheet.add(Pixels.toImages(stage.enlarged(small)).get(0));
                Tensor large = stage.enlarge(
                        small,
                        captioning.read(List.of(example.caption())),
                        captioning.read(List.of("")),
                        Sampling.OWN.withGuidance(1),
                        Seed.of(i),
                        Progress.NONE);
                sheet.add(Pixels.toImages(large).get(0));
            }
            sheet.add(example.image());
        }
        return Optional.of(new ImageGrid(3, 2, 0xffffff).draw(sheet));
    }
}
