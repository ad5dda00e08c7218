package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.fidelity.ClipScore;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate clip-score}: how well pictures fit their captions. */
@Command(
        name = "clip-score",
        description = "CLIPScore: how well pictures fit their captions, to a CLIP; the paper's setting is --template \""
                + ClipScore.BEFORE + "{}\".",
        mixinStandardHelpOptions = true)
final class ClipScoreCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DATASET", description = "WebDataset shards, a folder or a table.")
    private String dataset = "";

    @Mixin
    private Judgement judgement = new Judgement();

    @Mixin
    private Sampling sampling = new Sampling();

    @Override
    public Integer call() throws IOException {
        try (ClipFolder clip = judgement.clip()) {
            PrintWriter out = spec.commandLine().getOut();
            EmbeddedDataset pictures = Judgement.embedded(
                    clip, sampling.open(dataset), spec.commandLine().getErr());
            List<String> texts = pictures.distinctLabels();
            Tensor embedded = new ZeroShotClassifier(clip, texts, judgement.templates()).classes();
            long[] own = pictures.truths(texts).stream().mapToLong(x -> x).toArray();
            out.println("CLIPScore  " + ClipScore.of(pictures.images(), embedded.pick(0, Tensor.of(own, own.length))));
            out.flush();
        }
        return ExitCode.OK;
    }
}
