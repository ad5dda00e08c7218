package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageFile;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis imagine}: draws what a text says. */
@Command(name = "imagine", description = "Draw what a text says.", mixinStandardHelpOptions = true)
final class ImagineCommand implements Callable<Integer> {
    private static final String EMBEDDED = "pictograms";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PROMPT", description = "What the picture shows.")
    private String prompt = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write (default: made from the prompt).")
    private @Nullable Path output;

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            defaultValue = EMBEDDED,
            description = "'pictograms', which is built in, or a folder that diffusers or Zeuxis saved.")
    private String model = EMBEDDED;

    @Option(
            names = "--negative",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "What the picture does not show.")
    private String negative = "";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "The same seed draws the same picture.")
    private long seed;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "20",
            description = "Steps of the sampler (default: 20).")
    private int steps;

    @Option(
            names = "--guidance",
            paramLabel = "G",
            defaultValue = "5",
            description = "How close to the prompt (default: 5).")
    private double guidance;

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Sampler (default: the model's own).")
    private String sampler = "";

    @Option(
            names = "--size",
            paramLabel = "WxH",
            defaultValue = "",
            description = "In pixels (default: the model's own).")
    private String size = "";

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many pictures, with seeds one apart.")
    private int count;

    @Option(names = "--grid", description = "Write one sheet of all pictures instead of a file each.")
    private boolean grid;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Processor threads (default: all).")
    private int threads;

    @Override
    public Integer call() throws IOException {
        long begun = System.nanoTime();
        int[] pixels = size();
        ImageRequest request =
                new ImageRequest(prompt, negative, seed, steps, guidance, sampler, pixels[0], pixels[1], count);
        List<Path> files = files();
        if (threads != 0) Engine.setThreads(threads);
        LatentDiffusion diffusion =
                model.equals(EMBEDDED) ? LatentDiffusion.pictograms() : LatentDiffusion.load(Path.of(model));
        List<GeneratedImage> images = generate(diffusion, request);
        String cut = images.get(0).cut();
        PrintWriter err = spec.commandLine().getErr();
        if (!cut.isEmpty())
            err.println("zeuxis imagine: the prompt is too long for this model, which did not read: " + cut);
        if (grid) {
            int columns = (int) Math.ceil(Math.sqrt(images.size()));
            Image sheet = new ImageGrid(columns)
                    .draw(images.stream().map(GeneratedImage::image).toList());
            ImageFile.write(files.get(0), sheet, images.get(0).text());
        } else {
            for (int i = 0; i < images.size(); i++) {
                ImageFile.write(
                        files.get(i), images.get(i).image(), images.get(i).text());
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        for (int i = 0; i < files.size(); i++) {
            spec.commandLine()
                    .getOut()
                    .printf("%s  seed %d  %.1f s%n", files.get(i), images.get(i).seed(), seconds);
        }
        return 0;
    }

    private List<GeneratedImage> generate(LatentDiffusion diffusion, ImageRequest request) {
        if (System.console() == null) return diffusion.generate(request, Progress.NONE);
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("drawing")
                .setStyle(ProgressBarStyle.ASCII)
                .setInitialMax((long) request.steps() * request.count())
                .build()) {
            return diffusion.generate(request, (step, of, x0) -> bar.step());
        }
    }

    private int[] size() {
        if (size.isEmpty()) return new int[] {0, 0};
        String[] sides = size.split("x", -1);
        try {
            if (sides.length == 2) return new int[] {positive(sides[0]), positive(sides[1])};
        } catch (NumberFormatException e) {
            // said below, like any other wrong size
        }
        throw new ParameterException(
                spec.commandLine(), "--size: expected width and height in pixels such as 64x64, got " + size);
    }

    private static int positive(String digits) {
        int number = Integer.parseInt(digits);
        if (number < 1) throw new NumberFormatException(digits);
        return number;
    }

    /** Where the pictures go: checked before anything is computed. */
    private List<Path> files() throws IOException {
        String stem = prompt.strip().toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-");
        String cut = stem.substring(0, Math.min(40, stem.length())).replaceAll("^-|-$", "");
        Path first = output != null ? output : Path.of((cut.isEmpty() ? "picture" : cut) + "-" + seed + ".png");
        Path folder = first.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException(folder + ": expected a folder to write into, got nothing there; make it first");
        }
        if (Files.isDirectory(first)) {
            throw new IOException(first + ": expected a file to write, got a folder; name a file in it");
        }
        if (grid || count == 1) return List.of(first);
        String name = first.getFileName().toString();
        int dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        List<Path> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(first.resolveSibling(name.substring(0, dot) + "-" + (i + 1) + name.substring(dot)));
        }
        return all;
    }
}
