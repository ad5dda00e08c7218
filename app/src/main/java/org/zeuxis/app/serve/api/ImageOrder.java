package org.zeuxis.app.serve.api;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.PictureSize;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.Safety;
import org.zeuxis.models.Source;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.unclip.UnClip;
import picocli.CommandLine.TypeConversionException;

/**
 * What is said of pictures in the fields of a request; what they are made of is not known yet.
 *
 * @param strength how far to move away from a picture; empty for what is usual for the model
 */
public record ImageOrder(
        String caller, String model, ImageRequest request, OptionalDouble strength, Delivery delivery, int largest) {
    private static final int MOST_PICTURES = 10;
    private static final int MOST_STEPS = 1000;
    private static final int MOST_PREVIEWS = 50;
    private static final int LONGEST_PROMPT = 32_000;
    private static final int BLENDED = 5;
    private static final double STRENGTH = 0.75;
    private static final String URL = "url";
    private static final String AUTO = "auto";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What is said in the words of a picture's own request. */
    private static final List<String> OWN = List.of("steps", "guidance", "sampler", "stages", "clip_skip", "safety");

    /** Reads all that is said of pictures for {@code task}; what else there is is refused by name. */
    public static ImageOrder read(Asked asked, Serving serving, Task task) throws IOException {
        Config c = asked.fields();
        String model = serving.models().named(c.text("model", ""), task);
        // what these ask for is what every picture has
        c.expect("quality", AUTO, "standard");
        c.expect("background", AUTO, "opaque");
        c.expect("moderation", AUTO, "low");
        c.expect("output_format", "png");
        c.expect("output_compression", 100);
        c.expect("response_format", "b64_json", URL);
        ImageRequest request = words(c, task, own(c))
                .withSeed(c.has("seed") ? c.wholeNumber("seed") : RANDOM.nextInt(Integer.MAX_VALUE))
                .withCount(count(c, task));
        request.stages().forEach((stage, sampling) -> {
            int steps = sampling.steps().orElse(1);
            if (steps > MOST_STEPS) {
                throw ApiException.wrong("steps", "expected 1 to " + MOST_STEPS + " steps, got " + steps);
            }
        });
        PictureSize size = task == Task.UPSCALE ? new PictureSize(0, 0) : size(c, serving.largest());
        boolean drawnFrom = task == Task.EDITS || task == Task.VARIATIONS;
        OptionalDouble strength =
                drawnFrom && c.has("strength") ? OptionalDouble.of(c.number("strength")) : OptionalDouble.empty();
        Delivery delivery = delivery(c);
        if (delivery.previews() > 0 && request.safety() == Safety.BLANK) {
            throw ApiException.wrong(
                    "partial_images",
                    "expected none beside safety blank, as what grows is not judged, got " + delivery.previews());
        }
        c.refuseUnread();
        return new ImageOrder(
                asked.caller(),
                model,
                request.withSize(size.width(), size.height()),
                strength,
                delivery,
                serving.largest());
    }

    private static ImageRequest words(Config c, Task task, ImageRequest request) {
        return switch (task) {
            case GENERATIONS, EDITS ->
                request.withPrompt(prompt(c, "prompt"))
                        .withNegative(c.has("negative_prompt") ? prompt(c, "negative_prompt") : "");
            case UPSCALE ->
                request.withPrompt(c.has("prompt") ? prompt(c, "prompt") : "")
                        .withNegative(c.has("negative_prompt") ? prompt(c, "negative_prompt") : "");
            default -> request;
        };
    }

    private static int count(Config c, Task task) {
        return switch (task) {
            case UPSCALE -> 1;
            case BLEND -> within(c, "n", BLENDED, 2, MOST_PICTURES);
            default -> within(c, "n", 1, 1, MOST_PICTURES);
        };
    }

    private static Delivery delivery(Config c) {
        boolean stream = c.flag("stream", false);
        int previews = within(c, "partial_images", 0, 0, MOST_PREVIEWS);
        boolean url = c.text("response_format", "").equals(URL);
        if (url && stream) {
            throw ApiException.wrong("response_format", "expected b64_json in a stream, got url; leave it out");
        }
        return new Delivery(url, stream, previews);
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

    /**
     * Refuses what would be larger than the server makes pictures.
     *
     * @param param which field says so
     */
    public void expectSize(String param, int width, int height) {
        expectSize(param, width, height, largest);
    }

    /** Drawn of the words alone. */
    public PictureOrder drawn() {
        return drawn(null, null);
    }

    /**
     * Drawn from a picture.
     *
     * @param mask white where it is redrawn; null if everywhere
     */
    public PictureOrder drawnFrom(Image picture, @Nullable Image mask) {
        expectSize("image", picture.width(), picture.height());
        if (strength.isPresent() && !(strength.getAsDouble() >= 0 && strength.getAsDouble() <= 1)) {
            throw ApiException.wrong("strength", "expected a strength of 0 to 1, got " + strength.getAsDouble());
        }
        return drawn(picture, mask);
    }

    private PictureOrder drawn(@Nullable Image picture, @Nullable Image mask) {
        int bytes = (picture == null ? 0 : picture.samples().length) + (mask == null ? 0 : mask.samples().length);
        return made(
                bytes,
                (open, i, events) -> open.use(model, TextToImage.class, opened -> {
                    // a variation of unCLIP is drawn anew from the embedding, anything else from the picture
                    double usual = opened instanceof UnClip ? 1 : STRENGTH;
                    ImageRequest one = request.withCount(1).withSeed(request.seed() + i);
                    ImageRequest whole =
                            picture == null ? one : one.from(new Source(picture, strength.orElse(usual), mask));
                    return opened.generate(whole, events).get(0);
                }));
    }

    /**
     * Made in another way.
     *
     * @param pictures bytes of those they are made of
     */
    public PictureOrder made(long pictures, PictureOrder.Making making) {
        long words = 2L * (request.prompt().length() + request.negative().length());
        return new PictureOrder(caller, model, request.count(), words + pictures, delivery, making);
    }
}
