package org.zeuxis.hub;

import static org.zeuxis.hub.MalformedFile.DEEP;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.Hostile;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.adapter.Lora;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** LoRAs and learned words that are none. */
class MalformedAdapterTest {
    @TempDir
    Path folder;

    private void adapterIsRefused(Map<String, Tensor> tensors, Map<String, String> notes, boolean word)
            throws IOException {
        Path file = folder.resolve("added.safetensors");
        Files.deleteIfExists(file);
        SafetensorsWriter.write(file, tensors, notes);
        Adapters added = word ? Adapters.NONE.withEmbedding(file) : Adapters.NONE.with(Lora.of(file));
        Hostile.refusal(
                file.toString(),
                () -> LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32, added)
                        .close());
    }

    @Test
    void aLoraThatIsNone() throws IOException {
        String layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.";
        Tensor down = Tensor.ones(2, 16);
        Tensor up = Tensor.ones(8, 2);
        adapterIsRefused(Map.of(), Map.of(), false);
        adapterIsRefused(
                Map.of(layer + "lora_down.weight", Tensor.ones(0, 16), layer + "lora_up.weight", Tensor.ones(8, 0)),
                Map.of(),
                false);
        adapterIsRefused(
                Map.of(layer + "lora_down.weight", Tensor.zeros(), layer + "lora_up.weight", Tensor.zeros()),
                Map.of(),
                false);
        for (Tensor alpha :
                List.of(Tensor.full(Float.NaN), Tensor.full(Float.POSITIVE_INFINITY), Tensor.ones(2), Tensor.ones(0))) {
            Map<String, Tensor> all =
                    Map.of(layer + "lora_down.weight", down, layer + "lora_up.weight", up, layer + "alpha", alpha);
            adapterIsRefused(all, Map.of(), false);
        }
        String named = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.lora_";
        for (String notes : List.of(
                "[",
                DEEP,
                "{\"unet.lora_alpha\":1}",
                "{\"unet.r\":0,\"unet.lora_alpha\":1}",
                "{\"unet.r\":2,\"unet.lora_alpha\":NaN}")) {
            adapterIsRefused(
                    Map.of(named + "A.weight", down, named + "B.weight", up),
                    Map.of("lora_adapter_metadata", notes),
                    false);
        }
    }

    @Test
    void aLearnedWordThatIsNone() throws IOException {
        for (Tensor vectors : List.of(
                Tensor.ones(0, 16), Tensor.ones(2, 0), Tensor.ones(0), Tensor.zeros(), Tensor.ones(100_000, 16))) {
            adapterIsRefused(Map.of("emb_params", vectors), Map.of(), true);
        }
        adapterIsRefused(Map.of(), Map.of(), true);
        adapterIsRefused(Map.of(" ", Tensor.ones(2, 16)), Map.of(), true);
    }
}
