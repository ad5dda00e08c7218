package org.zeuxis.train.recipe.classifier;

import java.io.IOException;
import java.util.List;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Examples;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/**
 * Trains an image tower to name the labels of its data, from nothing; its model part is the {@code vision_config} of a
 * transformers {@code CLIPModel}, or the {@code vision_cfg} of a ResNet or an NFNet of open_clip.
 */
public final class ClassifierRecipe implements Recipe {
    @Override
    public String kind() {
        return "classifier";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        ImageTower.Config vision = ImageTower.Config.from(keys.model());
        keys.data().expectSize(vision.imageSize(), "the vision tower's");
        keys.dataKeys().expect("scenes", 0); // they have many labels
        keys.dataKeys().expect("colored", 0);
        return (run, encoded) -> begin(vision, keys.data(), keys.training());
    }

    private static ModelInTraining begin(ImageTower.Config vision, TrainingData data, TrainingConfig training)
            throws IOException {
        List<String> labels = data.labels();
        if (labels.size() < 2) {
            throw new IllegalArgumentException("expected pictures of at least 2 labels, got only of " + labels);
        }
        ImageClassifier classifier =
                Initialization.seeded(Seed.of(training.seed()), () -> ImageClassifier.begun(vision, labels));
        Examples examples = data.labelled();
        return new ModelInTraining(
                new ClassifierObjective(classifier, new Batches(examples, training.batch())),
                examples,
                classifier::save);
    }
}
