package org.zeuxis.app.serve.openai;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.PictureSize;
import org.zeuxis.app.serve.ApiException;
import org.zeuxis.app.serve.Asked;
import org.zeuxis.app.serve.Json;
import org.zeuxis.app.serve.Serving;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.Safety;
import org.zeuxis.models.Source;
import picocli.CommandLine.TypeConversionException;

/**
 * Pictures that a caller orders.
 *
 * @param request without what it is drawn from
 * @param picture to draw from; null if from words alone
 * @param mask white where {@code picture} is redrawn; null if everywhere
 * @param strength how far to move away from {@code picture}; empty for what is usual for the model
 * @param url whether the answer is to say where the pictures are, instead of bringing them
 * @param stream whether the answer is a stream of events
 * @param previews how many times each picture is shown while it grows
 */
record ImageOrder(
        String caller,
        String model,
        ImageRequest request,
        @Nullable Image picture,
        @Nullable Image mask,
        OptionalDouble strength,
        boolean url,
        boolean stream,
        int previews) {
    private static final int MOST_PICTURES = 10;
    private static final int MOST_STEPS = 1000;
    private static final int MOST_PREVIEWS = 50;
    private static final int LONGEST_PROMPT = 32_000;
    private static final String URL = "url";
    private static final String AUTO = "auto";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What is said in the words of a picture's own request. */
    private static final List<String> OWN = List.of("steps", "guidance", "sampler", "stages", "clip_skip", "safety");

    /**
     * Reads all that is said of pictures; what else there is is refused by name.
     *
     * @param prompt whether there has to be one
     * @param drawnFrom whether there is a picture to draw from, of which {@code strength} speaks
     */
    static ImageOrder read(Asked asked, Serving serving, boolean prompt, boolean drawnFrom) throws IOException {
        Config c = asked.fields();
        String model = serving.models().named(c.text("model", ""));
        // what these ask for is what every picture has
        c.expect("quality", AUTO, "standard");
        c.expect("background", AUTO, "opaque");
        c.expect("moderation", AUTO, "low");
        c.expect("output_format", "png");
        c.expect("output_compression", 100);
        c.expect("response_format", "b64_json", URL);
        ImageRequest request = own(c).withPrompt(prompt ? prompt(c, "prompt") : "")
                .withNegative(prompt && c.has("negative_prompt") ? prompt(c, "negative_prompt") : "")
                .withSeed(c.has("seed") ? c.wholeNumber("seed") : RANDOM.nextInt(Integer.MAX_VALUE))
                .withCount(within(c, "n", 1, 1, MOST_PICTURES));
        request.stages().forEach((stage, sampling) -> {
            int steps = sampling.steps().orElse(1);
            if (steps > MOST_STEPS) {
                throw ApiException.wrong("steps", "expected 1 to " + MOST_STEPS + " steps, got " + steps);
            }
        });
        PictureSize size = size(c, serving.largest());
        OptionalDouble strength =
                drawnFrom && c.has("strength") ? OptionalDouble.of(c.number("strength")) : OptionalDouble.empty();
        boolean stream = c.flag("stream", false);
        int previews = within(c, "partial_images", 0, 0, MOST_PREVIEWS);
        if (previews > 0 && request.safety() == Safety.BLANK) {
            throw ApiException.wrong(
                    "partial_images",
                    "expected none beside safety blank, as what grows is not judged, got " + previews);
        }
        boolean url = c.text("response_format", "").equals(URL);
        if (url && stream) {
            throw ApiException.wrong("response_format", "expected b64_json in a stream, got url; leave it out");
        }
        c.refuseUnread();
        return new ImageOrder(
                asked.caller(),
                model,
                request.withSize(size.width(), size.height()),
                null,
                null,
                strength,
                url,
                stream,
                previews);
    }

    private static ImageRequest own(Config c) throws IOException {
        Map<String, Object> said = new LinkedHashMap<>();
        Map<String, @Nullable Object> all = c.values();
        for (String key : OWN) {
            Object value = all.get(key);
            if (!c.has(key) || value == null) continue;
            said.put(key, value);
            String unused = c.literal(key);
        }
        return RequestJson.parse("request", Json.text(said)).request();
    }

    private static String prompt(Config c, String key) {
        String text = c.text(key);
        if (text.isBlank() && key.equals("prompt")) {
            throw ApiException.wrong(key, "expected a prompt that says what to draw, got an empty one");
        }
        if (text.length() > LONGEST_PROMPT) {
            throw ApiException.wrong(key, "expected at most " + LONGEST_PROMPT + " characters, got " + text.length());
        }
        return text;
    }

    private static int within(Config c, String key, int otherwise, int least, int most) {
        int number = c.integer(key, otherwise);
        if (number >= least && number <= most) return number;
        throw ApiException.wrong(key, "expected " + key + " to be " + least + " to " + most + ", got " + number);
    }

    private static PictureSize size(Config c, int largest) {
        String said = c.text("size", AUTO);
        if (said.equals(AUTO)) return new PictureSize(0, 0);
        PictureSize size;
        try {
            size = new PictureSize.Reader().convert(said);
        } catch (TypeConversionException e) {
            throw ApiException.wrong("size", String.valueOf(e.getMessage()));
        }
        expectSize("size", size.width(), size.height(), largest);
        return size;
    }

    private static void expectSize(String param, int width, int height, int largest) {
        if (width <= largest && height <= largest) return;
        throw ApiException.wrong(
                param,
                "expected at most " + largest + " pixels of width and height, got " + width + "x" + height
                        + "; the server's --largest allows more");
    }

    /** The same, drawn from a picture. */
    ImageOrder from(Image image, @Nullable Image white, int largest) {
        expectSize("image", image.width(), image.height(), largest);
        if (strength.isPresent() && !(strength.getAsDouble() >= 0 && strength.getAsDouble() <= 1)) {
            throw ApiException.wrong("strength", "expected a strength of 0 to 1, got " + strength.getAsDouble());
        }
        return new ImageOrder(caller, model, request, image, white, strength, url, stream, previews);
    }

    /** The request with what it is drawn from. */
    ImageRequest whole(double usual) {
        return picture == null ? request : request.from(new Source(picture, strength.orElse(usual), mask));
    }

    /** How much memory it holds. */
    long bytes() {
        long words = 2L * (request.prompt().length() + request.negative().length());
        return words + (picture == null ? 0 : picture.samples().length) + (mask == null ? 0 : mask.samples().length);
    }
}
