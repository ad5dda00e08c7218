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
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.ConfigException;
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

    @ParameterizedTest
    @ValueSource(strings = {"deepfloyd-1", "deepfloyd-2"})
    void deepFloydListensToPooledTextAndTheLevelOfNoise(String name) throws IOException {
        try (Golden golden = Golden.open(name + ".safetensors");
                Gradients off = Gradients.off()) {
            DeepFloydUNet unet = OpenedUNet.open(folder(name), DeepFloydUNet.Config::from, DeepFloydUNet::new);
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
        Path copy = FolderCopy.of(Golden.path("deepfloyd-1"), temporary.resolve("deepfloyd"));
        FolderCopy.set(copy.resolve("config.json"), "resnet_time_scale_shift", "\"default\"");
        ModelFolder folder = ModelFolder.open(copy);
        assertThatThrownBy(() -> OpenedUNet.open(folder, DeepFloydUNet.Config::from, DeepFloydUNet::new))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("resnet_time_scale_shift to be scale_shift, got default");
    }
}
