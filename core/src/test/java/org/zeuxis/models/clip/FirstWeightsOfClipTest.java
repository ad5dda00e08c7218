package org.zeuxis.models.clip;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** The standard deviations that OpenAI's code draws a CLIP with: what is added to the residual sum shrinks with the depth. */
class FirstWeightsOfClipTest {
    private static final int WIDTH = 64;
    private static final int LAYERS = 8;

    private final Map<String, Tensor> drawn = Initialization.seeded(
                    Seed.of(1),
                    () -> new Clip(new Clip.Config(
                            new ClipTextModel.Config(500, 40, WIDTH, LAYERS, 4, 4 * WIDTH, Activation.QUICK_GELU, 499),
                            new ClipVisionModel.Config(64, 8, WIDTH, LAYERS, 4, 4 * WIDTH, Activation.QUICK_GELU),
                            WIDTH)))
            .parameters();

    @ParameterizedTest
    @CsvSource({
        "text_model.embeddings.token_embedding.weight, 0.02",
        "text_model.embeddings.position_embedding.weight, 0.01",
        // 64^-1/2
        "text_model.encoder.layers.3.self_attn.q_proj.weight, 0.125",
        "text_model.encoder.layers.3.self_attn.k_proj.weight, 0.125",
        "text_model.encoder.layers.3.self_attn.v_proj.weight, 0.125",
        // 64^-1/2 (2 8)^-1/2
        "text_model.encoder.layers.3.self_attn.out_proj.weight, 0.03125",
        "text_model.encoder.layers.3.mlp.fc2.weight, 0.03125",
        // (2 64)^-1/2
        "text_model.encoder.layers.3.mlp.fc1.weight, 0.08839",
        "text_projection.weight, 0.125",
        "vision_model.embeddings.class_embedding, 0.125",
        "vision_model.embeddings.position_embedding.weight, 0.125",
        "visual_projection.weight, 0.125",
        // as PyTorch draws them: Glorot for the three together, (3 fan-in)^-1/2 for the others
        "vision_model.encoder.layers.3.self_attn.q_proj.weight, 0.08839",
        "vision_model.encoder.layers.3.self_attn.out_proj.weight, 0.07217",
        "vision_model.encoder.layers.3.mlp.fc1.weight, 0.07217",
        "vision_model.encoder.layers.3.mlp.fc2.weight, 0.03608",
        "vision_model.embeddings.patch_embedding.weight, 0.04167",
    })
    void haveTheDeviationsOfTheReleasedCode(String key, double expected) {
        Tensor weight = requireNonNull(drawn.get(key), key);
        double deviation = Math.sqrt(weight.square().mean().item());
        double few = weight.count() < 1000 ? 0.3 : 0.05;
        assertThat(deviation).isCloseTo(expected, within(few * expected));
    }

    @Test
    void attentionBeginsWithoutBiases() {
        drawn.forEach((key, x) -> {
            if (key.contains("self_attn") && key.endsWith("bias")) {
                assertThat(x.toFloats()).as(key).containsOnly(0);
            }
        });
    }

    @Test
    void theBlocksOfAResNetBeginAsTheIdentityInAClipAlone() {
        ModifiedResNet.Config resNet = new ModifiedResNet.Config(32, List.of(1, 1, 1, 1), 4, 4);
        Clip clip = new Clip(
                new Clip.Config(new ClipTextModel.Config(50, 4, 16, 1, 2, 16, Activation.QUICK_GELU, 49), resNet, 8));
        for (String key : List.of("layer1.0.bn3.weight", "layer4.0.bn3.weight")) {
            assertThat(requireNonNull(clip.vision().parameters().get(key)).toFloats())
                    .as(key)
                    .containsOnly(0);
            assertThat(requireNonNull(ImageTower.of(resNet, 3).parameters().get(key))
                            .toFloats())
                    .as(key)
                    .containsOnly(1);
        }
    }
}
