package org.zeuxis.app.draw;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.DTypeOption;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.app.terminal.StepBar;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.Source;
import org.zeuxis.models.TextToImage;
import org.zeuxis.tensor.DType;
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
@Command(name = "imagine", description = "Generate pictures from a prompt.", mixinStandardHelpOptions = true)
public final class ImagineCommand implements Callable<Integer> {
    private static final int MOST_THREADS = 1000;

    private final ModelLoader models;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PROMPT", arity = "0..1", description = "The prompt, in quotes.")
    private @Nullable String prompt;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "A .png file or a folder (default: a file in this folder, named after the prompt). Files are"
                    + " overwritten only with --force; names made from the prompt get a number instead.")
    private @Nullable Path output;

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            description = "pictograms, the folder of a diffusers pipeline, or org/name of one on the Hugging Face hub"
                    + " (default: pictograms).")
    private @Nullable String model;

    @Mixin
    private RequestOptions asked = new RequestOptions();

    @Option(names = "--grid", description = "Put all pictures into one file, side by side.")
    private boolean grid;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads to use (default: one per core).")
    private @Nullable Integer threads;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private DTypeOption dtype = new DTypeOption();

    @Mixin
    private ForceOption force = new ForceOption();

    public ImagineCommand(ModelLoader models) {
        this.models = models;
    }

    @Override
    public Integer call() throws IOException {
        if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
            throw wrong("--threads: expected 1 to " + MOST_THREADS + ", got " + threads);
        }
        RequestJson like = asked.like();
        ImageRequest request = asked.request(prompt, like);
        int names = grid ? 1 : request.count();
        List<Path> files = PictureFiles.choose(output, request.prompt(), request.seed(), names, force);
        if (threads != null) Engine.setThreads(threads);
        device.use();
        DType type = like == null ? dtype.type() : dtype.type(like.dtype());
        try (TextToImage opened = models.load(model == null ? Models.PICTOGRAMS : model, type, spec)) {
            if (like != null) compare(like, opened, request);
            draw(opened, request, files);
        }
        return ExitCode.OK;
    }

    /** Tells what will differ from the picture that is to be drawn again. */
    private void compare(RequestJson like, TextToImage opened, ImageRequest request) throws IOException {
        String drewIt = like.model();
        if (!drewIt.isEmpty() && !drewIt.equals(opened.name())) {
            String other = asked.likeName() + " was drawn by the model " + drewIt + ", got " + opened.name();
            if (model == null) throw new IOException(other + "; name " + drewIt + " with --model");
            warn(other);
        }
        Source source = request.source();
        if (like.source() != null && source != null && !like.source().fits(source)) {
            warn(asked.likeName() + " was drawn from another picture or mask");
        }
    }

    private void warn(String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + message);
        err.flush();
    }

    private void draw(TextToImage opened, ImageRequest request, List<Path> files) throws IOException {
        int count = request.count();
        PrintWriter out = spec.commandLine().getOut();
        List<GeneratedImage> pictures = new ArrayList<>();
        long start = System.nanoTime();
        try (StepBar bar = StepBar.onTerminal(count)) {
            for (int i = 0; i < count; i++) {
                long began = System.nanoTime();
                ImageRequest own = request.withCount(1).withSeed(request.seed() + i);
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
        if (!cut.isEmpty()) warn("the prompt is longer than the model reads; left out: " + cut);
    }

    private static void writeGrid(Path file, List<GeneratedImage> pictures, PrintWriter out, long start)
            throws IOException {
        int columns = (int) Math.ceil(Math.sqrt(pictures.size()));
        GeneratedImage first = pictures.get(0);
        List<Image> images = pictures.stream().map(GeneratedImage::image).toList();
        Image sheet = new ImageGrid(columns).draw(images);
        ImageRequest all = first.request().withCount(pictures.size());
        ImageFile.write(file, sheet, new GeneratedImage(sheet, all, first.model(), first.dtype(), first.cut()).text());
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
