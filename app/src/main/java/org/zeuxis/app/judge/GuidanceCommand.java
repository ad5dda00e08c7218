package org.zeuxis.app.judge;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.zeuxis.app.option.FromWords;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.eval.EmbeddedDataset;
import org.zeuxis.eval.fidelity.ClipScore;
import org.zeuxis.eval.fidelity.Cmmd;
import org.zeuxis.eval.fidelity.FeatureGaussian;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.SideBySide;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.models.imagen.Imagen;
import org.zeuxis.models.imagen.Thresholding;
import org.zeuxis.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code zeuxis evaluate guidance}: how well pictures fit their words, and how near they come to real ones, guided more and
 * more.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, Figure 4 (c)
 */
@Command(
        name = "guidance",
        description =
                "CLIPScore against FID and CMMD of a model's pictures of the labels of a dataset, at each guidance"
                        + " scale in turn; of an Imagen also by how it thresholds.",
        mixinStandardHelpOptions = true)
final class GuidanceCommand implements Callable<Integer> {
    private static final String ROW = "%-12s %8s   %-32s %8s %8s";

    private final ModelLoader models = ModelLoader.STANDARD;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DATASET", description = "Where the labels and the real pictures come from.")
    private String dataset = "";

    @Mixin
    private Judgement judgement = new Judgement();

    @Mixin
    private Sampling sampling = new Sampling();

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            description = "The model to generate with (default: pictograms).")
    private String model = Models.PICTOGRAMS;

    @Option(
            names = "--scales",
            paramLabel = "X",
            split = ",",
            description = "Guidance scales, each tried in turn (default: 1,2,4,7,10,15).")
    private List<Double> scales = List.of(1.0, 2.0, 4.0, 7.0, 10.0, 15.0);

    @Option(
            names = "--thresholding",
            paramLabel = "HOW",
            split = ",",
            description = "Of an Imagen, what becomes of pixels beyond black and white, each tried in turn:"
                    + " published (as its schedulers say; default), dynamic, static or none.")
    private List<Thresholding> thresholdings = List.of(Thresholding.PUBLISHED);

    @Option(names = "--count", paramLabel = "N", description = "Pictures of each label (default: 1).")
    private int count = 1;

    @Mixin
    private FromWords drawing = new FromWords();

    @Override
    public Integer call() throws IOException {
        if (count < 1) throw new ParameterException(spec.commandLine(), "--count: expected at least 1, got " + count);
        ImageRequest request = drawing.over(ImageRequest.of(""));
        try (ClipFolder clip = judgement.clip();
                TextToImage artist = models.load(model, judgement.type(), request, spec)) {
            if (!(artist instanceof Imagen) && !thresholdings.equals(List.of(Thresholding.PUBLISHED))) {
                throw new ParameterException(
                        spec.commandLine(), "--thresholding: expected an Imagen, got " + model + "; leave it out");
            }
            judge(clip, artist, request);
        }
        return ExitCode.OK;
    }

    private void judge(ClipFolder clip, TextToImage artist, ImageRequest request) throws IOException {
        EmbeddedDataset real = Judgement.embedded(
                clip, sampling.open(dataset), spec.commandLine().getErr());
        List<String> labels = real.distinctLabels();
        Tensor texts = new ZeroShotClassifier(clip, labels, judgement.templates())
                .classes()
                .pick(
                        0,
                        Tensor.of(
                                LongStream.range(0, (long) labels.size() * count)
                                        .map(i -> i / count)
                                        .toArray(),
                                (long) labels.size() * count));
        PrintWriter out = spec.commandLine().getOut();
        out.println("pictures         " + labels.size() * count + " of " + labels.size() + " labels, beside "
                + real.labels().size() + " real ones");
        out.println(String.format(Locale.ROOT, ROW, "thresholding", "guidance", "CLIPScore", "FID", "CMMD"));
        for (Thresholding thresholding : thresholdings) {
            TextToImage thresholded = artist instanceof Imagen imagen ? imagen.with(thresholding) : artist;
            for (double scale : scales) {
                Tensor drawn = drawn(clip, thresholded, request.withGuidance(scale), labels);
                out.println(row(thresholding, scale, drawn, texts, real.images()));
                out.flush();
            }
        }
    }

    /** What the CLIP sees in {@code count} pictures of each label, one after the other. */
    private Tensor drawn(ClipFolder clip, TextToImage artist, ImageRequest request, List<String> labels)
            throws IOException {
        List<ImageRequest> requests = new ArrayList<>();
        for (String label : labels) {
            for (int i = 0; i < count; i++)
                requests.add(request.withPrompt(label).withSeed(sampling.seed() + i));
        }
        List<Image> pictures = new ArrayList<>();
        return Judgement.looking(requests.size(), done -> {
            SideBySide.draw(artist, requests, Events.NONE, drawn -> {
                pictures.add(drawn.image());
                done.accept(pictures.size());
            });
            return clip.embedImages(pictures);
        });
    }

    private static String row(Thresholding thresholding, double scale, Tensor drawn, Tensor texts, Tensor real) {
        return String.format(
                Locale.ROOT,
                ROW,
                thresholding.name().toLowerCase(Locale.ROOT),
                scale,
                ClipScore.of(drawn, texts),
                String.format(Locale.ROOT, "%.4f", FeatureGaussian.of(drawn).distance(FeatureGaussian.of(real))),
                String.format(Locale.ROOT, "%.4f", Cmmd.of(drawn, real)));
    }
}
