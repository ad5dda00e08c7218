package org.zeuxis.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.LongList;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.jspecify.annotations.Nullable;

/**
 * A weight in the layout that oneDNN multiplies by, into which it would else bring it at every call: a third of the time of a
 * convolution of many channels and few pixels. Its numbers are what they were.
 */
final class OneDnnWeight implements PackedWeight {
    private static final OperatorHandle PACK_LINEAR = operator("mkldnn::_reorder_linear_weight", "");
    private static final OperatorHandle PACK_CONVOLUTION = operator("mkldnn::_reorder_convolution_weight", "");
    private static final OperatorHandle LINEAR = operator("mkldnn::_linear_pointwise", "");
    private static final OperatorHandle LINEAR_WITH = operator("mkldnn::_linear_pointwise", "binary");
    private static final OperatorHandle CONVOLUTION = operator("mkldnn::_convolution_pointwise", "");
    private static final IValue NULL = Scope.outlive(new IValue());
    private static final IValue NOTHING_AFTER = Scope.outlive(new IValue("none"));
    private static final IValue NO_NUMBERS = noNumbers();

    private final long[] shape;
    private final List<org.bytedeco.pytorch.Tensor> parts;
    /** Of the convolution, or null for a linear layer. */
    private final @Nullable Steps steps;

    private record Steps(int stride, int padding) {}

    private OneDnnWeight(long[] shape, List<org.bytedeco.pytorch.Tensor> parts, @Nullable Steps steps) {
        this.shape = shape;
        this.parts = parts;
        this.steps = steps;
        parts.forEach(Scope::outlive);
    }

    /** Whether {@code weight} is of a type and on a device for which there is such a layout, and not in training. */
    static boolean helps(Tensor weight) {
        return weight.dtype() == DType.BFLOAT16
                && weight.device().equals(Device.CPU)
                && Device.current().equals(Device.CPU)
                && Engine.multipliesBfloat16()
                && !weight.requiresGrad()
                && !weight.isPacked();
    }

    static OneDnnWeight ofLinear(org.bytedeco.pytorch.Tensor weight, int count) {
        long[] shape = new Tensor(weight).shape();
        List<org.bytedeco.pytorch.Tensor> parts = new ArrayList<>();
        for (Tensor part : new Tensor(weight.reshape(shape[0], -1)).chunk(count, 0)) {
            parts.add(call(PACK_LINEAR, new IValue(part.raw().contiguous()), NULL));
        }
        return new OneDnnWeight(shape, parts, null);
    }

    static OneDnnWeight ofConvolution(org.bytedeco.pytorch.Tensor weight, int stride, int padding) {
        org.bytedeco.pytorch.Tensor packed =
                call(PACK_CONVOLUTION, new IValue(weight), pair(padding), pair(stride), pair(1), new IValue(1L), NULL);
        return new OneDnnWeight(new Tensor(weight).shape(), List.of(packed), new Steps(stride, padding));
    }

    @Override
    public boolean takes(Tensor x) {
        return x.dtype() == DType.BFLOAT16 && !(Gradients.recorded() && x.requiresGrad());
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
        if (steps != null || parts.size() != 1) return x.linear(new Tensor(plain()), bias);
        return new Tensor(linear(x, parts.get(0), bias, "none", ""));
    }

    @Override
    public Tensor geglu(Tensor x, Tensor bias) {
        if (parts.size() != 2) return x.geglu(new Tensor(plain()), bias);
        List<Tensor> biases = bias.chunk(2, 0);
        org.bytedeco.pytorch.Tensor gates = linear(x, parts.get(1), biases.get(1), "gelu", "none");
        return new Tensor(call(
                LINEAR_WITH,
                new IValue(x.raw()),
                new IValue(gates),
                new IValue(parts.get(0)),
                new IValue(biases.get(0).raw()),
                new IValue("mul")));
    }

    @Override
    public Tensor conv2d(Tensor x, @Nullable Tensor bias, int stride, int padding, int groups) {
        if (steps == null && parts.size() == 1 && stride == 1 && padding == 0 && groups == 1) {
            return linear(x.permute(0, 2, 3, 1), bias).permute(0, 3, 1, 2);
        }
        if (groups != 1 || !new Steps(stride, padding).equals(steps)) {
            return x.conv2d(new Tensor(plain()), bias, stride, padding, groups);
        }
        return new Tensor(call(
                CONVOLUTION,
                new IValue(x.raw()),
                new IValue(parts.get(0)),
                optional(bias),
                pair(padding),
                pair(stride),
                pair(1),
                new IValue(1L),
                NOTHING_AFTER,
                NO_NUMBERS,
                NULL));
    }

    private static org.bytedeco.pytorch.Tensor linear(
            Tensor x, org.bytedeco.pytorch.Tensor weight, @Nullable Tensor bias, String after, String algorithm) {
        return call(
                LINEAR,
                new IValue(x.raw()),
                new IValue(weight),
                optional(bias),
                new IValue(after),
                NO_NUMBERS,
                new IValue(algorithm));
    }

    private static OperatorHandle operator(String name, String overload) {
        return Scope.outlive(Dispatcher.singleton().findSchemaOrThrow(name, overload));
    }

    private static org.bytedeco.pytorch.Tensor call(OperatorHandle operator, IValue... arguments) {
        IValueVector stack = new IValueVector();
        for (IValue argument : arguments) stack.push_back(argument);
        operator.callBoxed(stack);
        // what the stack gives out lies in its own memory, and goes with it
        org.bytedeco.pytorch.Tensor y =
                new org.bytedeco.pytorch.Tensor(stack.get(0).toTensor());
        stack.deallocate();
        Arrays.stream(arguments)
                .filter(a -> a != NULL && a != NOTHING_AFTER && a != NO_NUMBERS)
                .forEach(IValue::deallocate);
        return y;
    }

    private static IValue optional(@Nullable Tensor x) {
        return x == null ? NULL : new IValue(x.raw());
    }

    private static IValue pair(long k) {
        return new IValue(new GenericList(new LongList(k, k)));
    }

    private static IValue noNumbers() {
        return Scope.outlive(
                new IValue(new GenericList(OptionalType.get(ListType.ofNumbers().getElementType()))));
    }
}
