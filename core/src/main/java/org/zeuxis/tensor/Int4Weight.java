package org.zeuxis.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * The weight of a linear layer in 4 bits: of every 32 numbers of an output, sixteen steps from the least to the largest. What it is
 * multiplied with is not rounded, as with {@link Int8Weight}.
 *
 * @see <a href="https://arxiv.org/abs/2212.09720">The case for 4-bit precision</a>, section 3: blocks of numbers with steps of their own
 */
final class Int4Weight implements PackedWeight {
    /** Numbers that share a step. */
    private static final int GROUP = 32;

    private static final int MOST = 15;
    /** The code that stands for the offset itself. */
    private static final int MIDDLE = 8;

    /** Up to so many rows are multiplied by the codes as they are; of more it is faster to widen them first. */
    private static final long FEW = 64;

    /** Numbers that are rounded together, for what that needs of memory. */
    private static final long AT_ONCE = 1 << 20;

    private static final OperatorHandle FEW_TIMES_CODES = OneDnn.operator("aten::_weight_int4pack_mm_for_cpu", "");

    /** Outputs that lie together: two to a byte, one of the first half and one of the second. */
    private static final Layout LAYOUT = Layout.ofThisProcessor();

    /** @param multiplied whether LibTorch multiplies by codes that lie so on this processor */
    private record Layout(int outputs, boolean multiplied) {
        private static final int WIDEST = 64;
        private static final int NARROWEST = 32;

        /** Its layouts are not documented: which it is shows in what becomes of a small weight of several blocks and groups. */
        static Layout ofThisProcessor() {
            if (!Device.current().equals(Device.CPU)) return new Layout(WIDEST, false);
            OperatorHandle pack = OneDnn.operator("aten::_convert_weight_to_int4pack_for_cpu", "");
            long out = 2 * WIDEST;
            long in = 2 * GROUP;
            try (Scope scope = new Scope()) {
                Tensor numbers = Seed.of(1).randn(out, in).times(MIDDLE / 2.0).plus(MIDDLE);
                Tensor codes = numbers.round().clamp(0, MOST);
                Tensor packed = new Tensor(
                        OneDnn.call(pack, new IValue(codes.to(DType.INT32).raw()), new IValue(1L)));
                for (int outputs = WIDEST; outputs >= NARROWEST; outputs /= 2) {
                    Tensor ours = together(codes, outputs).reshape(out, -1);
                    if (same(ours, packed)) return new Layout(outputs, multiplies(ours, codes));
                }
                return new Layout(WIDEST, false);
            }
        }

        /** Not everywhere are they read as they were packed. */
        private static boolean multiplies(Tensor packed, Tensor codes) {
            int in = (int) codes.size(1);
            long out = codes.size(0);
            float[] diagonal = new float[in * in];
            for (int i = 0; i < in; i++) diagonal[i * in + i] = 1;
            Tensor each = Tensor.of(diagonal, in, in).to(DType.BFLOAT16);
            Tensor step = Tensor.of(new float[] {1, 2}, 2, 1).expand(-1, out); // [groups, outputs]
            Tensor offset = Tensor.stack(0, List.of(Tensor.arange(out), Tensor.zeros(out)))
                    .to(DType.FLOAT32);
            Tensor steps = Tensor.stack(2, List.of(step, offset));
            Tensor whole = codes.minus(MIDDLE).transpose(0, 1).reshape(2, GROUP, out);
            Tensor counted =
                    whole.times(step.unsqueeze(1)).plus(offset.unsqueeze(1)).reshape(in, out);
            Tensor product = times(packed, steps.to(DType.BFLOAT16), each);
            Tensor first = times(packed, steps.to(DType.BFLOAT16), each.slice(0, 0, 1));
            return same(product, counted) && same(first, counted.slice(0, 0, 1));
        }

        private static boolean same(Tensor x, Tensor y) {
            return x.to(DType.FLOAT32).maxDifference(y.to(DType.FLOAT32)) == 0;
        }
    }

    private final Tensor codes; // [blocks, in, outputs / 2] of uint8
    private final Tensor steps; // [in / GROUP, blocks × outputs, 2], step and offset
    private final DType type;
    private final long out;

    private Int4Weight(Tensor codes, Tensor steps, DType type, long out) {
        this.codes = codes.outliving();
        this.steps = steps.outliving();
        this.type = type;
        this.out = out;
    }

    /** Whether a weight of so many inputs falls into whole groups. */
    static boolean fits(long in) {
        return in % GROUP == 0;
    }

