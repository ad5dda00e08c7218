package org.zeuxis.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.runtime.BlasThreads;

/**
 * Attention by whichever way is fastest: in bfloat16 on a CPU blocks of scores that stay in the cache between the two
 * matrix products, where LibTorch's own kernel reaches a hundredth of the processor's speed; else that kernel; while
 * gradients are recorded on a CPU, blocks made of operations that have one.
 */
final class BlockAttention {
    /** Scores of one block: with two bytes each what two cores keep in their second-level caches. */
    private static final long BLOCK = 2 << 20;

    private final Tensor q;
    private final Tensor k;
    private final Tensor v;
    /** Broadcasts to [batch, heads, n, m]; of BOOL, true where attending is forbidden. */
    private final @Nullable Tensor mask;

    private final boolean causal;
    private final long block;
    private final long batch;
    private final long heads;
    private final long n;
    private final long m;

    private BlockAttention(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal, long block) {
        this.block = block;
        this.q = q;
        this.k = k;
        this.v = v;
        this.batch = q.size(0);
        this.heads = q.size(1);
        this.n = q.size(2);
        this.m = k.size(2);
        this.causal = causal;
        this.mask = mask == null || mask.dtype() != DType.BOOL
                ? mask
                : new Tensor(mask.raw().logical_not());
    }

    static Tensor apply(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        return apply(q, k, v, mask, causal, BLOCK);
    }

    /** @param block how many scores to hold at a time */
    static Tensor apply(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal, long block) {
        check(q, k, v, mask, causal);
        DType type = Autocast.isOn() ? DType.BFLOAT16 : q.dtype();
        Tensor a = q.to(type);
        Tensor b = k.to(type);
        Tensor c = v.to(type);
        boolean recorded = Gradients.recorded()
                && (q.requiresGrad() || k.requiresGrad() || v.requiresGrad() || (mask != null && mask.requiresGrad()));
        Tensor y;
        if (q.raw().is_cuda()) y = libtorch(a, b, c, mask, causal);
        else if (!recorded && type != DType.BFLOAT16) y = onAllThreads(a, b, c, mask, causal);
        else if (recorded) y = new BlockAttention(a, b, c, mask, causal, block).recorded();
        else y = new BlockAttention(a, b, c, mask, causal, block).inPlace();
        return y.to(q.dtype());
    }

    private static void check(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        if (k.rank() != 4) throw new ShapeException("batch, heads, m, headWidth", k.shape());
        q.expect("batch heads n", k.size(3));
        String start = q.size(0) + ", " + q.size(1) + ", ";
        if (k.size(0) != q.size(0) || k.size(1) != q.size(1))
            throw new ShapeException(start + "m, " + k.size(3), k.shape());
        long m = k.size(2);
        if (v.rank() != 4 || v.size(0) != q.size(0) || v.size(1) != q.size(1) || v.size(2) != m)
            throw new ShapeException(start + m + ", headWidth", v.shape());
        if (causal && q.size(2) > m)
            throw new ShapeException(start + "at least " + q.size(2) + ", " + k.size(3), k.shape());
        if (mask == null) return;
        long[] scores = {q.size(0), q.size(1), q.size(2), m};
        boolean fits = mask.rank() <= 4;
        for (int i = 1; fits && i <= mask.rank(); i++) fits = mask.size(-i) == 1 || mask.size(-i) == scores[4 - i];
        if (!fits) throw new ShapeException(start + q.size(2) + ", " + m + " (or 1 for any)", mask.shape());
    }

    /** LibTorch's kernel runs on all threads itself, and OpenBLAS must not multiply them. */
    private static Tensor onAllThreads(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        try (BlasThreads one = BlasThreads.one()) {
            return libtorch(q, k, v, mask, causal);
        }
    }

    private static Tensor libtorch(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        boolean square = q.size(2) == k.size(2);
        Tensor given = mask;
        if (causal && !square)
            given = new Tensor(above(0, q.size(2), q.size(2), k.size(2)).raw().logical_not());
        if (given != null) {
            if (given.dtype() != DType.BOOL) given = given.to(q.dtype());
            while (given.rank() < 4) given = given.unsqueeze(0);
        }
        return new Tensor(torch.scaled_dot_product_attention(
                q.raw(),
                k.raw(),
                v.raw(),
                given == null ? new TensorOptional() : new TensorOptional(given.raw()),
                0,
                causal && square,
                new DoubleOptional(),
                false));
    }

