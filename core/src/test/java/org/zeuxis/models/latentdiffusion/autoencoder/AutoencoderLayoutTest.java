package org.zeuxis.models.latentdiffusion.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.KeyMismatchException;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Autoencoders under the names and in the shapes that Stable Diffusion 1 and 2 were published with. */
class AutoencoderLayoutTest {
    private static final Path VAE = Golden.path("tiny-stable-diffusion").resolve("vae");
    private static final String FILE = "diffusion_pytorch_model.safetensors";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void publishedNamesAndShapesDecodeTheSame(boolean convolutions) throws IOException {
        Map<String, Tensor> old = new LinkedHashMap<>();
        try (Safetensors weights = Safetensors.open(VAE.resolve(FILE))) {
            weights.tensors().forEach((key, x) -> {
                boolean matrix = key.contains("attentions") && x.rank() == 2;
                old.put(published(key), matrix && convolutions ? x.unsqueeze(-1).unsqueeze(-1) : x);
            });
        }
        assertThat(old).containsKey("decoder.mid_block.attentions.0.proj_attn.weight");
        AutoencoderKl opened = opened(old);
        AutoencoderKl expected = AutoencoderKl.load(ModelFolder.open(VAE), DType.FLOAT32);
        Tensor latents = Seed.of(3).randn(1, 4, 4, 4);
        assertThat(opened.decode(latents).maxDifference(expected.decode(latents)))
                .isZero();
        Tensor image = Seed.of(4).randn(1, 3, 16, 16);
        assertThat(opened.encode(image)
                        .mean()
                        .maxDifference(expected.encode(image).mean()))
                .isZero();
    }

    @Test
    void aMatrixUnderBothNamesIsRefused() throws IOException {
        Map<String, Tensor> both = new LinkedHashMap<>();
        try (Safetensors weights = Safetensors.open(VAE.resolve(FILE))) {
            weights.tensors().forEach((key, x) -> {
                both.put(key, x);
                both.put(published(key), x);
            });
        }
        assertThatThrownBy(() -> opened(both))
                .hasMessageContaining(FILE + ": expected one tensor for decoder.mid_block.attentions.0.to_k.bias, got")
                .hasMessageContaining("attentions.0.key.bias");
    }

    @Test
    void aConvolutionOfMorePixelsIsMisshapen() throws IOException {
        Map<String, Tensor> wide = new LinkedHashMap<>();
        try (Safetensors weights = Safetensors.open(VAE.resolve(FILE))) {
            wide.putAll(weights.tensors());
        }
        wide.put("encoder.mid_block.attentions.0.to_q.weight", Tensor.zeros(8, 8, 3, 3));
        assertThatThrownBy(() -> opened(wide))
                .isInstanceOf(KeyMismatchException.class)
                .hasMessageContaining("to_q.weight as [8, 8, 3, 3], expected [8, 8]");
    }

    private AutoencoderKl opened(Map<String, Tensor> weights) throws IOException {
        Path copy = FolderCopy.of(VAE, folder.resolve("vae"));
        Files.delete(copy.resolve(FILE));
        SafetensorsWriter.write(copy.resolve(FILE), weights, Map.of());
        return AutoencoderKl.load(ModelFolder.open(copy), DType.FLOAT32);
    }

    private static String published(String key) {
        if (!key.contains("attentions")) return key;
        return key.replace(".to_q.", ".query.")
                .replace(".to_k.", ".key.")
                .replace(".to_v.", ".value.")
                .replace(".to_out.0.", ".proj_attn.");
    }
}
