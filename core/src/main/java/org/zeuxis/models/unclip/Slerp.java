package org.zeuxis.models.unclip;

import org.zeuxis.tensor.Tensor;

/**
 * The way from one embedding to another along the sphere, at even speed; a difference in length goes evenly too.
 *
 * @param from [batch, width]
 * @param to [batch, width]
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 3.2
 */
record Slerp(Tensor from, Tensor to) {
    private static final double LEAST_ANGLE = 1e-4;

    /** @param theta 0 for the beginning to 1 for the end */
    Tensor at(double theta) {
        check(theta);
        if (theta == 0) return from;
        if (theta == 1) return to;
        Tensor a = from.normalized(-1);
        Tensor b = to.normalized(-1);
        float[] cosines = a.times(b).sum(-1).toFloats();
        float[] first = new float[cosines.length];
        float[] second = new float[cosines.length];
        for (int i = 0; i < cosines.length; i++) {
            double angle = Math.acos(Math.max(-1, Math.min(1, cosines[i])));
            boolean straight = angle < LEAST_ANGLE;
            first[i] = (float) (straight ? 1 - theta : Math.sin((1 - theta) * angle) / Math.sin(angle));
            second[i] = (float) (straight ? theta : Math.sin(theta * angle) / Math.sin(angle));
        }
        Tensor direction =
                a.times(Tensor.of(first, first.length, 1)).plus(b.times(Tensor.of(second, second.length, 1)));
        Tensor length = from.length(-1).lerp(to.length(-1), theta);
        return direction.times(length);
    }

    /** @throws IllegalArgumentException if {@code theta} is not on the way */
    static void check(double theta) {
        if (theta >= 0 && theta <= 1) return;
        throw new IllegalArgumentException("expected a theta of 0 to 1, got " + theta);
    }
}
