package org.zeuxis.image;

/**
 * Cuts the middle out of a picture, as CLIP's preprocessing does; where the picture is too small, black is added.
 *
 * @param width columns of the result, at least 1
 * @param height rows of the result, at least 1
 * @param odd where the middle is, if as many pixels cannot go on both sides
 */
public record CenterCrop(int width, int height, Odd odd) {

    /** Whose middle it is. */
    public enum Odd {
        /** Torchvision's: half of what is cut off goes before, a half rounded to even; less than half of black. */
        TORCHVISION,
        /** Of transformers where it uses torchvision: less than half before, of what is cut off and of black. */
        LESS_BEFORE,
        /** Of transformers where it uses Pillow: less than half of what is cut off goes before, and more of black. */
        FLOOR;

        /** Where the cut begins. */
        private int start(int size, int cut) {
            return switch (this) {
                case TORCHVISION -> size >= cut ? (int) Math.rint((size - cut) / 2.0) : (size - cut) / 2;
                case LESS_BEFORE -> (size - cut) / 2;
                case FLOOR -> Math.floorDiv(size - cut, 2);
            };
        }
    }

    /** @throws IllegalArgumentException if a side is under 1 */
    public CenterCrop {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("expected a size of at least 1x1, got " + width + "x" + height);
        }
    }

    /** A square, as torchvision cuts it. */
    public CenterCrop(int side) {
        this(side, side, Odd.TORCHVISION);
    }

    /** The middle of the picture; the picture itself if it has this size already. */
    public Image apply(Image image) {
        if (image.width() == width && image.height() == height) return image;
        int left = odd.start(image.width(), width);
        int top = odd.start(image.height(), height);
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
}
