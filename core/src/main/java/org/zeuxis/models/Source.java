package org.zeuxis.models;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;

/**
 * A picture to draw from.
 *
 * @param strength the share of the denoising steps that are run, 0 (none: the picture stays) to 1 (all)
 * @param mask white where it is redrawn, black where it is kept; null if it is redrawn everywhere
 * @see <a href="https://arxiv.org/abs/2108.01073">SDEdit</a>, algorithm 1
 */
public record Source(Image image, double strength, @Nullable Image mask) {
    private static final double USUAL = 0.75;

    /** @throws IllegalArgumentException if the strength is out of its range, or the mask is not of the picture's size */
    public Source {
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException(
                    "expected a strength of 0 to 1, got " + strength + "; 0.5 to 0.8 is usual");
        }
        if (mask != null && (mask.width() != image.width() || mask.height() != image.height())) {
            throw new IllegalArgumentException("expected a mask of the picture's size, " + image.width() + "x"
                    + image.height() + ", got one of " + mask.width() + "x" + mask.height());
        }
    }

    /**
     * A picture with a mask as many programs draw it: transparent where the picture is redrawn. A mask that is opaque by its kind is
     * taken as it is, white there; without a mask the picture's own transparency is one.
     *
     * @param strength how much of it is redrawn, if it is said; else all of it under a mask, and three quarters without
     * @throws IllegalArgumentException if a mask is opaque everywhere though it could be transparent
     */
    public static Source transparent(Image picture, @Nullable Image mask, OptionalDouble strength) {
        Image white = mask;
        Image drawn = mask == null ? picture : mask;
        if (drawn.channels() == 4) {
            white = whiteWhereTransparent(drawn);
            if (white == null && mask != null) {
                throw new IllegalArgumentException(
                        "expected a mask that is transparent where the picture is redrawn, got"
                                + " one that is so nowhere");
            }
        }
        return new Source(picture.over(255, 255, 255), strength.orElse(white == null ? USUAL : 1), white);
    }

    private static @Nullable Image whiteWhereTransparent(Image drawn) {
        byte[] samples = new byte[3 * drawn.width() * drawn.height()];
        boolean any = false;
        for (int i = 0; i < samples.length / 3; i++) {
            if (drawn.samples()[4 * i + 3] != 0) continue;
            any = true;
            Arrays.fill(samples, 3 * i, 3 * i + 3, (byte) 255);
        }
        return any ? new Image(drawn.width(), drawn.height(), 3, samples) : null;
    }

    /**
     * Which of a sampler's steps, from 0, is the first one taken.
     *
     * @throws IllegalArgumentException if the strength is so small that none is
     */
    public int firstStep(int steps) {
        return firstStep(strength, steps);
    }

    /** The same of a strength alone. */
    public static int firstStep(double strength, int steps) {
        int taken = (int) (steps * strength);
        if (taken > 0) return steps - taken;
        throw new IllegalArgumentException(
                "expected a strength of at least 1/" + steps + ", to take one of " + steps + " steps, got " + strength);
    }
}
