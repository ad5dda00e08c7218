package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis upscale}: any picture, enlarged by the upsamplers. */
@Command(
        name = "upscale",
        description =
                "Enlarge a picture of any shape; one larger than what the upsampler begins with is reduced to that"
                        + " before.",
        mixinStandardHelpOptions = true)
public final class UpscaleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE", description = "The picture.")
    private Path file = Path.of("");

    @Option(
            names = "--to",
            paramLabel = "N",
            required = true,
            description = "Pixels of the longer side: 256 or 1024, as the model's upsamplers make.")
    private int size;

    @Mixin
    private UnClipOptions options = new UnClipOptions();

    @Override
    public Integer call() throws IOException {
        Image picture = ImageFile.read(file);
        String named = UnClipOptions.stem(file) + " " + size;
        return options.draw(
                spec, "", named, null, 1, (model, request, i, events) -> model.upscale(picture, size, request, events));
    }
}
