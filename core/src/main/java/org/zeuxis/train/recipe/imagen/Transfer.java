package org.zeuxis.train.recipe.imagen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * What another network learned, be it of another kind of model, for a stage to begin with: each weight of the same name and shape.
 * The others, such as those that hear another text encoder, begin anew.
 *
 * @param from the folder of one U-Net; null begins all anew
 */
record Transfer(@Nullable Path from) {

    static Transfer from(Config recipe) {
        return new Transfer(recipe.has("from") ? Path.of(recipe.text("from")) : null);
    }

    /**
     * @throws IllegalArgumentException if less than half of the network is there
     * @throws IOException if the folder has no weights that can be read
     */
    void fill(Map<String, Tensor> network) throws IOException {
        if (from == null) return;
        ModelFolder.opened(from, () -> {
            try (Weights weights = ModelFolder.open(from).weights()) {
                fill(network, StateDict.of(weights));
                return network;
            }
        });
    }

    private static void fill(Map<String, Tensor> own, StateDict learned) throws IOException {
        Map<String, long[]> shapes = learned.shapes();
        Map<String, Tensor> common = new LinkedHashMap<>(own);
        common.entrySet()
                .removeIf(weight -> !Arrays.equals(
                        shapes.get(weight.getKey()), weight.getValue().shape()));
        if (2 * numbers(common) < numbers(own)) {
            throw new IllegalArgumentException("expected most weights to have the names and shapes of model's, got "
                    + numbers(common) + " numbers of " + numbers(own)
                    + "; leave from out, or name a network of the same block_out_channels and layers_per_block");
        }
        String[] others =
                shapes.keySet().stream().filter(key -> !common.containsKey(key)).toArray(String[]::new);
        learned.as(DType.FLOAT32).ignoring(others).loadInto(common);
    }

    private static long numbers(Map<String, Tensor> weights) {
        return weights.values().stream().mapToLong(Tensor::count).sum();
    }
}
