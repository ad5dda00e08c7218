package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.app.option.NamedModel;
import org.zeuxis.data.Dataset;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.fidelity.Cmmd;
import org.zeuxis.eval.fidelity.FeatureGaussian;
import org.zeuxis.eval.fidelity.InceptionScore;
import org.zeuxis.eval.fidelity.PrecisionRecall;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.inception.InceptionResize;
import org.zeuxis.models.inception.InceptionV3;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate fid}: how near generated pictures come to real ones, as a whole. */
@Command(
        name = "fid",
        description = "FID, precision and recall of generated pictures beside real ones; by the features of a CLIP also"
                + " CMMD, by those of InceptionV3 also the Inception score.",
        mixinStandardHelpOptions = true)
final class FidCommand implements Callable<Integer> {
    private static final int AT_ONCE = 16;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "GENERATED", description = "WebDataset shards, a folder or a table.")
    private String generated = "";

    @Parameters(index = "1", paramLabel = "REAL", description = "The same, of real pictures.")
    private String real = "";

    @Option(
            names = "--inception",
            paramLabel = "FILE",
            description = "InceptionV3's published weights, as torch-fidelity and pytorch-fid have them; it always"
                    + " computes in float32 (default: the features are those of the CLIP).")
    private @Nullable String inception;

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            description = "How pictures are brought to InceptionV3's 299 pixels: tensorflow or clean, as clean-fid"
                    + " (default: tensorflow).")
    private @Nullable InceptionResize resize;

    @Mixin
    private ClipOption clip = new ClipOption();

    @Mixin
    private Sampling sampling = new Sampling();

    @Override
    public Integer call() throws IOException {
        if (inception == null && resize != null) {
            throw new ParameterException(
                    spec.commandLine(), "--resize: expected --inception beside it, whose pictures it resizes");
        }
        if (inception != null && !clip.name("").isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "expected --inception or --clip, got both; judge by one after the other");
        }
        Dataset made = sampling.pictures(generated);
        Dataset truth = sampling.pictures(real);
        if (inception == null) byClip(made, truth);
        else byInception(inception, made, truth);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    private void byClip(Dataset made, Dataset real) throws IOException {
        String name = clip.name(Models.PICTOGRAMS);
        try (ClipFolder model = clip.open(spec)) {
            Tensor x = seen(model::embedImages, made);
            Tensor y = seen(model::embedImages, real);
            print(x, y, "CLIP " + name);
            line("CMMD", String.format(Locale.ROOT, "%.4f", Cmmd.of(x, y)));
        }
    }

    private void byInception(String file, Dataset made, Dataset real) throws IOException {
        InceptionResize how = resize == null ? InceptionResize.TENSORFLOW : resize;
        clip.onDevice(spec);
        try (InceptionV3 model =
                NamedModel.find("--inception", file, InceptionV3.class, spec).open()) {
            Tensor x = seen(images -> features(model, how, images), made);
            Tensor y = seen(images -> features(model, how, images), real);
            Tensor pooled = x.slice(1, 0, InceptionV3.WIDTH);
            print(pooled, y.slice(1, 0, InceptionV3.WIDTH), "InceptionV3 " + file + ", resized by " + how.words());
            if (x.size(0) < 10) return;
            Tensor logits = x.slice(1, InceptionV3.WIDTH, x.size(1));
            InceptionScore score = InceptionScore.of(logits.pick(0, shuffled(x.size(0))));
            line(
                    "Inception score",
                    String.format(Locale.ROOT, "%.3f ± %.3f (of ten parts)", score.mean(), score.deviation()));
        }
    }

    private Tensor shuffled(long n) {
        List<Long> places = new ArrayList<>();
        for (long i = 0; i < n; i++) places.add(i);
        Collections.shuffle(places, new Random(sampling.seed()));
        return Tensor.of(places.stream().mapToLong(x -> x).toArray(), n);
    }

    private Tensor seen(Function<List<Image>, Tensor> eye, Dataset pictures) throws IOException {
        return Judgement.told(
                        Judgement.looking(
                                pictures.size(),
                                done -> EmbeddedDataset.of(eye, pictures, x -> x.over(255, 255, 255), done)),
                        pictures,
                        spec.commandLine().getErr())
                .images();
    }

    /** Pooled features, and the logits behind them. */
    private static Tensor features(InceptionV3 model, InceptionResize how, List<Image> images) {
        List<Tensor> parts = new ArrayList<>();
        for (int from = 0; from < images.size(); from += AT_ONCE) {
            try (Gradients off = Gradients.off();
                    Scope scope = new Scope()) {
                InceptionV3.Features some =
                        model.forward(how.apply(images.subList(from, Math.min(images.size(), from + AT_ONCE))));
                parts.add(scope.keep(Tensor.cat(1, some.pooled(), some.logits())));
            }
        }
        return Tensor.cat(0, parts);
    }

    private void print(Tensor x, Tensor y, String features) {
        line("pictures", x.size(0) + " generated, " + y.size(0) + " real");
        line("features", features);
        long fewest = Math.min(x.size(0), y.size(0));
        if (fewest > 1) {
            double fid = FeatureGaussian.of(x).distance(FeatureGaussian.of(y));
            String beware =
                    fewest > x.size(1) ? "" : "  (fewer pictures than the " + x.size(1) + " features: too large)";
            line("FID", String.format(Locale.ROOT, "%.4g%s", fid, beware));
        }
        if (fewest > 3) {
            PrecisionRecall near = PrecisionRecall.of(x, y);
            line("precision", near.precision().toString());
            line("recall", near.recall().toString());
        }
    }

    private void line(String name, String value) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-16s %s%n", name, value);
    }
}
