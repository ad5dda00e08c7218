package org.zeuxis.image;

/**
 * Cuts the middle out of a picture, as torchvision does in CLIP's preprocessing; where the picture is
 * too small, black is added.
 *
 * @param width columns of the result, at least 1
 * @param height rows of the result, at least 1
 */
public record CenterCrop(int width, int height) {

    /** @throws IllegalArgumentException if a side is under 1 */
    public CenterCrop {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("expected a size of at least 1x1, got " + width + "x" + height);
        }
    }

    /** A square. */
    public CenterCrop(int side) {
        this(side, side);
    }

    /** The middle of the picture; the picture itself if it has this size already. */
    public Image apply(Image image) {
        return cut(image, start(image.width(), width), start(image.height(), height), width, height);
    }

    /** A rectangle that may begin outside the picture, where there is black. */
    static Image cut(Image image, int left, int top, int width, int height) {
        if (image.width() == width && image.height() == height) return image;
        int channels = image.channels();
        int from = Math.max(0, left);
        int columns = Math.min(image.width(), left + width) - from;
        byte[] samples = new byte[width * height * channels];
        for (int y = 0; y < height; y++) {
            int row = top + y;
            if (row < 0 || row >= image.height()) continue;
            System.arraycopy(
                    image.samples(),
                    (row * image.width() + from) * channels,
                    samples,
                    (y * width + from - left) * channels,
                    columns * channels);
        }
        return new Image(width, height, channels, samples);
    }

    /** Where the cut begins; a half is rounded to even, as Python does, and an odd margin of black is wider at the end. */
    private static int start(int size, int cut) {
        return size >= cut ? (int) Math.rint((size - cut) / 2.0) : -((cut - size) / 2);
    }
}
