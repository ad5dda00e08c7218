package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.LowMemoryOption;
import org.zeuxis.hub.Found;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Upscaler;
import org.zeuxis.models.latentdiffusion.LatentUpscaler;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis upscale}: any picture, enlarged by the upsamplers. */
@Command(
        name = "upscale",
        description =
                "Enlarge a picture of any shape: by the upsamplers of an unCLIP, which reduce one larger than they begin"
                        + " with before, or four times by a StableDiffusionUpscalePipeline.",
        mixinStandardHelpOptions = true)
public final class UpscaleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE", description = "The picture.")
    private Path file = Path.of("");

    @Option(
            names = "--to",
            paramLabel = "N",
            description = "Pixels of the longer side: 256 or 1024, as the upsamplers of an unCLIP make.")
    private @Nullable Integer size;

    @Option(
            names = "--prompt",
            paramLabel = "WORDS",
            description = "What the picture shows (default: nothing is said); not of an unCLIP.")
    private String prompt = "";

    @Option(names = "--negative", paramLabel = "WORDS", description = "What it should not show; not of an unCLIP.")
    private String negative = "";

    @Option(
            names = "--noise",
            paramLabel = "N",
            description =
                    "How much noise the picture is given first, and with it freedom (default: 20); not of an unCLIP.")
    private @Nullable Integer noise;

    @Mixin
    private LowMemoryOption memory = new LowMemoryOption();

    @Mixin
    private UnClipOptions options = new UnClipOptions();

    @Override
    public Integer call() throws IOException {
        Image picture = ImageFile.read(file);
        String stem = UnClipOptions.stem(file);
        return options.draw(
                spec,
                ImageRequest.of(prompt).withNegative(negative),
                size == null ? stem + " upscaled" : stem + " " + size,
                null,
                1,
                Upscaler.class,
                (found, type, request) -> open(found, type, picture, request),
                (model, request, i, events) -> model.upscale(picture, asked(size), asked(noise), request, events));
    }

    private Upscaler open(Found<Upscaler> found, DType type, Image picture, ImageRequest request) throws IOException {
        if (!found.opens().equals(LatentUpscaler.class)) {
            if (!memory.lends()) return found.open(type);
            throw new ParameterException(
                    spec.commandLine(),
                    "--low-memory: expected an upscaler of Stable Diffusion, got an unCLIP; leave it out");
        }
        LatentUpscaler.expectRoom(found.path(), type, memory.lends(), picture, request);
        return memory.lends() ? LatentUpscaler.lending(found.path(), type) : found.open(type);
    }

    private static OptionalInt asked(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
