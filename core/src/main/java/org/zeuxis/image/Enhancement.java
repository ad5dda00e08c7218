package org.zeuxis.image;

/**
 * More or less brightness, contrast and saturation, in this order, as Pillow 13's {@code ImageEnhance} does, bit for bit;
 * an alpha channel stays as it is.
 *
 * @param brightness 1 changes nothing, 0 gives black
 * @param contrast 1 changes nothing, 0 gives the mean gray
 * @param saturation 1 changes nothing, 0 gives grays
 */
public record Enhancement(float brightness, float contrast, float saturation) {
    /** Grays as bright as the colours were. */
    public static final Enhancement GRAY = new Enhancement(1, 1, 0);

    /** @throws IllegalArgumentException if a factor is negative */
    public Enhancement {
        if (!(brightness >= 0 && contrast >= 0 && saturation >= 0)) {
            throw new IllegalArgumentException("expected brightness, contrast and saturation of at least 0, got "
                    + brightness + ", " + contrast + ", " + saturation);
        }
    }

    /** The changed picture, or the picture itself if nothing changes. */
    public Image apply(Image image) {
        if (brightness == 1 && contrast == 1 && saturation == 1) return image;
        int channels = image.channels();
        byte[] samples = image.samples().clone();
        for (int i = 0; i < samples.length; i += channels) move(samples, i, 0, brightness);
        int mean = contrast == 1 ? 0 : meanLuma(samples, channels);
        for (int i = 0; i < samples.length; i += channels) move(samples, i, mean, contrast);
        for (int i = 0; i < samples.length; i += channels) move(samples, i, Luma.at(samples, i), saturation);
        return new Image(image.width(), image.height(), channels, samples);
    }

    /** Moves one pixel away from a gray, or towards it if the factor is below 1. */
    private static void move(byte[] samples, int at, int gray, float factor) {
        if (factor == 1) return;
        for (int c = at; c < at + 3; c++) {
            float moved = gray + factor * ((samples[c] & 255) - gray);
            samples[c] = (byte) Math.max(0, Math.min(255, (int) moved));
        }
    }

    private static int meanLuma(byte[] samples, int channels) {
        double sum = 0;
        int pixels = samples.length / channels;
        for (int i = 0; i < pixels; i++) sum += Luma.at(samples, i * channels);
        return (int) (sum / pixels + 0.5);
    }
}
