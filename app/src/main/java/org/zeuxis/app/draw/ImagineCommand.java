package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.DTypeOption;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.ModelLoader;
import org.zeuxis.app.option.OpeningOptions;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.hub.Models;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.models.AddedFile;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.Safety;
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
            description =
                    "pictograms, the folder of a pipeline of diffusers (Stable Diffusion 1.x or 2.x, unCLIP, DeepFloyd IF), or org/name of one on the Hugging Face"
                            + " hub (default: pictograms).")
    private @Nullable String model;

    @Mixin
    private RequestOptions asked = new RequestOptions();

    @Option(names = "--grid", description = "Put all pictures into one file, side by side.")
    private boolean grid;

    @Option(
            names = "--preview",
            paramLabel = "FILE",
            description =
                    "A .png file that shows each picture while it grows, rewritten after every step and removed in the"
                            + " end; it must not exist, except with --force.")
    private @Nullable Path preview;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads to use (default: one per core).")
    private @Nullable Integer threads;

    @Mixin
    private OpeningOptions opening = new OpeningOptions();

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
        PreviewFile shown = preview == null ? null : new PreviewFile(PictureFiles.one("--preview", preview, "", force));
        for (Path file : files) {
            if (shown == null || !shown.isAt(file)) continue;
            throw wrong("--preview: expected another file than that of the picture, got " + preview);
        }
        if (shown != null && request.safety() == Safety.BLANK) {
            throw wrong(
                    "--preview: expected no --safety blank, as what grows is not judged, got both; leave out either");
        }
        if (threads != null) Engine.setThreads(threads);
        device.use();
        DType type = like == null ? dtype.type() : dtype.type(like.dtype());
        try (TextToImage opened =
                opening.load(models, model == null ? Models.PICTOGRAMS : model, type, request, spec)) {
            PictureRun run = new PictureRun(spec, files, grid ? square(request.count()) : null, shown);
            if (like != null) compare(like, opened, request, run);
            run.draw(
                    request.count(),
                    (i, events) -> opened.generate(request.withCount(1).withSeed(request.seed() + i), events)
                            .get(0));
        }
        return ExitCode.OK;
    }

    private static ImageGrid square(int count) {
        return new ImageGrid((int) Math.ceil(Math.sqrt(count)));
    }

    /** Tells what will differ from the picture that is to be drawn again. */
    private void compare(RequestJson like, TextToImage opened, ImageRequest request, PictureRun run)
            throws IOException {
        String drewIt = like.model();
        if (!drewIt.isEmpty() && !drewIt.equals(opened.name())) {
            String other = asked.likeName() + " was drawn by the model " + drewIt + ", got " + opened.name();
            if (model == null) throw new IOException(other + "; name " + drewIt + " with --model");
            run.warn(other);
        }
        if (!like.added().equals(opened.added())) {
            String other = asked.likeName() + " was drawn with " + said(like.added()) + ", got " + said(opened.added());
            if (opening.addsNothing()) throw new IOException(other + "; give it with --lora or --embedding");
            run.warn(other);
        }
        Source source = request.source();
        if (like.source() != null && source != null && !like.source().fits(source)) {
            run.warn(asked.likeName() + " was drawn from another picture or mask");
        }
    }

    private static String said(List<AddedFile> added) {
        return added.isEmpty()
                ? "nothing put into the model"
                : added.stream().map(AddedFile::toString).collect(Collectors.joining(", "));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
