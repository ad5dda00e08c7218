package org.zeuxis.models;

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
