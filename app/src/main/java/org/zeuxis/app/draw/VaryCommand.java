package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.PictureSize;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.unclip.Manipulation;
import org.zeuxis.models.unclip.Reconstruction;
import org.zeuxis.models.unclip.TextDiff;
import org.zeuxis.models.unclip.UnClip;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis vary}: other pictures of what a picture shows. */
@Command(
        name = "vary",
        description = "Draw variations of a picture, move it towards words, or draw it from its principal components.",
        mixinStandardHelpOptions = true)
public final class VaryCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE", description = "The picture.")
    private Path file = Path.of("");

    @Option(
            names = "--count",
            paramLabel = "N",
            description =
                    "How many: of variations each has the next seed, towards words each goes farther (default: 1).")
    private @Nullable Integer count;

    @Option(
            names = "--keep",
            paramLabel = "K",
            description = "How much to keep of what the embedding does not say, 0 to 1: drawn from the noise that DDIM"
                    + " inversion gives for the picture, instead of new noise (default: 0).")
    private double keep;

    @Option(
            names = "--toward",
            paramLabel = "WORDS",
            description = "Move the picture towards what these words say, away from --from-words (text diff).")
    private @Nullable String toward;

    @Option(names = "--from-words", paramLabel = "WORDS", description = "What the picture shows, for --toward.")
    private @Nullable String fromWords;

    @Option(
            names = "--theta",
            paramLabel = "T",
            description = "How far to go towards words, 0 to 1; of several pictures the last one (default: 0.4).")
    private @Nullable Double theta;

    @Option(
            names = "--components",
            paramLabel = "K",
            split = ",",
            description = "Draw it from the first K principal components of its embedding alone; several are drawn one"
                    + " after the other.")
    private List<Integer> components = List.of();

    @Option(
            names = "--size",
            paramLabel = "N",
            converter = PictureSize.Reader.class,
            description = "Width and height in pixels (default: the largest the model makes).")
    private @Nullable PictureSize size;

    @Mixin
    private UnClipOptions options = new UnClipOptions();

    /** What is done to the embedding for each of the pictures. */
    private interface Manipulated {
        Manipulation at(int i);
    }

    @Override
    public Integer call() throws IOException {
        if (!(keep >= 0 && keep <= 1)) throw wrong("--keep: expected 0 to 1, got " + keep);
        Image picture = ImageFile.read(file);
        String stem = UnClipOptions.stem(file);
        if (!components.isEmpty()) {
            refuse("--count", count, "--components");
            refuse("--toward", toward, "--components");
            refuse("--from-words", fromWords, "--components");
            refuse("--theta", theta, "--components");
            return draw(
                    picture,
                    stem + " components",
                    components.size(),
                    i -> new Reconstruction(picture, components.get(i)));
        }
        int wanted = count == null ? 1 : count;
        if (toward != null) {
            TextDiff farthest = textDiff(picture, toward);
            return draw(
                    picture,
                    stem + " " + toward,
                    wanted,
                    i -> new TextDiff(
                            picture,
                            farthest.from(),
                            farthest.to(),
                            wanted == 1 ? farthest.theta() : farthest.theta() * i / (wanted - 1)));
        }
        refuse("--from-words", fromWords, "no --toward");
        refuse("--theta", theta, "no --toward");
        return options.draw(
                spec,
                "",
                stem + " variation",
                size,
                wanted,
                (model, request, i, events) -> model.generate(
                                request.from(picture, strength()).withSeed(request.seed() + i), events)
                        .get(0));
    }

    /** How much is drawn anew, in the decimals that people give. */
    private double strength() {
        return Math.rint((1 - keep) * 1e9) / 1e9;
    }

    private TextDiff textDiff(Image picture, String to) {
        if (fromWords == null) {
            throw wrong("--toward: expected words for what the picture shows, got none; give them with --from-words");
        }
        try {
            return new TextDiff(picture, fromWords, to, theta == null ? 0.4 : theta);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private int draw(Image picture, String named, int number, Manipulated manipulated) throws IOException {
        return options.draw(
                spec,
                "",
                named,
                size,
                number,
                (model, request, i, events) -> drawn(
                        model, keep > 0 ? request.from(picture, strength()) : request, manipulated.at(i), events));
    }

    private static GeneratedImage drawn(UnClip model, ImageRequest request, Manipulation manipulation, Events events) {
        return model.generate(manipulation, request, events).get(0);
    }

    private void refuse(String option, @Nullable Object given, String other) {
        if (given != null) throw wrong(option + ": expected none beside " + other + ", got " + given);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
