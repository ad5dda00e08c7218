package org.zeuxis.tensor;

import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.OperatorHandle;
import org.jspecify.annotations.Nullable;

/**
 * The weight of a linear layer as whole numbers of −127 to 127, those of each output by a scale of its own. What it is multiplied
 * with is not rounded: a few numbers inside a large language model are so large that the others would vanish.
 *
 * @see <a href="https://arxiv.org/abs/2208.07339">LLM.int8()</a>, sections 2 and 4
 */
final class Int8Weight implements PackedWeight {
    private static final int MOST = 127;
    /** Up to so many rows are multiplied by the codes as they are; of more it is faster to widen them first. */
    private static final long FEW = 16;

    private static final long REGISTER = 16;

    /** Numbers that are rounded together, for what that needs of memory. */
    private static final long AT_ONCE = 1 << 20;

    private static final OperatorHandle FEW_TIMES_CODES = OneDnn.operator("aten::_weight_int8pack_mm", "");

    private final Tensor codes; // [out, in] of int8
    private final Tensor scales; // [out] of the type that is computed in
    private final DType type;

    private Int8Weight(Tensor codes, Tensor scales, DType type) {
        this.codes = codes.outliving();
        this.scales = scales.outliving();
        this.type = type;
    }

    /** @param weight [out, in] of real numbers */
    static Int8Weight of(Tensor weight) {
        long out = weight.size(0);
        Tensor codes = Tensor.empty(DType.INT8, out, weight.size(1));
        Tensor scales = Tensor.empty(weight.dtype(), out);
        long rows = Math.max(1, AT_ONCE / weight.size(1));
        for (long from = 0; from < out; from += rows) {
            try (Scope some = new Scope()) {
                long to = Math.min(out, from + rows);
                Tensor part = weight.slice(0, from, to);
                Tensor steps = part.abs().max(1).to(DType.FLOAT32).over(MOST).clamp(Float.MIN_NORMAL, Float.MAX_VALUE);
                InPlace.assign(scales.slice(0, from, to), steps.squeeze(1));
                // by the steps as they were rounded
                Tensor rounded = scales.slice(0, from, to).unsqueeze(1).to(DType.FLOAT32);
                Tensor whole = part.to(DType.FLOAT32).over(rounded).round().clamp(-MOST, MOST);
                InPlace.assign(codes.slice(0, from, to), whole);
            }
        }
        return new Int8Weight(codes, scales, weight.dtype());
    }

    @Override
    public boolean takes(Tensor x) {
        return x.dtype() == type && !(Gradients.recorded() && x.requiresGrad());
    }

    @Override
    public org.bytedeco.pytorch.Tensor plain() {
        return codes.to(DType.FLOAT32).times(scales.unsqueeze(1)).to(type).raw();
    }

    @Override
    public Tensor rows(Tensor places) {
        return places.embedding(codes).to(type).times(places.embedding(scales.unsqueeze(1)));
    }

    @Override
    public Tensor linear(Tensor x, @Nullable Tensor bias) {
        try (Scope scope = new Scope()) { // or the weights of all layers would be there at once
            Tensor y = isFew(x) ? few(x) : x.linear(codes.to(type), null).times(scales);
            return scope.keep(bias == null ? y : y.plus(bias));
        }
    }

    /** Of a width that is no multiple of a register's LibTorch's kernel reads beyond the end; in float32 it is slow. */
    private static boolean isFew(Tensor x) {
        return x.dtype() == DType.BFLOAT16
                && x.count() <= FEW * x.size(-1)
                && x.size(-1) % REGISTER == 0
                && x.device().equals(Device.CPU);
    }

    private Tensor few(Tensor x) {
        long[] shape = x.shape();
        shape[shape.length - 1] = codes.size(0);
        Tensor flat = x.contiguous().reshape(-1, x.size(-1));
        org.bytedeco.pytorch.Tensor y =
                OneDnn.call(FEW_TIMES_CODES, new IValue(flat.raw()), new IValue(codes.raw()), new IValue(scales.raw()));
        return new Tensor(y).reshape(shape);
    }

    @Override
    public void free() {
        codes.free();
        scales.free();
    }
}
