package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Selected;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;
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
            description = "Only N pictures of each dataset, drawn at random (default: all).")
    private @Nullable Integer limit;

    @Option(names = "--seed", paramLabel = "N", description = "Of all that is drawn at random (default: 0).")
    private long seed;

    long seed() {
        return seed;
    }

    /** What the image tower gives for the pictures of a dataset, after {@code shift}; tells what cannot be read. */
    EmbeddedDataset features(ClipFolder clip, Dataset dataset, UnaryOperator<Image> shift) throws IOException {
        EmbeddedDataset seen =
                Judgement.looking(dataset.size(), done -> EmbeddedDataset.features(clip, dataset, shift, done));
        if (!seen.problems().isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(seen.problems().size() + " pictures could not be read and are left out, the first: "
                    + seen.problems().get(0));
            err.flush();
        }
        return seen;
    }

    Dataset open(String location) throws IOException {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit: expected at least 1, got " + limit);
        }
        Dataset all = Dataset.open(location);
        return limit == null ? all : Selected.drawn(all, limit, seed);
    }
}
