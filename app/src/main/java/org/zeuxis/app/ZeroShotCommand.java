package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.Dataset;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.Proportion;
import org.zeuxis.eval.ZeroShotAccuracy;
import org.zeuxis.models.clip.ClassCache;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate zero-shot}: how often CLIP names the label of a picture. */
@Command(
        name = "zero-shot",
        description = "How often a CLIP names the label of a picture.",
        mixinStandardHelpOptions = true)
final class ZeroShotCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "DATASET",
            description = "WebDataset shards, a folder or a table; labels are the attribute label, or the captions.")
    private String dataset = "";

    @Mixin
    private Judgement judgement = new Judgement();

    @Option(
            names = "--labels-of",
            paramLabel = "DATASET",
            description = "More labels to choose among: those of this dataset too.")
    private List<String> more = List.of();

    @Option(
            names = "--among",
            paramLabel = "N",
            description = "Each picture's label among N drawn at random (default: all).")
    private @Nullable Integer among;

    @Option(names = "--seed", paramLabel = "N", description = "Of that draw (default: 0).")
    private long seed;

    @Option(names = "--per-class", description = "A line for each label, too.")
    private boolean perClass;

    @Override
    public Integer call() throws IOException {
        ClipFolder clip = judgement.clip();
        PrintWriter out = spec.commandLine().getOut();
        EmbeddedDataset pictures = Judgement.embedded(
                clip, Dataset.open(dataset), spec.commandLine().getErr());
        Set<String> names = new LinkedHashSet<>(pictures.distinctLabels());
        for (String other : more) names.addAll(Judgement.labels(Dataset.open(other)));
        List<String> labels = List.copyOf(names);
        if (among != null && (among < 2 || among > labels.size())) {
            throw new ParameterException(
                    spec.commandLine(), "--among: expected 2 to " + labels.size() + " labels, got " + among);
        }
        List<Integer> truths = pictures.truths(labels);
        Tensor cosines = new ZeroShotClassifier(clip, labels, judgement.templates(), ClassCache.standard()).cosines(pictures.images());
        ZeroShotAccuracy accuracy = among == null
                ? ZeroShotAccuracy.of(cosines, labels, truths)
                : ZeroShotAccuracy.among(
                        cosines, labels, truths, Judgement.choices(truths, labels.size(), among, seed));
        out.println("pictures  " + truths.size());
        out.println("labels    " + (among == null ? labels.size() : among + " of " + labels.size()));
        out.println("top-1     " + accuracy.top(1));
        out.println("top-5     " + accuracy.top(5));
        if (perClass) {
            for (Map.Entry<String, Proportion> label : accuracy.perClass().entrySet()) {
                out.println(label.getKey() + "  " + label.getValue());
            }
        }
        out.flush();
        return ExitCode.OK;
    }
}
