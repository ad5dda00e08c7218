package org.zeuxis.tensor;

import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * One step of Adam with decoupled weight decay, all in one pass over the memory.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Decoupled weight decay</a>, Algorithm 2
 */
public final class AdamWStep {
    private static final OperatorHandle FUSED =
            Scope.outlive(Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", ""));

    private AdamWStep() {}

    /**
     * Changes {@code parameters}, {@code m} and {@code v} in place; all of one shape.
     *
     * @param step counts from 1
     */
    public static void apply(
            Tensor parameters,
            Tensor gradients,
            Tensor m,
            Tensor v,
            long step,
            double learningRate,
            double beta1,
            double beta2,
            double weightDecay,
            double epsilon) {
        try (Scope scope = new Scope();
                Gradients off = Gradients.off()) {
            // the kernel advances the counter itself before it uses it
            IValueVector stack = new IValueVector();
            for (Tensor each : List.of(parameters, gradients, m, v)) stack.push_back(listOf(each));
            stack.push_back(emptyList());
            stack.push_back(listOf(Tensor.scalar(step)));
            stack.push_back(new IValue(learningRate));
            stack.push_back(new IValue(beta1));
            stack.push_back(new IValue(beta2));
            stack.push_back(new IValue(weightDecay));
            stack.push_back(new IValue(epsilon));
            stack.push_back(new IValue(false));
            stack.push_back(new IValue(false));
            stack.push_back(new IValue());
            stack.push_back(new IValue());
            FUSED.callBoxed(stack);
        }
    }

    private static IValue listOf(Tensor x) {
        GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
        list.push_back(new IValue(x.raw()));
        return new IValue(list);
    }

    private static IValue emptyList() {
        return new IValue(new GenericList(new Type.TypePtr(TensorType.get())));
    }
}
