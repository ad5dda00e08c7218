package org.zeuxis.app.draw;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.FromWords;
import org.zeuxis.diffusion.schedule.TimestepPreset;
import org.zeuxis.diffusion.scheduler.SamplerNames;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Provenance;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.RequestJson.Traces;
import org.zeuxis.models.Safety;
import org.zeuxis.models.SecondPass;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code zeuxis imagine} is to draw: what is given, and all else as the picture of {@code --like} has it. */
final class RequestOptions {
    private static final int MOST_PICTURES = 1000;
    private static final double STRENGTH = 0.75;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--like",
            paramLabel = "FILE",
            description = "Repeat the request stored in a PNG that Zeuxis drew; other options override its own.")
    private @Nullable Path like;

    @Option(
            names = "--negative",
            paramLabel = "TEXT",
            description = "Negative prompt: what the picture should not show.")
    private @Nullable String negative;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "Random seed: the same seed gives the same picture; further pictures count up from it (default: 0).")
    private @Nullable Long seed;

    @Mixin
    private FromWords drawing = new FromWords();

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description =
                    "ddim, ddpm, deis, dpm++2m, dpm++2m-sde, dpm++2s, dpm++2s-ancestral, dpm++3m-sde, dpm++sde, euler,"
                            + " euler-ancestral, heun, kdpm2, kdpm2-ancestral, lcm, lms, pndm, tcd or unipc (default: the model's"
                            + " own), many of them also with -karras, -exponential or -beta behind it, as dpm++2m-karras; of a DeepFloyd IF also fast27, smart27, smart50, smart100, smart185,"
                            + " super27, super40 and super100, which are ddpm at timesteps of their own.")
    private @Nullable String sampler;

    @Option(
            names = "--clip-skip",
            paramLabel = "N",
            description =
                    "Leave out the last N layers of the text encoder of a Stable Diffusion; programs that count from 1"
                            + " call 1 here 2 (default: 0).")
    private @Nullable Integer clipSkip;

    @Option(names = "--count", paramLabel = "N", description = "How many pictures (default: 1).")
    private @Nullable Integer count;

    @Option(
            names = "--from",
            paramLabel = "IMAGE",
            description = "A picture to start from, instead of noise (image to image).")
    private @Nullable Path from;

    @Option(
            names = "--strength",
            paramLabel = "S",
            description = "How far to move away from the picture of --from, above 0 and at most 1 (default: 0.75).")
    private @Nullable Double strength;

    @Option(
            names = "--mask",
            paramLabel = "IMAGE",
            description = "A mask of the size of --from: only its white part is redrawn (inpainting).")
    private @Nullable Path mask;

    @Option(
            names = "--second-pass",
            paramLabel = "SCALE[:STRENGTH]",
            description =
                    "Draw the picture at its size, then once more over its enlargement (hires fix), such as 2 or 2:0.4 (strength by"
                            + " default: 0.5); --steps 20,second=10 gives it steps of its own. Of a Stable Diffusion.")
    private @Nullable String secondPass;

    @Option(
            names = "--safety",
            paramLabel = "off|flag|blank",
            description =
                    "Let the safety checker of a Stable Diffusion's folder judge each picture: flag says which of its concepts it saw"
                            + " and how clearly, blank makes the picture black as well (default: off).")
    private @Nullable String safety;

    /** The picture of {@code --like}; null if there is none. */
    @Nullable
    RequestJson like() throws IOException {
        if (like == null) return null;
        String text = PngText.read(like).entries().get(PngText.REQUEST);
        if (text != null) return drawn(like, RequestJson.parse(like.toString(), text));
        throw new IOException("--like: expected a picture that Zeuxis drew, got " + like
                + ", which carries no request; give a prompt instead");
    }

    /** What was made of pictures needs these, and another command. */
    private static RequestJson drawn(Path file, RequestJson carried) throws IOException {
        Provenance made = carried.provenance();
        if (made == null) return carried;
        throw new IOException("--like: expected a picture that was drawn by its request alone, got " + file + ", a "
                + made.by() + " of pictures that it does not carry; make it again of them");
    }

    /** How messages call the picture of {@code --like}. */
    String likeName() {
        return String.valueOf(like);
    }

    /**
     * @param carried by the picture of {@code --like}
     * @throws ParameterException if something is given wrongly
     */
    ImageRequest request(@Nullable String prompt, @Nullable RequestJson carried) throws IOException {
        if (prompt == null && carried == null) {
            throw wrong("expected a prompt that says what to draw, in quotes, got none; or --like with a picture");
        }
        if (prompt != null && prompt.isBlank()) {
            throw wrong(
                    "expected a prompt that says what to draw, got an empty one; for a picture of anything, give any"
                            + " prompt and --guidance 0");
        }
        if (count != null && count > MOST_PICTURES) {
            throw wrong("--count: expected 1 to " + MOST_PICTURES + " pictures, got " + count);
        }
        boolean known = sampler == null || SamplerNames.knows(sampler) || TimestepPreset.named(sampler) != null;
        if (!known) {
            throw wrong("--sampler: expected one of " + String.join(", ", SamplerNames.all())
                    + ", many of them also with -karras, -exponential or -beta behind it, got " + sampler);
        }
        ImageRequest request = drawing.over(carried == null ? ImageRequest.of("") : carried.request());
        try {
            if (prompt != null) request = request.withPrompt(prompt);
            if (negative != null) request = request.withNegative(negative);
            if (seed != null) request = request.withSeed(seed);
            if (sampler != null) request = request.withSampler(sampler);
            if (count != null) request = request.withCount(count);
            if (clipSkip != null) request = request.withClipSkip(clipSkip);
            if (secondPass != null) request = request.withSecondPass(second(secondPass));
            if (safety != null) request = request.withSafety(safety(safety));
            return drawnFrom(request, carried == null ? null : carried.source());
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Safety safety(String said) {
        try {
            return Safety.labelled(said);
        } catch (IllegalArgumentException e) {
            throw wrong("--safety: " + e.getMessage());
        }
    }

    private SecondPass second(String said) {
        int colon = said.indexOf(':');
        try {
            if (colon < 0) return new SecondPass(Double.parseDouble(said));
            return new SecondPass(
                    Double.parseDouble(said.substring(0, colon)), Double.parseDouble(said.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw wrong("--second-pass: expected a scale such as 2, or with a strength 2:0.4, got " + said);
        }
    }

    private ImageRequest drawnFrom(ImageRequest request, @Nullable Traces traces) throws IOException {
        if (from == null) {
            if (mask != null) throw wrong("--mask: expected the picture to redraw too, got none; give it with --from");
            if (traces != null)
                throw wrong(like + " was drawn from a picture, which it does not carry; give it with --from");
            if (strength != null)
                throw wrong("--strength: expected a picture to draw from, got none; give it with --from");
            return request;
        }
        if (traces != null && !traces.mask().isEmpty() && mask == null) {
            throw wrong(like + " was drawn with a mask, which it does not carry; give it with --mask");
        }
        double usual = traces == null ? STRENGTH : traces.strength();
        ImageRequest whole = request.from(ImageFile.read(from), strength == null ? usual : strength);
        return mask == null ? whole : whole.mask(ImageFile.read(mask));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
