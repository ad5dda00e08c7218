package org.zeuxis.app.judge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.Cached;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.data.Selected;
import org.zeuxis.data.format.DatasetLocation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which examples are shown before a picture in question, and how many. */
final class ExampleOptions {
    @Option(
            names = "--shots",
            paramLabel = "N,N,…",
            split = ",",
            description = "How many examples are shown first (default: 0,4,8,16,32).")
    private List<Integer> shots = List.of(0, 4, 8, 16, 32);

    @Option(
            names = "--examples",
            paramLabel = "DATASET",
            description = "What the examples are taken from; a picture is never its own example.")
    private @Nullable String examples;

    @Option(
            names = "--pool",
            paramLabel = "N",
            description = "Take them from N pictures of it, drawn at random (default: 1000).")
    private int pool = 1000;

    @Option(
            names = "--similar",
            description =
                    "Take those most like the picture, as the CLIP finds, the most alike last (default: at random).")
    private boolean similar;

    List<Integer> shots() {
        return shots;
    }

    boolean similar() {
        return similar;
    }

    /** The most examples, once it is seen that all is in order. */
    int most(CommandSpec spec) {
        if (shots.stream().anyMatch(count -> count < 0)) {
            throw new ParameterException(spec.commandLine(), "--shots: expected numbers of at least 0, got " + shots);
        }
        int most = shots.stream().mapToInt(Integer::intValue).max().orElse(0);
        if (most > 0 && examples == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--examples: expected a dataset to take " + most + " examples from, got none; name one, or ask with"
                            + " --shots 0");
        }
        if (most == 0 && (examples != null || similar)) {
            throw new ParameterException(
                    spec.commandLine(),
                    (similar ? "--similar" : "--examples") + ": expected --shots above 0, got none; leave it out");
        }
        if (pool < 1) throw new ParameterException(spec.commandLine(), "--pool: expected at least 1, got " + pool);
        return most;
    }

    /** The pictures that examples are taken from. */
    Dataset pool(long seed) throws IOException {
        return Selected.drawn(new Captioned(new Cached(DatasetLocation.open(String.valueOf(examples)))), pool, seed);
    }

    /**
     * All that can be read of them.
     *
     * @param problems is added to
     * @throws IOException if these are fewer than {@code most}
     */
    List<CaptionedImage> read(Dataset dataset, int most, List<Problem> problems) throws IOException {
        List<CaptionedImage> all = new ArrayList<>();
        for (int i = 0; i < dataset.size(); i++) {
            try {
                all.add(dataset.get(i));
            } catch (IOException e) {
                problems.add(new Problem(dataset.key(i), String.valueOf(e.getMessage())));
            }
        }
        problems.addAll(dataset.problems());
        if (all.size() >= most) return all;
        throw new IOException(examples + ": expected at least " + most + " examples, got " + all.size()
                + "; name a larger dataset, or ask with fewer --shots");
    }
}
