package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.PictureSize;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.Source;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis edit}: a part of a picture, drawn again as words say. */
@Command(
        name = "edit",
        description = "Draw a part of a picture again, as words say (GLIDE: the decoder without an image embedding).",
        mixinStandardHelpOptions = true)
public final class EditCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "IMAGE", description = "The picture, a square.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "PROMPT", description = "What the whole picture is to show, in quotes.")
    private String prompt = "";

    @Option(
            names = "--mask",
            paramLabel = "IMAGE",
            required = true,
            description = "A mask of the picture's size: its white part is drawn again.")
    private Path mask = Path.of("");

    @Option(names = "--negative", paramLabel = "TEXT", description = "What it should not show.")
    private String negative = "";

    @Option(names = "--count", paramLabel = "N", description = "How many, each with the next seed (default: 1).")
    private int count = 1;

    @Option(
            names = "--size",
            paramLabel = "N",
            converter = PictureSize.Reader.class,
            description = "Width and height in pixels (default: the largest the model makes).")
    private @Nullable PictureSize size;

    @Mixin
    private UnClipOptions options = new UnClipOptions();

    @Override
    public Integer call() throws IOException {
        if (prompt.isBlank()) {
            throw new ParameterException(
                    spec.commandLine(), "expected a prompt that says what to draw, got an empty one");
        }
        Source source = source(ImageFile.read(file), ImageFile.read(mask));
        return options.draw(
                spec,
                prompt,
                prompt,
                size,
                count,
                (model, request, i, events) -> model.generate(
                                request.withNegative(negative).from(source).withSeed(request.seed() + i), events)
                        .get(0));
    }

    private Source source(Image picture, Image white) {
        try {
            return new Source(picture, 1, white);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
