package org.zeuxis.app.option;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.unclip.UnClip;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a model draws from words: how large, by which prior, and how its stages sample, as far as it is said. */
public final class FromWords {
    @Mixin
    private DrawingOptions drawing = new DrawingOptions();

    @Option(
            names = "--prior",
            paramLabel = "NAME",
            description = "Of unCLIP, what imagines the image embedding: diffusion, autoregressive, none (the text"
                    + " embedding itself), or glide (no embedding: the decoder reads the words alone; default: the"
                    + " model's first).")
    private @Nullable String prior;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = PictureSize.Reader.class,
            description = "Width and height in pixels, or one number for both (default: the model's own, or those of a"
                    + " picture to start from).")
    private @Nullable PictureSize size;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--noise-level",
            paramLabel = "STAGE=N",
            split = ",",
            converter = StageNumber.Reader.class,
            description =
                    "Of an Imagen, at which timestep a stage noises the small picture before it enlarges it, as in"
                            + " upsampler256=100: more lets it invent more, less keeps it closer (default: the model's own).")
    private List<StageNumber> noiseLevels = List.of();

    /** What is given here, and all else as {@code base} has it. */
    public ImageRequest over(ImageRequest base) {
        ImageRequest request = drawing.over(base);
        for (StageNumber each : noiseLevels) request = noised(request, each);
        if (prior != null) {
            request = request.with(UnClip.PRIOR, request.sampling(UnClip.PRIOR).withSampler(prior));
        }
        return size == null ? request : request.withSize(size.width(), size.height());
    }

    private ImageRequest noised(ImageRequest request, StageNumber level) {
        int timestep = (int) level.number();
        if (timestep != level.number() || timestep < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--noise-level: expected a timestep such as upsampler256=100, got " + level.number());
        }
        return request.with(level.stage(), request.sampling(level.stage()).withNoiseLevel(timestep));
    }
}
