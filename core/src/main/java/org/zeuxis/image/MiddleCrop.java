package org.zeuxis.image;

/**
 * Cuts the middle out of a picture as transformers does: {@link CenterCrop}, but for an odd margin, whose smaller half is
 * always the one before.
 *
 * @param width columns of the result, at least 1
 * @param height rows of the result, at least 1
 */
public record MiddleCrop(int width, int height) {

    /** @throws IllegalArgumentException if a side is under 1 */
    public MiddleCrop {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("expected a size of at least 1x1, got " + width + "x" + height);
        }
    }

    /** The middle of the picture; the picture itself if it has this size already. */
    public Image apply(Image image) {
        return CenterCrop.cut(image, start(image.width(), width), start(image.height(), height), width, height);
    }

    private static int start(int size, int cut) {
        return size >= cut ? (size - cut) / 2 : -((cut - size) / 2);
    }
}
