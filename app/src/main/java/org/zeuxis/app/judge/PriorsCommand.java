package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.PriorQuality;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.prior.AutoregressivePrior;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.models.unclip.prior.TextEmbeddingPrior;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate priors}: how near imagined image embeddings come to real ones. */
@Command(
        name = "priors",
        description =
                "How near the image embeddings that priors imagine for the labels of a dataset come to those of its"
                        + " pictures, beside the text embedding by itself.",
        mixinStandardHelpOptions = true)
final class PriorsCommand implements Callable<Integer> {
    private static final String ROW = "%-15s %8s %10s   %-20s %-32s %-32s %-15s %8s";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DATASET", description = "WebDataset shards, a folder or a table.")
    private String dataset = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FOLDER",
            description = "Folders of priors, as recipes or a whole unCLIP have them.")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--guidance",
            paramLabel = "X",
            split = ",",
            description = "Guidance scales of the prior, each tried in turn (default: 1,2,4).")
    private List<Double> guidances = List.of(1.0, 2.0, 4.0);

    @Option(
            names = "--candidates",
            paramLabel = "N",
            split = ",",
            description =
                    "Candidates per caption, of which the one nearest to it is kept; each number tried in turn (default: 1,2).")
    private List<Integer> candidates = List.of(1, 2);

    @Mixin
    private ClipOption clip = new ClipOption();

    @Mixin
    private Sampling sampling = new Sampling();

    @Override
    public Integer call() throws IOException {
        ClipFolder model = clip.open(spec);
        List<Prior> priors = new ArrayList<>();
        for (Path folder : folders) priors.add(opened(folder, model));
        PrintWriter out = spec.commandLine().getOut();
        EmbeddedDataset pictures = Judgement.embedded(
                model, sampling.open(dataset), spec.commandLine().getErr());
        CaptionEncoder encoder =
                new CaptionEncoder(model.tokenizer(), model.clip().texts());
        out.println("pictures  " + pictures.labels().size() + ", captions "
                + pictures.distinctLabels().size());
        out.println(String.format(
                Locale.ROOT,
                ROW,
                "prior",
                "guidance",
                "candidates",
                "median rank (95 %)",
                "first",
                "among the first 10",
                "cosine",
                "ms each"));
        TextEmbeddingPrior none = new TextEmbeddingPrior(model.clip().config().width(), 1);
        print(out, "none", "", "", PriorQuality.of(none, encoder, pictures, sampling.seed()));
        for (Prior prior : priors) {
            for (double guidance : guidances) {
                for (int number : candidates) {
                    Prior asked = prior.withGuidance(guidance).withCandidates(number);
                    PriorQuality quality = PriorQuality.of(asked, encoder, pictures, sampling.seed());
                    print(out, name(prior), Double.toString(guidance), Integer.toString(number), quality);
                }
            }
        }
        return ExitCode.OK;
    }

    /** A prior for embeddings of this CLIP. */
    private static Prior opened(Path folder, ClipFolder clip) throws IOException {
        Prior prior = Prior.load(ModelFolder.open(folder));
        int width = clip.clip().config().width();
        if (prior.width() == width) return prior;
        throw new IOException(folder + ": expected a prior of embeddings " + width
                + " wide, as this CLIP's, got one of " + prior.width() + "; name its CLIP with --clip");
    }

    private static String name(Prior prior) {
        if (prior instanceof DiffusionPrior) return "diffusion";
        return prior instanceof AutoregressivePrior ? "autoregressive" : "none";
    }

    private static void print(PrintWriter out, String name, String guidance, String candidates, PriorQuality q) {
        out.println(String.format(
                Locale.ROOT,
                ROW,
                name,
                guidance,
                candidates,
                q.medianRank() + " (" + q.lowMedianRank() + " to " + q.highMedianRank() + ")",
                q.retrieval().images(1),
                q.retrieval().images(10),
                String.format(Locale.ROOT, "%.3f ± %.3f", q.cosine(), q.cosineMargin()),
                String.format(Locale.ROOT, "%.1f", 1000 * q.seconds())));
        out.flush();
    }
}
