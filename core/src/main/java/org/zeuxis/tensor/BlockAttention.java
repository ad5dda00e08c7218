package org.zeuxis.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.runtime.BlasThreads;

/**
 * Attention by whichever way is fastest: in bfloat16 on a CPU blocks of scores that stay in the cache between the two
 * matrix products, where LibTorch's own kernel reaches a hundredth of the processor's speed; else that kernel. While
 * gradients are recorded on a CPU, and in passes of a training that must agree with those, blocks made of operations that
 * have one.
 */
final class BlockAttention {
    /** Scores of one block: with two bytes each what two cores keep in their caches. */
    private static final long BLOCK = 4 << 20;
    /** Numbers that the processor multiplies at a time: a product's width is a multiple of it at best. */
    private static final long LANES = 16;
    /** Sums of powers between which no score was so large that its power is infinite, or so small that it counts and is lost. */
    private static final double LEAST = 0x1p-60;

    private static final double MOST = 0x1p100;

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
        else if (recorded || Autocast.isOn()) y = new BlockAttention(a, b, c, mask, causal, block).recorded();
        else if (q.size(2) == 1) y = ofOne(a, b, c, mask);
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

    /** One query, the last: it sees all keys, and their scores are few. */
    private static Tensor ofOne(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask) {
        try (Scope scope = new Scope()) {
            // a product with turned keys that do not lie side by side takes twice as long as to copy and multiply them
            Tensor scores = q.times(1 / Math.sqrt((double) q.size(3)))
                    .matmul(k.contiguous().transpose(2, 3));
            if (mask != null && mask.dtype() == DType.BOOL)
                scores = scores.masked(new Tensor(mask.raw().logical_not()), Double.NEGATIVE_INFINITY);
            else if (mask != null) scores = scores.plus(mask);
            return scope.keep(scores.softmax(-1).to(v.dtype()).matmul(v));
        }
    }

    /** Queries of several heads, or some queries of one head, at a time, all in one piece of memory. */
    private Tensor inPlace() {
        long width = v.size(3);
        Tensor y = Tensor.empty(q.dtype(), batch, n, heads, width);
        try (Scope scope = new Scope()) {
            Tensor wide = Tensor.empty(q.dtype(), batch, heads, n, (width + LANES - 1) / LANES * LANES);
            long pairs = Math.max(1, block / Math.max(1, n * m));
            long items = Math.min(batch, Math.max(1, pairs / heads));
            long some = Math.min(heads, pairs);
            long rows = Math.min(n, Math.max(32, block / Math.max(1, m)));
            Blocks blocks = new Blocks(
                    q.contiguous(),
                    k.contiguous(),
                    widened(wide.size(3)),
                    wide,
                    Tensor.empty(q.dtype(), batch, heads, n, 1),
                    Tensor.empty(q.dtype(), items * some * rows * m));
            for (long b = 0; b < batch; b += items) {
                for (long h = 0; h < heads; h += some) {
                    for (long from = 0; from < n; from += rows) {
                        block(blocks, b, Math.min(batch, b + items), h, Math.min(heads, h + some), from, rows);
                    }
                }
            }
            torch.div_out(y.permute(0, 2, 1, 3).raw(), wide.slice(3, 0, width).raw(), blocks.sums.raw());
        }
        return y.permute(0, 2, 1, 3);
    }

    private record Blocks(Tensor q, Tensor k, Tensor v, Tensor y, Tensor sums, Tensor buffer) {}

    /** The values, with zeros behind them up to {@code width}. */
    private Tensor widened(long width) {
        return v.size(3) == width ? v.contiguous() : v.pad(0, (int) (width - v.size(3)), 0, 0);
    }

    private void block(Blocks all, long b, long bEnd, long h, long hEnd, long from, long rows) {
        try (Scope scope = new Scope()) {
            long to = Math.min(n, from + rows);
            long keys = causal ? Math.min(m, to + m - n) : m;
            long pairs = (bEnd - b) * (hEnd - h);
            Tensor scores =
                    all.buffer.slice(0, 0, pairs * (to - from) * keys).reshape(bEnd - b, hEnd - h, to - from, keys);
            Tensor flat = scores.reshape(pairs, to - from, keys);
            Tensor part = flat(all.q, b, bEnd, h, hEnd, from, to);
            Tensor across = flat(all.k, b, bEnd, h, hEnd, 0, keys).transpose(1, 2);
            Tensor values = flat(all.v, b, bEnd, h, hEnd, 0, keys);
            Tensor place = flat(all.y, b, bEnd, h, hEnd, from, to);
            Tensor sums = flat(all.sums, b, bEnd, h, hEnd, from, to);
            Tensor here = mask == null
                    ? null
                    : mask.expand(batch, heads, n, m)
                            .slice(0, b, bEnd)
                            .slice(1, h, hEnd)
                            .slice(2, from, to)
                            .slice(3, 0, keys);

            // powers of two as they are, and their sums: what a softmax does besides are passes over the scores
            score(flat, part, across, 1 / Math.log(2));
            masked(scores, here, 1 / Math.log(2));
            scores.raw().exp2_();
            if (causal) scores.raw().tril_(from + m - n);
            torch.bmm_out(place.raw(), flat.raw(), values.raw());
            // added up in float32, and rounded once: to leave it in float32 takes six times as long
            torch.sum_out(sums.raw(), flat.raw(), new long[] {-1}, true, new ScalarTypeOptional());
            if (sums.min() >= LEAST && sums.max() <= MOST) return;

            score(flat, part, across, 1);
            if (causal)
                scores.raw()
                        .masked_fill_(above(from, to, n, m).slice(1, 0, keys).raw(), lowest());
            masked(scores, here, 1);
            // each row is read before it is written
            torch.softmax_out(flat.raw(), flat.raw(), -1);
            torch.bmm_out(place.raw(), flat.raw(), values.raw());
            sums.raw().fill_(new Scalar(1.0));
        }
    }

    private void score(Tensor scores, Tensor q, Tensor kT, double unit) {
        Scalar scale = new Scalar(unit / Math.sqrt((double) q.size(2)));
        torch.baddbmm_out(scores.raw(), scores.raw(), q.raw(), kT.raw(), new Scalar(0.0), scale);
    }

    private static void masked(Tensor scores, @Nullable Tensor mask, double unit) {
        if (mask == null) return;
        if (mask.dtype() == DType.BOOL) scores.raw().masked_fill_(mask.raw(), lowest());
        else scores.raw().add_(mask.raw(), new Scalar(unit));
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

    private static Scalar lowest() {
        return new Scalar(Double.NEGATIVE_INFINITY);
    }
}
