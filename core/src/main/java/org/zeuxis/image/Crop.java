package org.zeuxis.image;

/**
 * Cuts a rectangle out of a picture.
 *
 * @param left columns left of it, at least 0
 * @param top rows above it, at least 0
 * @param width columns of the result, at least 1
 * @param height rows of the result, at least 1
 */
public record Crop(int left, int top, int width, int height) {

    /** @throws IllegalArgumentException if a side is under 1 or the corner outside */
    public Crop {
        if (left < 0 || top < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException("expected a rectangle of at least 1x1 from (0, 0) on, got " + width + "x"
                    + height + " from (" + left + ", " + top + ")");
        }
    }

    /**
     * The rectangle; the picture itself if it is all of it.
     *
     * @throws IllegalArgumentException if it reaches beyond the picture
     */
    public Image apply(Image image) {
        if (left + width > image.width() || top + height > image.height()) {
            throw new IllegalArgumentException("expected a rectangle within " + image.width() + "x" + image.height()
                    + " pixels, got " + width + "x" + height + " from (" + left + ", " + top + ")");
        }
        if (width == image.width() && height == image.height()) return image;
        int channels = image.channels();
        byte[] samples = new byte[width * height * channels];
        for (int y = 0; y < height; y++) {
            int from = ((top + y) * image.width() + left) * channels;
            System.arraycopy(image.samples(), from, samples, y * width * channels, width * channels);
        }
        return new Image(width, height, channels, samples);
    }
}
