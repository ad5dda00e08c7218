package org.zeuxis.models;

/**
 * What picture is wanted.
 *
 * @param prompt what it shows; may be empty
 * @param negative what it does not show; may be empty
 * @param seed of the first picture; each further one has the next number
 * @param steps of the sampler
 * @param guidance how much closer to the prompt than the model would go by itself; 1 is by itself
 * @param sampler its name, or empty for the model's own
 * @param width in pixels, or 0 for the model's own
 * @param height in pixels, or 0 for the model's own
 * @param count how many pictures
 */
public record ImageRequest(
        String prompt,
        String negative,
        long seed,
        int steps,
        double guidance,
        String sampler,
        int width,
        int height,
        int count) {

    /** @throws IllegalArgumentException if a number is out of its range, saying which and what would do */
    public ImageRequest {
        if (steps < 1) throw new IllegalArgumentException("expected at least 1 step, got " + steps + "; 20 is usual");
        if (!(guidance >= 0 && guidance < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "expected a guidance of at least 0, got " + guidance + "; 4 to 8 is usual");
        }
        if (width < 0 || height < 0) {
            throw new IllegalArgumentException("expected a size such as 64x64, got " + width + "x" + height);
        }
        if (count < 1) throw new IllegalArgumentException("expected a count of at least 1 picture, got " + count);
    }

    /** One picture of the model's own size. */
    public static ImageRequest of(String prompt) {
        return new ImageRequest(prompt, "", 0, 20, 5, "", 0, 0, 1);
    }

    public ImageRequest withPrompt(String text) {
        return new ImageRequest(text, negative, seed, steps, guidance, sampler, width, height, count);
    }

    public ImageRequest withNegative(String text) {
        return new ImageRequest(prompt, text, seed, steps, guidance, sampler, width, height, count);
    }

    public ImageRequest withSeed(long number) {
        return new ImageRequest(prompt, negative, number, steps, guidance, sampler, width, height, count);
    }

    public ImageRequest withSteps(int number) {
        return new ImageRequest(prompt, negative, seed, number, guidance, sampler, width, height, count);
    }

    public ImageRequest withGuidance(double scale) {
        return new ImageRequest(prompt, negative, seed, steps, scale, sampler, width, height, count);
    }

    public ImageRequest withSampler(String name) {
        return new ImageRequest(prompt, negative, seed, steps, guidance, name, width, height, count);
    }

    public ImageRequest withSize(int columns, int rows) {
        return new ImageRequest(prompt, negative, seed, steps, guidance, sampler, columns, rows, count);
    }

    public ImageRequest withCount(int number) {
        return new ImageRequest(prompt, negative, seed, steps, guidance, sampler, width, height, number);
    }
}
