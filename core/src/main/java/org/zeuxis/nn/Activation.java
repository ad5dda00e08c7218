package org.zeuxis.nn;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.zeuxis.tensor.Tensor;

/** The non-linearities of the published models, by the names their configurations use. */
public enum Activation {
    GELU(Tensor::gelu),
    GELU_NEW(Tensor::geluTanh),
    QUICK_GELU(Tensor::quickGelu),
    RELU(Tensor::relu),
    /** Squared. */
    RELU2(x -> x.relu().square()),
    SILU(Tensor::silu);

    private final UnaryOperator<Tensor> function;

    Activation(UnaryOperator<Tensor> function) {
        this.function = function;
    }

    public Tensor apply(Tensor x) {
        return function.apply(x);
    }

    /** The name in a {@code config.json}, such as {@code quick_gelu}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if no activation has that name */
    public static Activation named(String key) {
        return Arrays.stream(values())
                .filter(a -> a.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected one of "
                        + Arrays.stream(values()).map(Activation::key).toList() + " as activation, got " + key));
    }
}
