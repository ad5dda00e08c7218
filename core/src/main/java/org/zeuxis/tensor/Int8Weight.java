package org.zeuxis.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The weight of a linear layer as whole numbers of −127 to 127, those of each output by a scale of its own. What it is multiplied
 * with is not rounded: a few numbers inside a large language model are so large that the others would vanish.
 *
 * @see <a href="https://arxiv.org/abs/2208.07339">LLM.int8()</a>, sections 2 and 4
 */
final class Int8Weight implements PackedWeight {
    private static final int MOST = 127;

    private final Tensor codes; // [out, in] of int8
    private final Tensor scales; // [out] of float32
    private final DType type;

    private Int8Weight(Tensor codes, Tensor scales, DType type) {
        this.codes = codes.outliving();
        this.scales = scales.outliving();
        this.type = type;
    }

    /** @param weight [out, in] of real numbers */
    static Int8Weight of(Tensor weight) {
        Tensor scales = weight.abs().max(1).to(DType.FLOAT32).over(MOST).clamp(Float.MIN_NORMAL, Float.MAX_VALUE);
        Tensor codes = weight.over(scales).round().to(DType.INT8);
        return new Int8Weight(codes, scales.squeeze(1).copy(), weight.dtype());
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
    public Tensor linear(Tensor x, @Nullable Tensor bias) {
        try (Scope scope = new Scope()) { // or the weights of all layers would be there at once
            Tensor y = x.linear(codes.to(type), null).times(scales);
            return scope.keep((bias == null ? y : y.plus(bias)).to(type));
        }
    }

    @Override
    public void free() {
        codes.free();
        scales.free();
    }
}
