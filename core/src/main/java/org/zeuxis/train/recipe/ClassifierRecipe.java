package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.data.Batches;
import org.zeuxis.data.Examples;
import org.zeuxis.data.Problem;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.train.Objective;

/**
 * Trains an image tower to name the labels of its data, from nothing; its model part is the {@code vision_config} of a
 * transformers {@code CLIPModel}, or the {@code vision_cfg} of a ResNet of open_clip.
 */
final class ClassifierRecipe implements Recipe {
    private final ImageClassifier classifier;
    private final Examples examples;
    private final Objective objective;

    ClassifierRecipe(Config model, TrainingData data, TrainingConfig training) throws IOException {
        ImageTower.Config vision = ImageTower.Config.from(model);
        if (vision.imageSize() != data.size()) {
            throw new IllegalArgumentException("expected data of the vision tower's " + vision.imageSize()
                    + " pixels, got a size of " + data.size());
        }
        List<String> labels = data.labels();
        if (labels.size() < 2) {
            throw new IllegalArgumentException("expected pictures of at least 2 labels, got only of " + labels);
        }
        classifier = Initialization.seeded(Seed.of(training.seed()), () -> ImageClassifier.begun(vision, labels));
        examples = data.labelled();
        objective = new ClassifierObjective(classifier, new Batches(examples, training.batch()));
    }

    @Override
    public List<Problem> problems() {
        return examples.problems();
    }

    @Override
    public Objective objective() {
        return objective;
    }

    @Override
    public void export(Path folder) throws IOException {
        classifier.save(folder);
    }

    @Override
    public Optional<Image> samples() {
        return Optional.empty();
    }
}
