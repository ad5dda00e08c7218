package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.zeuxis.eval.AlignmentUniformity;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.Retrieval;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate retrieval}: how often CLIP finds the text of a picture, and the picture of a text. */
@Command(
        name = "retrieval",
        description = "How often a CLIP finds the caption of a picture, and the picture of a caption.",
        mixinStandardHelpOptions = true)
final class RetrievalCommand implements Callable<Integer> {
    private static final int[] FIRST = {1, 5, 10};

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
        ClipFolder clip = judgement.clip();
        PrintWriter out = spec.commandLine().getOut();
        EmbeddedDataset pictures = Judgement.embedded(
                clip, sampling.open(dataset), spec.commandLine().getErr());
        List<String> texts = pictures.distinctLabels();
        Tensor embedded = new ZeroShotClassifier(clip, texts, judgement.templates()).classes();
        List<Integer> own = pictures.truths(texts);
        Retrieval retrieval = Retrieval.of(pictures.images(), embedded, own);
        out.println("pictures  " + pictures.labels().size() + ", texts " + texts.size());
        for (int k : FIRST) out.println("text of a picture, R@" + k + "  " + retrieval.texts(k));
        for (int k : FIRST) out.println("picture of a text, R@" + k + "  " + retrieval.images(k));
        out.println(AlignmentUniformity.of(pictures.images(), embedded, own) + " (the lower, the better)");
        out.flush();
        return ExitCode.OK;
    }
}
