package org.zeuxis.train.recipe.clip;

import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Hides a random share of each picture's patches from CLIP's vision transformer while it trains: a step costs that much less,
 * and no two looks at a picture are the same.
 *
 * @param share of the patches that are hidden, 0 up to 1
 * @see <a href="https://arxiv.org/abs/2212.00794">FLIP</a>, Figure 2
 */
public record PatchMask(double share) {
    public static final PatchMask NONE = new PatchMask(0);

    public PatchMask {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("expected a patch_mask of 0 up to 1, got " + share);
        }
    }

    /**
     * The numbers of the patches that are seen.
     *
     * @return [batch, seen] of int64, in no order; at least one of each picture
     */
    Tensor kept(int batch, int patches, Seed seed) {
        int seen = (int) Math.max(1, Math.round(patches * (1 - share)));
        return seed.rand(batch, patches).topPlaces(seen);
    }
}
