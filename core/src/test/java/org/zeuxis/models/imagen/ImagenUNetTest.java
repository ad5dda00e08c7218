package org.zeuxis.models.imagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.ConfigException;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** DeepFloyd's first and second network, in their published folders, against diffusers. */
class ImagenUNetTest {
    @TempDir
    private Path temporary;

    private static Tensor predicted(ImagenUNet unet, Golden golden) {
        return unet.forward(
                golden.tensor("in.image"),
                golden.tensor("in.timesteps"),
                unet.read(golden.tensor("in.tokens")),
                unet.config().hearsNoise() ? golden.tensor("in.noise_level") : null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepfloyd-1", "deepfloyd-2"})
    void listensToPooledTextAndTheLevelOfNoise(String name) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors");
                Gradients off = Gradients.off();
                ImagenUNet unet = ImagenUNet.load(ModelFolder.open(Golden.path(name)), DType.FLOAT32)) {
            golden.check("out.predicted", predicted(unet, golden), 1e-4);
            unet.save(temporary);
            try (ImagenUNet again = ImagenUNet.load(ModelFolder.open(temporary), DType.FLOAT32)) {
                assertThat(again.config()).isEqualTo(unet.config());
                assertThat(predicted(again, golden).maxDifference(predicted(unet, golden)))
                        .isZero();
            }
        }
    }

    @Test
    void whatItDoesNotHonourIsRefusedByName() throws IOException {
        Path copy = FolderCopy.of(Golden.path("deepfloyd-1"), temporary.resolve("deepfloyd"));
        FolderCopy.set(copy.resolve("config.json"), "resnet_time_scale_shift", "\"default\"");
        assertThatThrownBy(() -> ImagenUNet.load(ModelFolder.open(copy), DType.FLOAT32))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("resnet_time_scale_shift to be scale_shift, got default");
        Path heads = FolderCopy.of(Golden.path("deepfloyd-1"), temporary.resolve("heads"));
        FolderCopy.set(heads.resolve("config.json"), "addition_embed_type_num_heads", "5");
        assertThatThrownBy(() -> ImagenUNet.load(ModelFolder.open(heads), DType.FLOAT32))
                .hasMessageContaining("expected a text width of equal heads to pool it, got 12 in 5");
    }
}
