package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.LinearProbe;
import org.zeuxis.eval.PairedDifference;
import org.zeuxis.eval.ZeroShotAccuracy;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate probe}: what can be read off the features of CLIP's image tower by a linear classifier. */
@Command(
        name = "probe",
        description = "Linear probe: train a linear classifier on the frozen features of a CLIP's image tower and test"
                + " it on other pictures, beside the same CLIP zero-shot.",
        mixinStandardHelpOptions = true)
final class ProbeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "TRAIN",
            description = "Labelled pictures to train on: shards, a folder, a table or IDX files.")
    private String train = "";

    @Parameters(index = "1", paramLabel = "TEST", description = "Labelled pictures to test on.")
    private String test = "";

    @Mixin
    private Judgement judgement = new Judgement();

    @Mixin
    private Sampling sampling = new Sampling();

    @Mixin
    private WeightPenalty penalty = new WeightPenalty();

    @Override
    public Integer call() throws IOException {
        double l2 = penalty.l2();
        ClipFolder clip = judgement.clip();
        try (EmbeddedDataset taught = sampling.features(clip, sampling.open(train), x -> x)) {
            if (taught.distinctLabels().size() < 2) {
                throw new IOException(train + ": expected pictures of at least 2 labels, got only of \""
                        + taught.distinctLabels().get(0) + "\"");
            }
            try (EmbeddedDataset asked = sampling.features(clip, sampling.open(test), x -> x);
                    LinearProbe probe = LinearProbe.trained(taught.images(), taught.labels(), l2)) {
                compare(clip, taught, asked, probe);
            }
        }
        return ExitCode.OK;
    }

    private void compare(ClipFolder clip, EmbeddedDataset taught, EmbeddedDataset asked, LinearProbe probe) {
        Set<String> all = new LinkedHashSet<>(taught.labels());
        all.addAll(asked.labels());
        List<String> labels = List.copyOf(all);
        ZeroShotAccuracy own = accuracy(probe, taught, labels);
        ZeroShotAccuracy supervised = accuracy(probe, asked, labels);
        Tensor cosines = new ZeroShotClassifier(clip, labels, judgement.templates())
                .cosines(clip.clip().project(asked.images()));
        ZeroShotAccuracy zeroShot = ZeroShotAccuracy.of(cosines, labels, asked.truths(labels));
        print(taught, asked, probe);
        PrintWriter out = spec.commandLine().getOut();
        out.println("probe, on its own   top-1 " + own.top(1));
        out.println("probe, on the test  top-1 " + supervised.top(1));
        out.println("                    top-5 " + supervised.top(5));
        out.println("zero-shot           top-1 " + zeroShot.top(1) + " of the same " + labels.size() + " labels");
        out.println("probe over zero-shot      " + PairedDifference.of(supervised, zeroShot));
        out.flush();
    }

    private static ZeroShotAccuracy accuracy(LinearProbe probe, EmbeddedDataset pictures, List<String> labels) {
        return ZeroShotAccuracy.of(probe.scores(pictures.images(), labels), labels, pictures.truths(labels));
    }

    private void print(EmbeddedDataset taught, EmbeddedDataset asked, LinearProbe probe) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("features  " + taught.images().size(1) + " of the CLIP's own image tower, before its projection;"
                + " the tower is not trained");
        out.println(String.format(
                Locale.ROOT,
                "trained   on %d pictures of %d labels, l2 %s: %d steps%s",
                taught.labels().size(),
                probe.labels().size(),
                penalty.l2(),
                probe.steps(),
                probe.reached() ? "" : ", stopped before the least loss"));
        Set<String> known = new HashSet<>(probe.labels());
        long unknown =
                asked.labels().stream().filter(label -> !known.contains(label)).count();
        out.println("tested    on " + asked.labels().size() + " pictures"
                + (unknown == 0 ? "" : ", " + unknown + " of labels that were not trained on and count as wrong"));
    }
}
