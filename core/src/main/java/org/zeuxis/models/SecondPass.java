package org.zeuxis.models;

import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;

/**
 * A picture is drawn small, enlarged, and drawn again over its enlargement: so a picture larger than those a model has learned from
 * keeps the composition of a small one.
 *
 * @param scale how many times as wide and as high
 * @param strength the share of the denoising steps that are run for the second time, above 0 (the enlargement stays) to 1 (little of it does)
 * @see <a href="https://arxiv.org/abs/2108.01073">SDEdit</a>, algorithm 1
 */
public record SecondPass(double scale, double strength) {
    /** The stage by which the second pass is asked for a sampling of its own. */
    public static final String STAGE = "second";

    private static final double USUAL_STRENGTH = 0.5;
    private static final double MOST = 8;

    /** @throws IllegalArgumentException if a number is out of its range, saying which and what would do */
    public SecondPass {
        if (!(scale > 1 && scale <= MOST)) {
            throw new IllegalArgumentException(
                    "expected a second pass at a scale above 1 and at most 8, got " + scale + "; 2 is usual");
        }
        if (!(strength > 0 && strength <= 1)) {
            throw new IllegalArgumentException("expected a second pass with a strength above 0 and at most 1, got "
                    + strength + "; 0.3 to 0.6 is usual");
        }
    }

    /** Of usual strength. */
    public SecondPass(double scale) {
        this(scale, USUAL_STRENGTH);
    }

    /** What the second pass is drawn from. */
    public Source source(Image first) {
        return new Source(first, strength, null);
    }

    /** Refuses a mask, as the second pass would not keep to it. */
    public void expectNoMask(@Nullable Source source) {
        if (source == null || source.mask() == null) return;
        throw new IllegalArgumentException(
                "expected no mask with a second pass, which redraws the whole picture, got one; leave out either");
    }

    /** A length of the second pass, the nearest multiple of {@code factor}. */
    public int enlarged(int length, int factor) {
        return Math.toIntExact(Math.round(length * scale / factor)) * factor;
    }
}
