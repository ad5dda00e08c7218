package org.zeuxis.train.recipe.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Examples;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Pixels;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
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

/** Trains an autoencoder; its model part is a diffusers {@code AutoencoderKL} configuration. */
public final class AutoencoderRecipe implements Recipe {
    private static final int SHOWN = 16;
    private static final int COLUMNS = 8;

    @Override
    public String kind() {
        return "autoencoder";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Config model = keys.model();
        AutoencoderKl.Config config = AutoencoderKl.Config.from(model);
        int size = keys.data().size();
        model.expect("sample_size", size);
        if (size % config.factor() != 0) {
            throw new IllegalArgumentException(
                    "expected a size in multiples of " + config.factor() + " pixels, got " + size);
        }
        return (run, encoded) -> begin(config, keys.data(), keys.training());
    }

    private static ModelInTraining begin(AutoencoderKl.Config config, TrainingData data, TrainingConfig training)
            throws IOException {
        Examples examples = data.pictures();
        AutoencoderKl autoencoder = Initialization.seeded(Seed.of(training.seed()), () -> new AutoencoderKl(config));
        return new ModelInTraining(
                new AutoencoderObjective(autoencoder, new Batches(examples, training.batch())),
                examples,
                folder -> export(autoencoder, data.size(), folder),
                () -> samples(autoencoder, examples));
    }

    private static void export(AutoencoderKl autoencoder, int size, Path folder) throws IOException {
        ModelFolder.save(
                folder,
                ModelFolder.Layout.DIFFUSERS,
                autoencoder.config().write().put("sample_size", size),
                autoencoder.parameters());
    }

    /** Pictures and, in the row below, what is left of them. */
    private static Optional<Image> samples(AutoencoderKl autoencoder, Examples examples) throws IOException {
        List<Image> pictures = new ArrayList<>();
        for (int i = 0; i < SHOWN; i++) pictures.add(examples.at(i).image());
        try (Scope scope = new Scope()) {
            Tensor latent = autoencoder.encode(Normalize.TO_ONE.apply(pictures)).mean();
            List<Image> back = Pixels.toImages(autoencoder.decode(latent));
            List<Image> sheet = new ArrayList<>();
            for (int row = 0; row < SHOWN; row += COLUMNS) {
                sheet.addAll(pictures.subList(row, row + COLUMNS));
                sheet.addAll(back.subList(row, row + COLUMNS));
            }
            return Optional.of(new ImageGrid(COLUMNS, 2, 0xffffff).draw(sheet));
        }
    }
}
