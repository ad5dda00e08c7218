package org.zeuxis.tensor;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/**
 * A function of each element, the same to the last digit however many threads share the work: LibTorch computes whole
 * vectors of elements by one formula, and by another what is left at the end of each thread's share, so here no share but
 * a sole one ends within a vector.
 */
final class WholeVectors {
    /** Elements of the two widest vectors, which the loops take at a time. */
    private static final long VECTORS = 64;
    /** Up to here one thread does all. */
    private static final long GRAIN = 32768;
    /** The same of GELU, which then gives an equal share to every thread. */
    private static final long GELU_GRAIN = 16384;

    private WholeVectors() {}

    static Tensor apply(Tensor x, UnaryOperator<org.bytedeco.pytorch.Tensor> function) {
        return shared(x, shares(x), GRAIN, function);
    }

    /** The same by what changes {@code x} where it lies, if its shares need no filling. */
    static Tensor inPlace(
            Tensor x,
            Consumer<org.bytedeco.pytorch.Tensor> inPlace,
            UnaryOperator<org.bytedeco.pytorch.Tensor> function) {
        if (!x.raw().is_non_overlapping_and_dense() || !isWhole(x.count(), shares(x))) return apply(x, function);
        inPlace.accept(x.raw());
        return x;
    }

    private static long shares(Tensor x) {
        long n = x.count();
        return n <= GRAIN ? 1 : Math.min(torch.get_num_threads(), up(n, GRAIN));
    }

    private static boolean isWhole(long n, long shares) {
        return n % VECTORS == 0 && up(n, shares) % VECTORS == 0;
    }

    static Tensor gelu(Tensor x, UnaryOperator<org.bytedeco.pytorch.Tensor> function) {
        return shared(x, x.count() <= GELU_GRAIN ? 1 : torch.get_num_threads(), GELU_GRAIN, function);
    }

    private static Tensor shared(
            Tensor x, long shares, long grain, UnaryOperator<org.bytedeco.pytorch.Tensor> function) {
        org.bytedeco.pytorch.Tensor raw = x.raw();
        long n = x.count();
        if (n <= grain || raw.is_cuda() || Gradients.recorded()) return new Tensor(function.apply(raw));
        boolean dense = raw.is_non_overlapping_and_dense();
        boolean whole = isWhole(n, shares);
        boolean rows = dense || (raw.stride(-1) == 1 && raw.size(-1) % VECTORS == 0);
        if (whole && rows) return new Tensor(function.apply(raw));
        return filled(dense ? raw : raw.contiguous(), up(n, VECTORS * shares) * VECTORS * shares, x, function);
    }

    /** In rows of whole vectors, with gaps between them if {@code x} has its own, for which there are other kernels. */
    private static Tensor filled(
            org.bytedeco.pytorch.Tensor all,
            long length,
            Tensor x,
            UnaryOperator<org.bytedeco.pytorch.Tensor> function) {
        long n = all.numel();
        org.bytedeco.pytorch.Tensor rows = torch.constant_pad_nd(
                        all.as_strided(new long[] {n}, new long[] {1}, new LongOptional(all.storage_offset())),
                        new long[] {0, length - n},
                        new Scalar(0.0))
                .view(-1, VECTORS);
        if (!x.raw().is_contiguous()) {
            rows = rows.repeat(1, 2).slice(1, new LongOptional(0), new LongOptional(VECTORS), 1);
        }
        return new Tensor(function.apply(rows).as_strided(all.sizes(), all.strides()));
    }

    private static long up(long n, long parts) {
        return (n + parts - 1) / parts;
    }
}
