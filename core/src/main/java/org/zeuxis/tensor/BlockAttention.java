package org.zeuxis.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Attention in blocks of queries, small enough that a block's scores stay in the cache between the two matrix products.
 *
 * <p>Products run in the inputs' type (bfloat16 where the processor is fast at it), the softmax in float32. LibTorch's own
 * kernel is not used: on a CPU it reaches a quarter of the speed of this one in float32 and far less in bfloat16.
 */
final class BlockAttention {
    /** Scores of one block in bytes: about a core's share of the second-level cache. */
    private static final long BLOCK_BYTES = 4 << 20;

    private BlockAttention() {}

    static Tensor apply(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        q.expect("batch heads n", k.size(3));
        if (k.size(2) != v.size(2)) throw new ShapeException("batch, heads, " + k.size(2) + ", headWidth", v.shape());
        long batch = q.size(0);
        long heads = q.size(1);
        long n = q.size(2);
        long m = k.size(2);
        double scale = 1 / Math.sqrt(q.size(3));
        Tensor flatQ = q.times(scale).reshape(batch * heads, n, q.size(3));
        Tensor flatK = k.reshape(batch * heads, m, k.size(3)).transpose(1, 2);
        Tensor flatV = v.reshape(batch * heads, m, v.size(3));
        long rows = Math.max(32, BLOCK_BYTES / (4 * m * Math.max(1, batch * heads)));
        if (rows >= n)
            return attend(flatQ, flatK, flatV, rowsOf(mask, causal, 0, n, n, m), batch)
                    .reshape(batch, heads, n, v.size(3));
        List<Tensor> blocks = new ArrayList<>();
        for (long from = 0; from < n; from += rows) {
            long to = Math.min(n, from + rows);
            blocks.add(attend(flatQ.slice(1, from, to), flatK, flatV, rowsOf(mask, causal, from, to, n, m), batch));
        }
        return Tensor.cat(1, blocks).reshape(batch, heads, n, v.size(3));
    }

    private static Tensor attend(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, long batch) {
        Tensor scores = new Tensor(q.raw().bmm(k.raw()));
        if (mask != null) {
            Tensor split = scores.reshape(batch, scores.size(0) / batch, scores.size(1), scores.size(2));
            Tensor masked = mask.dtype() == DType.BOOL
                    ? split.masked(new Tensor(mask.raw().logical_not()), Double.NEGATIVE_INFINITY)
                    : split.plus(mask);
            scores = masked.reshape(scores.shape());
        }
        Tensor weights = scores.softmax(-1).to(v.dtype());
        return new Tensor(weights.raw().bmm(v.raw()));
    }

    /** The rows of the mask that one block of queries needs. */
    private static @Nullable Tensor rowsOf(@Nullable Tensor mask, boolean causal, long from, long to, long n, long m) {
        if (causal) {
            Tensor all = new Tensor(
                    torch.ones(new long[] {to - from, m}, new org.bytedeco.pytorch.TensorOptions(DType.BOOL.raw)));
            return all.lowerTriangle((int) (from + m - n));
        }
        if (mask == null || mask.rank() < 2 || mask.size(-2) == 1) return mask;
        return mask.slice(-2, from, to);
    }
}