    /** Queries of several heads, or some queries of one head, at a time; all in one piece of memory. */
    private Tensor inPlace() {
        Tensor y = Tensor.empty(q.dtype(), batch, heads, n, v.size(3));
        long pairs = Math.max(1, block / Math.max(1, n * m));
        long items = Math.min(batch, Math.max(1, pairs / heads));
        long some = Math.min(heads, pairs);
        long rows = Math.min(n, Math.max(32, block / Math.max(1, m)));
        try (Scope scope = new Scope()) {
            Tensor buffer = Tensor.empty(q.dtype(), items * some * rows * m);
            for (long b = 0; b < batch; b += items) {
                for (long h = 0; h < heads; h += some) {
                    for (long from = 0; from < n; from += rows) {
                        block(y, buffer, b, Math.min(batch, b + items), h, Math.min(heads, h + some), from, rows);
                    }
                }
            }
        }
        return y;
    }

    private void block(Tensor y, Tensor buffer, long b, long bEnd, long h, long hEnd, long from, long rows) {
        try (Scope scope = new Scope()) {
            long to = Math.min(n, from + rows);
            long keys = causal ? Math.min(m, to + m - n) : m;
            long pairs = (bEnd - b) * (hEnd - h);
            long count = pairs * (to - from) * keys;
            Tensor scores = buffer.slice(0, 0, count).reshape(pairs, to - from, keys);
            Tensor part = flat(q, b, bEnd, h, hEnd, from, to);
            Tensor across = flat(k, b, bEnd, h, hEnd, 0, keys).transpose(1, 2);
            torch.baddbmm_out(scores.raw(), scores.raw(), part.raw(), across.raw(), new Scalar(0.0), scale());
            Tensor split = scores.reshape(bEnd - b, hEnd - h, to - from, keys);
            if (causal)
                split.raw().masked_fill_(above(from, to, n, m).slice(1, 0, keys).raw(), lowest());
            if (mask != null) {
                Tensor here = mask.expand(batch, heads, n, m)
                        .slice(0, b, bEnd)
                        .slice(1, h, hEnd)
                        .slice(2, from, to);
                if (here.dtype() == DType.BOOL) split.raw().masked_fill_(here.raw(), lowest());
                else split.raw().add_(here.raw());
            }
            // each row is read before it is written
            torch.softmax_out(scores.raw(), scores.raw(), -1);
            Tensor place = flat(y, b, bEnd, h, hEnd, from, to);
            torch.bmm_out(
                    place.raw(),
                    scores.raw(),
                    flat(v, b, bEnd, h, hEnd, 0, keys).raw());
        }
    }

    /** [pairs, rows, width] of one block; of a contiguous {@code x} a view. */
    private static Tensor flat(Tensor x, long b, long bEnd, long h, long hEnd, long from, long to) {
        return x.slice(0, b, bEnd)
                .slice(1, h, hEnd)
                .slice(2, from, to)
                .reshape((bEnd - b) * (hEnd - h), to - from, x.size(3));
    }

    private Tensor recorded() {
        Tensor flatQ = q.times(1 / Math.sqrt((double) q.size(3))).reshape(batch * heads, n, q.size(3));
        Tensor flatK = k.reshape(batch * heads, m, k.size(3)).transpose(1, 2);
        Tensor flatV = v.reshape(batch * heads, m, v.size(3));
        long rows = Math.max(32, block / Math.max(1, m * batch * heads));
        List<Tensor> blocks = new ArrayList<>();
        for (long from = 0; from < n; from += rows) {
            long to = Math.min(n, from + rows);
            Tensor scores = flatQ.slice(1, from, to).matmul(flatK);
            if (causal) scores = scores.masked(above(from, to, n, m), Double.NEGATIVE_INFINITY);
            if (mask != null) scores = masked(scores, mask, from, to);
            blocks.add(scores.softmax(-1).to(v.dtype()).matmul(flatV));
        }
        Tensor y = blocks.size() == 1 ? blocks.get(0) : Tensor.cat(1, blocks);
        return y.reshape(batch, heads, n, v.size(3));
    }

    private Tensor masked(Tensor scores, Tensor mask, long from, long to) {
        Tensor here = mask.rank() < 2 || mask.size(-2) == 1 ? mask : mask.slice(-2, from, to);
        Tensor split = scores.reshape(batch, heads, to - from, m);
        Tensor masked = here.dtype() == DType.BOOL ? split.masked(here, Double.NEGATIVE_INFINITY) : split.plus(here);
        return masked.reshape(scores.shape());
    }

    /** [to − from, m] of BOOL: true where the key comes after the query. */
    private static Tensor above(long from, long to, long n, long m) {
        TensorOptions bool = Device.current().holding(DType.BOOL);
        return new Tensor(torch.ones(new long[] {to - from, m}, bool).triu(from + m - n + 1));
    }

    private Scalar scale() {
        return new Scalar(1 / Math.sqrt((double) q.size(3)));
    }

    private static Scalar lowest() {
        return new Scalar(Double.NEGATIVE_INFINITY);
    }
}
