package org.zeuxis.train.recipe;

import java.util.Map;
import java.util.function.Predicate;
import org.zeuxis.tensor.Tensor;

/** What a recipe changes in the weights a model is drawn with, so that its first steps are not lost. */
public final class FirstWeights {
    private FirstWeights() {}

    /** Whether {@code from} names the model that ships with Zeuxis; a folder so named is {@code ./pictograms}. */
    public static boolean shipped(String from) {
        return from.equals("pictograms");
    }

    /**
     * Sets the parameters of these keys to zero. Where they end a residual branch, the network starts as the identity of
     * its skips.
     *
     * @see <a href="https://arxiv.org/abs/1901.09321">Fixup initialization</a>
     */
    public static void silence(Map<String, Tensor> parameters, Predicate<String> keys) {
        parameters.forEach((key, parameter) -> {
            if (keys.test(key)) parameter.assign(Tensor.zeros(1));
        });
    }

    /**
     * Makes weights that were drawn as PyTorch draws them as large as keeps the variance of what goes through them. Along a
     * path without a norm, such as the skips of an autoencoder, PyTorch's third of it leaves little of a colour.
     *
     * @see <a href="https://arxiv.org/abs/1502.01852">Delving deep into rectifiers</a>, section 2.2
     */
    public static void keepVariance(Map<String, Tensor> parameters, Predicate<String> keys) {
        parameters.forEach((key, parameter) -> {
            if (key.endsWith(".weight") && parameter.rank() > 1 && keys.test(key)) {
                parameter.assign(parameter.times(Math.sqrt(3)));
            }
        });
    }
}
