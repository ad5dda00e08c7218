package org.zeuxis.tensor;

import org.bytedeco.pytorch.Scalar;

/**
 * What changes a tensor where it lies instead of making another: for loading, the optimiser, {@code KvCache}, and bounds that
 * are kept between steps.
 */
public final class InPlace {
    private InPlace() {}

    /** Gives {@code place} the values and the type of {@code x}, without copying; the shape must stay. */
    public static void become(Tensor place, Tensor x) {
        x.expect("", place.shape());
        place.put(x.raw(), null);
    }

    /** Copies {@code x}'s values into the memory of {@code place}. */
    public static void assign(Tensor place, Tensor x) {
        try (Gradients off = Gradients.off()) {
            place.changeable().copy_(x.raw());
        }
    }

    /** Moves {@code place} towards {@code x} by the share {@code w}. */
    public static void drift(Tensor place, Tensor x, double w) {
        try (Gradients off = Gradients.off()) {
            place.changeable().lerp_(x.raw(), new Scalar(w));
        }
    }

    /** Multiplies every number of {@code place} by {@code k}. */
    public static void scale(Tensor place, double k) {
        try (Gradients off = Gradients.off()) {
            place.changeable().mul_(new Scalar(k));
        }
    }

    /** Sets every number of {@code place} to zero. */
    public static void clear(Tensor place) {
        try (Gradients off = Gradients.off()) {
            place.changeable().zero_();
        }
    }

    /** From now on gradients of {@code x} are added into {@code place}, which has its shape. */
    public static void gatherGradient(Tensor x, Tensor place) {
        x.changeable().mutable_grad().put(place.changeable());
    }
}
