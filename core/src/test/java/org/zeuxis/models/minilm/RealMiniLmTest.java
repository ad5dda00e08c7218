package org.zeuxis.models.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.hub.Models;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** all-MiniLM-L6-v2 as {@code runs/minilm.sh} converts it, against what ONNX Runtime computes: {@code tools/golden/real_minilm.py}. */
@EnabledIfSystemProperty(named = "minilm.folder", matches = ".+")
class RealMiniLmTest {
    private static final Logger LOG = LoggerFactory.getLogger(RealMiniLmTest.class);

    @Test
    void theConvertedEncoderComputesAsItsExport() throws IOException {
        Path folder = Path.of(System.getProperty("minilm.folder"));
        try (Safetensors expected = Safetensors.open(folder.resolve("onnx.safetensors"));
                MiniLmFolder encoder = Models.standard().open(folder.toString(), MiniLmFolder.class, DType.FLOAT32);
                Gradients off = Gradients.off()) {
            List<String> texts = new ArrayList<>();
            new ObjectMapper().readTree(expected.metadata().get("texts")).forEach(t -> texts.add(t.asText()));
            Tensor states = expected.tensor("states");
            double difference =
                    encoder.encode(texts).states().slice(1, 0, states.size(1)).maxDifference(states);
            Tensor embedding = encoder.embed(texts);
            double likeness = embedding
                    .slice(0, 0, 1)
                    .times(embedding.slice(0, 1, 2))
                    .sum()
                    .item();
            LOG.info("states differ by at most {}; the first two texts' cosine is {}", difference, likeness);
            assertThat(difference).isLessThan(1e-4);
            assertThat(embedding.maxDifference(expected.tensor("embedding"))).isLessThan(1e-5);
            // as sentence-transformers shows it in its documentation
            assertThat(likeness).isBetween(0.755, 0.756);
        }
    }
}
