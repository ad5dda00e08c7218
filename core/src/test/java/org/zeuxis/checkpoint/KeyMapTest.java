package org.zeuxis.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Tensor;

class KeyMapTest {
    private final KeyMap keys = new KeyMap()
            .drop("mask")
            .rename("blocks.*.norm.*", "layers.*.layer_norm.*")
            .transpose("proj", "projection.weight")
            .split("blocks.*.qkv", "layers.*.q", "layers.*.k");

    @Test
    void backwardsJoinsTurnsAndRenames() {
        Tensor matrix = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Map<String, Tensor> back = keys.backwards(Map.of(
                "layers.7.k", Tensor.full(2, 3),
                "layers.7.q", Tensor.full(1, 3),
                "layers.7.layer_norm.bias", Tensor.zeros(2),
                "projection.weight", matrix,
                "scale", Tensor.ones(1)));
        assertThat(back).containsOnlyKeys("blocks.7.qkv", "blocks.7.norm.bias", "proj", "scale");
        assertThat(back.get("blocks.7.qkv").toFloats()).containsExactly(1, 1, 1, 2, 2, 2);
        assertThat(back.get("proj").toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void backwardsNamesThePartThatIsMissing() {
        assertThatThrownBy(() -> keys.backwards(Map.of("layers.7.q", Tensor.ones(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model lacks layers.7.k");
    }
}
