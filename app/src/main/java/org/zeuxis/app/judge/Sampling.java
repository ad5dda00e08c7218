package org.zeuxis.app.judge;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.Cached;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Selected;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ImageClassifier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many pictures of a dataset are judged. */
final class Sampling {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Use only N pictures of each dataset, drawn at random (default: all).")
    private @Nullable Integer limit;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Random seed of all that is drawn at random (default: 0).")
    private long seed;

    long seed() {
        return seed;
    }

    /** What the image tower gives for the pictures of a dataset, after {@code shift}; tells what cannot be read. */
    EmbeddedDataset features(ClipFolder clip, Dataset dataset, UnaryOperator<Image> shift) throws IOException {
        return Judgement.told(
                Judgement.looking(dataset.size(), done -> EmbeddedDataset.features(clip, dataset, shift, done)),
                dataset,
                spec.commandLine().getErr());
    }

    /** What a classifier gives for the same. */
    EmbeddedDataset logits(ImageClassifier classifier, Dataset dataset, UnaryOperator<Image> shift) throws IOException {
        return Judgement.told(
                Judgement.looking(dataset.size(), done -> EmbeddedDataset.logits(classifier, dataset, shift, done)),
                dataset,
                spec.commandLine().getErr());
    }

    /** A dataset to judge by: what has neither caption nor label is left out. */
    Dataset open(String location) throws IOException {
        return limited(new Captioned(new Cached(DatasetLocation.open(location))));
    }

    /** The same with pictures that have no caption. */
    Dataset pictures(String location) throws IOException {
        return limited(DatasetLocation.open(location));
    }

    private Dataset limited(Dataset all) {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit: expected at least 1, got " + limit);
        }
        return limit == null ? all : Selected.drawn(all, limit, seed);
    }
}
