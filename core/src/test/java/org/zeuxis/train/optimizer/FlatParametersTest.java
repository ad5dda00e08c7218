package org.zeuxis.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class FlatParametersTest {

    /** As in the NFNet paper, whose gains are one number a channel, however many axes they have. */
    @Test
    void kernelsAndMatricesDecayAndGainsAndBiasesDoNot() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("gain", Seed.of(1).randn(4, 1, 1, 1));
        weights.put("bias", Seed.of(2).randn(4));
        weights.put("kernel", Seed.of(3).randn(4, 3, 2, 2));
        weights.put("skip", Tensor.scalar(1));
        weights.put("matrix", Seed.of(4).randn(3, 1));
        FlatParameters parameters = new FlatParameters(weights);
        assertThat(parameters.decaying()).isEqualTo(4 * 3 * 2 * 2 + 3);
        float[] flat = parameters.values().toFloats();
        assertThat(flat).hasSize(48 + 3 + 4 + 4 + 1);
        assertThat(flat).startsWith(weights.get("kernel").toFloats());
    }
}
