package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.PictureSize;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.unclip.Blend;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis blend}: pictures on the way from one to another. */
@Command(
        name = "blend",
        description = "Draw pictures on the way from one to another; their sizes may differ.",
        mixinStandardHelpOptions = true)
public final class BlendCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FROM", description = "The first picture.")
    private Path from = Path.of("");

    @Parameters(index = "1", paramLabel = "TO", description = "The last picture.")
    private Path to = Path.of("");

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many, at least 2: the first and the last have the embeddings of both (default: 5).")
    private int count = 5;

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
        if (count < 2) {
            throw new ParameterException(
                    spec.commandLine(), "--count: expected at least 2 pictures, from one to the other, got " + count);
        }
        Image first = ImageFile.read(from);
        Image last = ImageFile.read(to);
        String named = UnClipOptions.stem(from) + " to " + UnClipOptions.stem(to);
        return options.draw(
                spec,
                "",
                named,
                size,
                count,
                (model, request, i, events) -> model.generate(
                                new Blend(first, last, i / (count - 1.0)), request, events)
                        .get(0));
    }
}
