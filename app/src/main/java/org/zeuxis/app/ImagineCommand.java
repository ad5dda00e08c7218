package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.scheduler.SamplerNames;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageFile;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.tensor.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis imagine}: draws what a text says. */
@Command(name = "imagine", description = "Draw what a text says.", mixinStandardHelpOptions = true)
final class ImagineCommand implements Callable<Integer> {
    private static final int MOST = 1000;

    private final ModelLoader models;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PROMPT", description = "What the picture shows, in quotes.")
    private String prompt = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "A .png file, or a folder (default: named after the prompt, here). A name that is taken is"
                    + " refused, one made of the prompt gets a number; --force replaces.")
    private @Nullable Path output;

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            description = "pictograms, the folder of a diffusers pipeline, or org/name of one on the hub"
                    + " (default: pictograms).")
    private String model = ModelLoader.PICTOGRAMS;

    @Option(names = "--negative", paramLabel = "TEXT", description = "What the picture does not show.")
    private String negative = "";

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed draws the same picture; the next picture has the next one (default: 0).")
    private long seed;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of the sampler (default: 20).")
    private int steps = ImageRequest.of("").steps();

    @Option(names = "--guidance", paramLabel = "G", description = "How closely to follow the text (default: 5).")
    private double guidance = ImageRequest.of("").guidance();

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description = "ddim, ddpm, dpm++2m, dpm++2m-sde, euler, euler-ancestral, heun, lms or pndm"
                    + " (default: the model's own).")
    private String sampler = "";

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = PictureSize.Reader.class,
            description = "Width and height in pixels (default: the model's own).")
    private PictureSize size = new PictureSize(0, 0);

    @Option(names = "--count", paramLabel = "N", description = "How many pictures (default: 1).")
    private int count = 1;

    @Option(names = "--grid", description = "All of them in one file, side by side.")
    private boolean grid;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with (default: every core).")
    private @Nullable Integer threads;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private ForceOption force = new ForceOption();

    ImagineCommand(ModelLoader models) {
        this.models = models;
    }

    @Override
    public Integer call() throws IOException {
        ImageRequest request = request();
        List<Path> files = PictureFiles.choose(output, prompt, seed, grid ? 1 : count, force);
        if (threads != null) Engine.setThreads(threads);
        device.use();
        TextToImage opened = models.load(model, spec);
        PrintWriter out = spec.commandLine().getOut();
        List<GeneratedImage> pictures = new ArrayList<>();
        long start = System.nanoTime();
        try (StepBar bar = StepBar.onTerminal(count)) {
            for (int i = 0; i < count; i++) {
                long began = System.nanoTime();
                ImageRequest own = request.withCount(1).withSeed(seed + i);
                GeneratedImage picture = opened.generate(own, bar).get(0);
                pictures.add(picture);
                if (grid) continue;
                ImageFile.write(files.get(i), picture.image(), picture.text());
                bar.erase();
                print(out, files.get(i), "seed " + picture.seed(), began);
            }
            if (grid) writeGrid(files.get(0), pictures, out, start);
        } catch (CancellationException e) {
            if (grid && !pictures.isEmpty()) writeGrid(files.get(0), pictures, out, start);
            throw new CancellationException("stopped; " + pictures.size() + " of " + count + " pictures are written");
        } catch (IllegalArgumentException e) {
            // the model says what of the request it cannot do
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        String cut = pictures.get(0).cut();
        if (!cut.isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(spec.qualifiedName() + ": the prompt is longer than the model reads; left out: " + cut);
            err.flush();
        }
        return ExitCode.OK;
    }

    private ImageRequest request() {
        if (prompt.isBlank()) {
            throw wrong(
                    "expected a prompt that says what to draw, got an empty one; for a picture of anything, give any"
                            + " prompt and --guidance 0");
        }
        if (count > MOST) throw wrong("--count: expected 1 to " + MOST + " pictures, got " + count);
        if (steps > MOST) throw wrong("--steps: expected 1 to " + MOST + ", got " + steps + "; 20 is usual");
        if (threads != null && (threads < 1 || threads > MOST)) {
            throw wrong("--threads: expected 1 to " + MOST + ", got " + threads);
        }
        if (!sampler.isEmpty() && !SamplerNames.all().contains(sampler.toLowerCase(Locale.ROOT))) {
            throw wrong("--sampler: expected one of " + String.join(", ", SamplerNames.all()) + ", got " + sampler);
        }
        try {
            return new ImageRequest(
                    prompt, negative, seed, steps, guidance, sampler, size.width(), size.height(), count);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private static void writeGrid(Path file, List<GeneratedImage> pictures, PrintWriter out, long start)
            throws IOException {
        int columns = (int) Math.ceil(Math.sqrt(pictures.size()));
        GeneratedImage first = pictures.get(0);
        List<Image> images = pictures.stream().map(GeneratedImage::image).toList();
        ImageFile.write(file, new ImageGrid(columns).draw(images), first.text());
        long last = pictures.get(pictures.size() - 1).seed();
        String seeds = first.seed() == last ? "seed " + last : "seeds " + first.seed() + " to " + last;
        print(out, file, seeds, start);
    }

    private static void print(PrintWriter out, Path file, String seeds, long began) {
        double seconds = (System.nanoTime() - began) / 1e9;
        out.println(String.format(Locale.ROOT, "%s (%s, %.1f s)", file, seeds, seconds));
        out.flush();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
