package org.zeuxis.assembly;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ConfigException;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/**
 * The parts of a U-Net assemble those of other systems, in their published folders, without a line of their own being changed.
 *
 * @see <a href="../../../../../../tools/golden/assembled_unets.py">assembled_unets.py</a>
 */
class AssembledUNetTest {
    private static final double TOLERANCE = 1e-4;

    @TempDir
    Path temporary;

    private static ModelFolder folder(String name) throws IOException {
        return ModelFolder.open(Golden.path(name));
    }

    @Test
    void karloDecodesImageEmbeddings() throws IOException {
        try (Golden golden = Golden.open("karlo-decoder.safetensors");
                Gradients off = Gradients.off()) {
            KarloDecoder decoder = ResamplingUNet.open(folder("karlo-decoder"), KarloDecoder::parts, KarloDecoder::new);
            Tensor predicted = decoder.forward(
                    golden.tensor("in.image"),
                    golden.tensor("in.timesteps"),
                    golden.tensor("in.classes"),
                    golden.tensor("in.tokens"),
                    golden.tensor("in.mask"));
            golden.check("out.predicted", predicted, TOLERANCE);
        }
    }

    @Test
    void karloEnlargesPicturesWithoutAttention() throws IOException {
        try (Golden golden = Golden.open("karlo-super-resolution.safetensors");
                Gradients off = Gradients.off()) {
            KarloSuperResolution unet = ResamplingUNet.open(
                    folder("karlo-super-resolution"), KarloSuperResolution::parts, KarloSuperResolution::new);
            golden.check(
                    "out.predicted", unet.forward(golden.tensor("in.image"), golden.tensor("in.timesteps")), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepfloyd-1", "deepfloyd-2"})
    void deepFloydListensToPooledTextAndTheLevelOfNoise(String name) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors");
                Gradients off = Gradients.off()) {
            DeepFloydUNet unet = ResamplingUNet.open(folder(name), DeepFloydUNet.Config::from, DeepFloydUNet::new);
            Tensor predicted = unet.forward(
                    golden.tensor("in.image"),
                    golden.tensor("in.timesteps"),
                    golden.tensor("in.tokens"),
                    name.equals("deepfloyd-2") ? golden.tensor("in.noise_level") : null);
            golden.check("out.predicted", predicted, TOLERANCE);
        }
    }

    @Test
    void whatAnAssemblyDoesNotHonourIsRefusedByName() throws IOException {
        Path copy = FolderCopy.of(Golden.path("karlo-decoder"), temporary.resolve("decoder"));
        FolderCopy.set(copy.resolve("config.json"), "resnet_time_scale_shift", "\"default\"");
        ModelFolder folder = ModelFolder.open(copy);
        assertThatThrownBy(() -> ResamplingUNet.open(folder, KarloDecoder::parts, KarloDecoder::new))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("resnet_time_scale_shift to be scale_shift, got default");
    }
}
