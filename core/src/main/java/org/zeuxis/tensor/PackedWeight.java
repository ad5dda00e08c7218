package org.zeuxis.tensor;

import org.jspecify.annotations.Nullable;

/** A weight in another form than rows of numbers. What it is multiplied by gives what {@link #plain} would give, or nearly. */
sealed interface PackedWeight permits OneDnnLinear, OneDnnConvolution, Int8Weight, Int4Weight {
    /** Whether {@code x} can be multiplied by it in this form: not one whose gradient is recorded. */
    boolean takes(Tensor x);

    /** A copy in the usual layout. */
    org.bytedeco.pytorch.Tensor plain();

    Tensor linear(Tensor x, @Nullable Tensor bias);

    /** Those at {@code places}, of int64. */
    default Tensor rows(Tensor places) {
        return places.embedding(new Tensor(plain()));
    }

    default Tensor geglu(Tensor x, Tensor bias) {
        return x.geglu(new Tensor(plain()), bias);
    }

    default Tensor conv2d(Tensor x, @Nullable Tensor bias, int stride, int padding, int groups) {
        return x.conv2d(new Tensor(plain()), bias, stride, padding, groups);
    }

    void free();
}
