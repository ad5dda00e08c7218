package org.zeuxis.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.OperatorHandle;
import org.jspecify.annotations.Nullable;

/** The weight of a linear layer in the layout that oneDNN multiplies by. Its numbers are what they were. */
final class OneDnnLinear implements PackedWeight {
    private static final OperatorHandle PACK = OneDnn.operator("mkldnn::_reorder_linear_weight", "");
    private static final OperatorHandle LINEAR = OneDnn.operator("mkldnn::_linear_pointwise", "");
    private static final OperatorHandle LINEAR_WITH = OneDnn.operator("mkldnn::_linear_pointwise", "binary");

    private final long[] shape;
    private final List<org.bytedeco.pytorch.Tensor> parts;

    private OneDnnLinear(long[] shape, List<org.bytedeco.pytorch.Tensor> parts) {
        this.shape = shape;
        this.parts = parts;
        parts.forEach(Scope::outlive);
    }

    static OneDnnLinear of(org.bytedeco.pytorch.Tensor weight, int count) {
        long[] shape = new Tensor(weight).shape();
        List<org.bytedeco.pytorch.Tensor> parts = new ArrayList<>();
        for (Tensor part : new Tensor(weight.reshape(shape[0], -1)).chunk(count, 0)) {
            parts.add(OneDnn.call(PACK, new IValue(part.raw().contiguous()), OneDnn.NULL));
        }
        return new OneDnnLinear(shape, parts);
    }

    @Override
    public boolean takes(Tensor x) {
        return OneDnn.takes(x);
    }

    @Override
    public org.bytedeco.pytorch.Tensor plain() {
        List<Tensor> dense =
                parts.stream().map(part -> new Tensor(part.to_dense())).toList();
        Tensor whole = dense.size() == 1 ? dense.get(0) : Tensor.cat(0, dense);
        return whole.raw().reshape(shape).contiguous();
    }

    @Override
    public void free() {
        parts.forEach(org.bytedeco.pytorch.Tensor::deallocate);
    }

    @Override
    public Tensor linear(Tensor x, @Nullable Tensor bias) {
        if (parts.size() != 1) return x.linear(new Tensor(plain()), bias);
        return new Tensor(linear(x, parts.get(0), bias, "none", ""));
    }

    @Override
    public Tensor geglu(Tensor x, Tensor bias) {
        if (parts.size() != 2) return x.geglu(new Tensor(plain()), bias);
        List<Tensor> biases = bias.chunk(2, 0);
        org.bytedeco.pytorch.Tensor gates = linear(x, parts.get(1), biases.get(1), "gelu", "none");
        return new Tensor(OneDnn.call(
                LINEAR_WITH,
                new IValue(x.raw()),
                new IValue(gates),
                new IValue(parts.get(0)),
                new IValue(biases.get(0).raw()),
                new IValue("mul")));
    }

    /** Of single pixels, which is the same. */
    @Override
    public Tensor conv2d(Tensor x, @Nullable Tensor bias, int stride, int padding, int groups) {
        if (parts.size() != 1 || stride != 1 || padding != 0 || groups != 1) {
            return x.conv2d(new Tensor(plain()), bias, stride, padding, groups);
        }
        return linear(x.permute(0, 2, 3, 1), bias).permute(0, 3, 1, 2);
    }

    private static org.bytedeco.pytorch.Tensor linear(
            Tensor x, org.bytedeco.pytorch.Tensor weight, @Nullable Tensor bias, String after, String algorithm) {
        return OneDnn.call(
                LINEAR,
                new IValue(x.raw()),
                new IValue(weight),
                OneDnn.optional(bias),
                new IValue(after),
                OneDnn.NO_NUMBERS,
                new IValue(algorithm));
    }
}
