package org.zeuxis.springai;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.image.ImageOptions;
import org.zeuxis.models.ImageRequest;

/**
 * How pictures are drawn; what is null is up to the model's own options, and then to the model, the seed to chance.
 *
 * @param model only the name of the model itself
 * @param n how many pictures, of consecutive seeds
 * @param negativePrompt what they do not show
 * @param guidance how much closer to the prompt than the model would go by itself
 * @param sampler its name, such as {@code dpm++2m-karras}
 * @param strength how much of a picture is redrawn that a message brings, 0 (none) to 1 (all)
 */
public record ZeuxisImageOptions(
        @Nullable String model,
        @Nullable Integer n,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Long seed,
        @Nullable Integer steps,
        @Nullable Double guidance,
        @Nullable String sampler,
        @Nullable String negativePrompt,
        @Nullable Double strength)
        implements ImageOptions {
    /** With nothing said. */
    public static final ZeuxisImageOptions NONE = builder().build();

    public static Builder builder() {
        return new Builder();
    }

    /**
     * What anybody says of pictures.
     *
     * @throws IllegalArgumentException if it says what cannot be honoured
     */
    static ZeuxisImageOptions of(@Nullable ImageOptions options) {
        if (options == null) return NONE;
        if (options instanceof ZeuxisImageOptions own) return own;
        String format = options.getResponseFormat();
        if (format != null && !format.equals("b64_json")) {
            throw new IllegalArgumentException(
                    "expected the response format b64_json, got " + format + "; leave it out");
        }
        if (options.getStyle() != null) {
            throw new IllegalArgumentException(
                    "expected no style, got " + options.getStyle() + "; say it in the prompt");
        }
        return builder()
                .model(options.getModel())
                .n(options.getN())
                .width(options.getWidth())
                .height(options.getHeight())
                .build();
    }

    /** These, and what they leave open as {@code usual} has it. */
    ZeuxisImageOptions or(ZeuxisImageOptions usual) {
        return new ZeuxisImageOptions(
                first(model, usual.model),
                first(n, usual.n),
                first(width, usual.width),
                first(height, usual.height),
                first(seed, usual.seed),
                first(steps, usual.steps),
                first(guidance, usual.guidance),
                first(sampler, usual.sampler),
                first(negativePrompt, usual.negativePrompt),
                first(strength, usual.strength));
    }

    private static <T> @Nullable T first(@Nullable T own, @Nullable T usual) {
        return own == null ? usual : own;
    }

    /** The request for a prompt. */
    ImageRequest request(String prompt) {
        ImageRequest all = ImageRequest.of(prompt);
        if (n != null) all = all.withCount(n);
        if (width != null || height != null) {
            if (width == null || height == null) {
                throw new IllegalArgumentException("expected width and height, or neither, got width " + width
                        + " and height " + height + "; say both");
            }
            all = all.withSize(width, height);
        }
        if (seed != null) all = all.withSeed(seed);
        if (steps != null) all = all.withSteps(steps);
        if (guidance != null) all = all.withGuidance(guidance);
        if (sampler != null) all = all.withSampler(sampler);
        return negativePrompt == null ? all : all.withNegative(negativePrompt);
    }

    @Override
    public @Nullable Integer getN() {
        return n;
    }

    @Override
    public @Nullable String getModel() {
        return model;
    }

    @Override
    public @Nullable Integer getWidth() {
        return width;
    }

    @Override
    public @Nullable Integer getHeight() {
        return height;
    }

    /** Pictures are PNGs in base64. */
    @Override
    public String getResponseFormat() {
        return "b64_json";
    }

    @Override
    public @Nullable String getStyle() {
        return null;
    }

    /** Of options, all of them open at first. */
    public static final class Builder {
        private @Nullable String model;
        private @Nullable Integer n;
        private @Nullable Integer width;
        private @Nullable Integer height;
        private @Nullable Long seed;
        private @Nullable Integer steps;
        private @Nullable Double guidance;
        private @Nullable String sampler;
        private @Nullable String negativePrompt;
        private @Nullable Double strength;

        private Builder() {}

        public Builder model(@Nullable String name) {
            model = name;
            return this;
        }

        public Builder n(@Nullable Integer pictures) {
            n = pictures;
            return this;
        }

        public Builder width(@Nullable Integer pixels) {
            width = pixels;
            return this;
        }

        public Builder height(@Nullable Integer pixels) {
            height = pixels;
            return this;
        }

        public Builder seed(@Nullable Long number) {
            seed = number;
            return this;
        }

        public Builder steps(@Nullable Integer number) {
            steps = number;
            return this;
        }

        public Builder guidance(@Nullable Double scale) {
            guidance = scale;
            return this;
        }

        public Builder sampler(@Nullable String name) {
            sampler = name;
            return this;
        }

        public Builder negativePrompt(@Nullable String text) {
            negativePrompt = text;
            return this;
        }

        public Builder strength(@Nullable Double share) {
            strength = share;
            return this;
        }

        public ZeuxisImageOptions build() {
            return new ZeuxisImageOptions(
                    model, n, width, height, seed, steps, guidance, sampler, negativePrompt, strength);
        }
    }
}
