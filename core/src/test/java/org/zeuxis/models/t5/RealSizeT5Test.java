package org.zeuxis.models.t5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** A T5 of a published size against transformers, in the folder that {@code tools/golden/real_size_t5.py} wrote. */
@EnabledIfSystemProperty(
        named = "t5.folder",
        matches = ".+",
        disabledReason = "no -Dt5.folder names what tools/golden/real_size_t5.py wrote")
class RealSizeT5Test {
    private static final Logger LOG = LoggerFactory.getLogger(Golden.class);

    @Test
    void statesAreThoseOfTransformers() throws IOException {
        Path folder = Path.of(System.getProperty("t5.folder", "."));
        try (T5Folder t5 = T5Folder.load(folder, folder, 77, DType.FLOAT32);
                Safetensors file = Safetensors.open(folder.resolve("expected.safetensors"));
                Gradients off = Gradients.off()) {
            Tensor mask = file.tensor("mask").to(DType.BOOL);
            Tensor seen = mask.to(DType.FLOAT32).unsqueeze(2);
            Tensor states = t5.encoder().forward(file.tensor("ids"), mask).times(seen);
            Tensor expected = file.tensor("states").times(seen);
            double difference = states.maxDifference(expected);
            LOG.info(
                    "{} layers of width {}: differs by at most {} of {}",
                    t5.encoder().config().layers(),
                    t5.encoder().config().width(),
                    difference,
                    expected.abs().max());
            assertThat(difference).isLessThan(1e-4);
        }
    }
}
