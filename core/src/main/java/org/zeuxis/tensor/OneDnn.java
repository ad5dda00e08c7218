package org.zeuxis.tensor;

import java.util.Arrays;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.LongList;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.jspecify.annotations.Nullable;

/** Calls oneDNN by the operators of LibTorch that have no Java method: weights in layouts of its own, into which it would else bring them at every call. */
final class OneDnn {
    static final IValue NULL = Scope.outlive(new IValue());
    static final IValue NOTHING_AFTER = Scope.outlive(new IValue("none"));
    static final IValue NO_NUMBERS = noNumbers();

    private OneDnn() {}

    /** Whether {@code weight} is of a type and on a device for which there is such a layout, and not in training. */
    static boolean helps(Tensor weight) {
        return weight.dtype() == DType.BFLOAT16
                && weight.device().equals(Device.CPU)
                && Device.current().equals(Device.CPU)
                && Engine.multipliesBfloat16()
                && !weight.requiresGrad()
                && !weight.isPacked();
    }

    /** Whether {@code x} can be multiplied by such a weight: not one whose gradient is recorded. */
    static boolean takes(Tensor x) {
        return x.dtype() == DType.BFLOAT16 && !(Gradients.recorded() && x.requiresGrad());
    }

    static OperatorHandle operator(String name, String overload) {
        return Scope.outlive(Dispatcher.singleton().findSchemaOrThrow(name, overload));
    }

    /** What {@code operator} makes of its arguments, which are given back. */
    static org.bytedeco.pytorch.Tensor call(OperatorHandle operator, IValue... arguments) {
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

    static IValue optional(@Nullable Tensor x) {
        return x == null ? NULL : new IValue(x.raw());
    }

    static IValue numbers(long... numbers) {
        return new IValue(new GenericList(new LongList(numbers)));
    }

    private static IValue noNumbers() {
        return Scope.outlive(
                new IValue(new GenericList(OptionalType.get(ListType.ofNumbers().getElementType()))));
    }
}
