package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.DTypeOption;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.option.DrawingOptions;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.NamedModel;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.app.option.PictureSize;
import org.zeuxis.hub.Found;
import org.zeuxis.hub.Models;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Upscaler;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What all commands share that make pictures of pictures: the model, how it draws, where its pictures go. */
final class UnClipOptions {
    private static final int MOST_PICTURES = 1000;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "A .png file or a folder (default: a file in this folder, named after what it is made of)."
                    + " Files are overwritten only with --force.")
    private @Nullable Path output;

    @Option(
            names = "--model",
            paramLabel = "NAME|FOLDER",
            description = "The folder of an unCLIP pipeline of diffusers such as Karlo's (to upscale, a"
                    + " StableDiffusionUpscalePipeline or its one file too), or org/name of one on the"
                    + " Hugging Face hub (default: unclip, Zeuxis's own).")
    private String model = Models.UNCLIP;

    @Option(names = "--seed", paramLabel = "N", description = "Random seed (default: 0).")
    private long seed;

    @Option(names = "--grid", description = "Put all pictures into one file, side by side.")
    private boolean grid;

    @Mixin
    private DrawingOptions drawing = new DrawingOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private DTypeOption dtype = new DTypeOption();

    @Mixin
    private ForceOption force = new ForceOption();

    /** Draws one of the pictures that a command is asked for. */
    @FunctionalInterface
    interface Drawing<M> {
        /**
         * @param request with what is said here: seed and sampling
         * @param i which, from 0
         */
        GeneratedImage draw(M model, ImageRequest request, int i, Events events);
    }

    /** Opens the model that was found, to draw what is asked for. */
    @FunctionalInterface
    interface Opening<M extends AutoCloseable> {
        M open(Found<M> found, DType type, ImageRequest request) throws IOException;
    }

    /**
     * Opens the model and draws.
     *
     * @param prompt what they show; may be empty
     * @param named what names of files begin with
     * @param size null for the model's own
     */
    int draw(CommandSpec spec, String prompt, String named, @Nullable PictureSize size, int count, Drawing<UnClip> one)
            throws IOException {
        return draw(
                spec,
                ImageRequest.of(prompt),
                named,
                size,
                count,
                UnClip.class,
                (found, type, request) -> found.open(type),
                one);
    }

    /** The same with a model of another kind. */
    <M extends Upscaler> int draw(
            CommandSpec spec,
            ImageRequest asked,
            String named,
            @Nullable PictureSize size,
            int count,
            Class<M> kind,
            Opening<M> opening,
            Drawing<M> one)
            throws IOException {
        if (count < 1 || count > MOST_PICTURES) {
            throw new ParameterException(
                    spec.commandLine(), "--count: expected 1 to " + MOST_PICTURES + " pictures, got " + count);
        }
        ImageRequest request = drawing.over(asked.withSeed(seed));
        ImageRequest sized = size == null ? request : request.withSize(size.width(), size.height());
        List<Path> files = PictureFiles.choose(output, named, seed, grid ? 1 : count, force);
        device.use(spec);
        try (M opened = opening.open(NamedModel.find("--model", model, kind, spec), dtype.type(), sized)) {
            new PictureRun(spec, files, grid ? new ImageGrid(count) : null)
                    .draw(count, (i, events) -> one.draw(opened, sized, i, events));
        }
        return ExitCode.OK;
    }

    /** The name of a picture's file without its ending. */
    static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