    /** @param weight [out, in] of real numbers, of an {@code in} that {@link #fits} */
    static Int4Weight of(Tensor weight) {
        long out = weight.size(0);
        long in = weight.size(1);
        int together = LAYOUT.outputs;
        long blocks = (out + together - 1) / together;
        Tensor codes = Tensor.empty(DType.UINT8, blocks, in, together / 2);
        Tensor steps = Tensor.empty(weight.dtype(), in / GROUP, blocks * together, 2);
        long most = Math.max(1, AT_ONCE / in / together);
        for (long from = 0; from < blocks; from += most) {
            try (Scope some = new Scope()) {
                long to = Math.min(blocks, from + most);
                Tensor there = weight.slice(0, from * together, Math.min(out, to * together));
                Tensor part = padded(there, (to - from) * together).to(DType.FLOAT32);
                Tensor groups = part.reshape(-1, in / GROUP, GROUP);
                Tensor least = groups.negate().max(2).negate();
                Tensor range = groups.max(2).minus(least);
                // rounded as they will be kept, before anything is counted in them
                Tensor step = range.over(MOST)
                        .clamp(Float.MIN_NORMAL, Float.MAX_VALUE)
                        .to(weight.dtype());
                Tensor offset = least.plus(step.to(DType.FLOAT32).times(MIDDLE)).to(weight.dtype());
                Tensor counted = groups.minus(offset.to(DType.FLOAT32)).over(step.to(DType.FLOAT32));
                Tensor whole = counted.round().plus(MIDDLE).clamp(0, MOST).reshape(-1, in);
                InPlace.assign(codes.slice(0, from, to), together(whole, together));
                Tensor both = Tensor.cat(2, step, offset); // [outputs, groups, 2]
                InPlace.assign(steps.slice(1, from * together, to * together), both.transpose(0, 1));
            }
        }
        return new Int4Weight(codes, steps, weight.dtype(), out);
    }

    private static Tensor padded(Tensor rows, long count) {
        long missing = count - rows.size(0);
        if (missing == 0) return rows;
        return Tensor.cat(0, rows, Tensor.zeros(missing, rows.size(1)).to(rows.dtype()));
    }

    /** [outputs, in] of codes to [blocks, in, outputs of a block / 2] of bytes. */
    private static Tensor together(Tensor whole, int outputs) {
        Tensor halves = whole.reshape(-1, 2, outputs / 2, whole.size(1));
        Tensor low = halves.select(1, 0);
        Tensor high = halves.select(1, 1);
        return high.times(MOST + 1).plus(low).transpose(1, 2).to(DType.UINT8);
    }

    @Override
    public boolean takes(Tensor x) {
        return x.dtype() == type && !(Gradients.recorded() && x.requiresGrad());
    }

    @Override
    public org.bytedeco.pytorch.Tensor plain() {
        Tensor all = widened(0, codes.size(0));
        return all.transpose(0, 1).slice(0, 0, out).contiguous().raw();
    }

    /** Blocks [from, to), [in, their outputs]. */
    private Tensor widened(long from, long to) {
        long in = codes.size(1);
        long outputs = 2 * codes.size(2);
        Tensor codes = this.codes.slice(0, from, to);
        Tensor steps = this.steps.slice(1, from * outputs, to * outputs);
        Tensor low = new Tensor(codes.raw().bitwise_and(new Scalar(MOST)));
        Tensor high = new Tensor(codes.raw().__rshift__(new Scalar(4)));
        Tensor whole = Tensor.cat(2, low, high).transpose(0, 1).reshape(in / GROUP, GROUP, -1);
        Tensor step = steps.select(2, 0).unsqueeze(1).contiguous(); // [groups, 1, outputs]
        Tensor offset = steps.select(2, 1).unsqueeze(1).to(DType.FLOAT32);
        Tensor least = offset.minus(step.to(DType.FLOAT32).times(MIDDLE)).to(type);
        return new Tensor(least.raw().addcmul(whole.to(type).raw(), step.raw())).reshape(in, -1);
    }

    @Override
    public Tensor linear(Tensor x, @Nullable Tensor bias) {
        long[] shape = x.shape();
        shape[shape.length - 1] = out;
        try (Scope scope = new Scope()) { // or the weights of all layers would be there at once
            Tensor flat = x.contiguous().reshape(-1, x.size(-1));
            Tensor all = isFew(flat) ? few(flat) : many(flat);
            Tensor y = all.slice(1, 0, out).reshape(shape);
            return scope.keep(bias == null ? y : y.plus(bias));
        }
    }

    private static boolean isFew(Tensor flat) {
        return LAYOUT.multiplied
                && flat.dtype() == DType.BFLOAT16
                && flat.size(0) <= FEW
                && flat.device().equals(Device.CPU);
    }

    /** Some blocks at a time, so that what is widened stays in the processor's own memory. */
    private Tensor many(Tensor flat) {
        long blocks = codes.size(0);
        long most = Math.max(1, AT_ONCE / codes.size(1) / (2 * codes.size(2)));
        List<Tensor> parts = new ArrayList<>();
        for (long from = 0; from < blocks; from += most) {
            try (Scope some = new Scope()) {
                parts.add(some.keep(flat.matmul(widened(from, Math.min(blocks, from + most)))));
            }
        }
        return Tensor.cat(1, parts);
    }

    private Tensor few(Tensor flat) {
        return times(codes.reshape(-1, codes.size(1) / 2), steps, flat);
    }

    private static Tensor times(Tensor codes, Tensor steps, Tensor flat) {
        return new Tensor(OneDnn.call(
                FEW_TIMES_CODES,
                new IValue(flat.raw()),
                new IValue(codes.raw()),
                new IValue((long) GROUP),
                new IValue(steps.raw())));
    }

    @Override
    public void free() {
        codes.free();
        steps.free();
    }
}
