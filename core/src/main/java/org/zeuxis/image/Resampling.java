package org.zeuxis.image;

/** How the pixels of a picture in another size are made from those that it had. */
public interface Resampling {

    /**
     * @param width columns of the result, at least 1
     * @param height rows of the result, at least 1
     * @return the picture itself if it has this size already
     */
    Image scale(Image image, int width, int height);

    /** Scales so that the shorter side has this length; the longer side is rounded down, as torchvision does. */
    default Image scaleShorterSide(Image image, int length) {
        boolean wide = image.width() > image.height();
        long longer = (long) length * Math.max(image.width(), image.height()) / Math.min(image.width(), image.height());
        int other = Math.toIntExact(longer);
        return scale(image, wide ? other : length, wide ? length : other);
    }
}
