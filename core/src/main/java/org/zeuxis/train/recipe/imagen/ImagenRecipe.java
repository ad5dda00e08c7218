package org.zeuxis.train.recipe.imagen;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.diffusion.Times;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
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
 * Trains the base of Imagen over a frozen text encoder, {@code text}. Its samples are pictures and, below each row, what it
 * draws of their captions.
 */
public final class ImagenRecipe implements Recipe {
    private static final int SHOWN = 16;
    private static final int COLUMNS = 8;

    @Override
    public String kind() {
        return "imagen-base";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Captioning.Keys text = Captioning.Keys.read(keys.file());
        StageNetwork.Config config = Noising.network(keys.model(), false);
        keys.model().expect("sample_size", keys.data().size());
        SchedulerConfig scheduler = Noising.scheduler(keys.file());
        Times times = Noising.times(keys.file());
        Transfer from = Transfer.from(keys.file());
        return (run, encoded) ->
                begin(text.open(config.textWidth()), config, from, scheduler, times, keys.data(), keys.training());
    }

    private static ModelInTraining begin(
            Captioning captioning,
            StageNetwork.Config config,
            Transfer from,
            SchedulerConfig scheduler,
            Times times,
            TrainingData data,
            TrainingConfig training)
            throws IOException {
        StageNetwork network = Initialization.seeded(Seed.of(training.seed()), config::make);
        from.fill(network.parameters());
        Stage stage = Stage.base(network, scheduler);
        Examples examples = data.pairs();
        return new ModelInTraining(
                new ImagenObjective(stage, captioning, times, new Batches(examples, training.batch())),
                examples,
                folder -> {
                    stage.save(folder);
                    captioning.encoder().save(folder.resolve("text_encoder"), folder.resolve("tokenizer"));
                },
                () -> samples(stage, captioning, examples));
    }

    private static Optional<Image> samples(Stage stage, Captioning captioning, Examples examples) throws IOException {
        List<Example> shown = new ArrayList<>();
        for (int i = 0; i < SHOWN; i++) shown.add(examples.at(i));
        List<Image> drawn;
        try (Scope scope = new Scope()) {
            Tensor text = captioning.read(shown.stream().map(Example::caption).toList());
            Tensor none = captioning.read(Collections.nCopies(SHOWN, ""));
            drawn = Pixels.toImages(stage.draw(text, none, Sampling.OWN, Seed.of(0), Progress.NONE));
        }
        List<Image> sheet = new ArrayList<>();
        for (int row = 0; row < SHOWN; row += COLUMNS) {
            shown.subList(row, row + COLUMNS).forEach(example -> sheet.add(example.image()));
            sheet.addAll(drawn.subList(row, row + COLUMNS));
        }
        return Optional.of(new ImageGrid(COLUMNS, 2, 0xffffff).draw(sheet));
    }
}
