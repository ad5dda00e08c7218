package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;

/** @see <a href="../../../../../../../../tools/golden/assembled_unets.py">assembled_unets.py</a> */
class DecoderTest {
    @TempDir
    Path temporary;

    private static Tensor predicted(Decoder decoder, Golden golden) {
        return decoder.forward(
                golden.tensor("in.image"),
                golden.tensor("in.timesteps"),
                new Conditioning(golden.tensor("in.classes"), golden.tensor("in.tokens"), golden.tensor("in.mask")));
    }

    @Test
    void itDecodesImageEmbeddingsAsKarloDoes() throws IOException {
        try (Golden golden = Golden.open("karlo-decoder.safetensors");
                Gradients off = Gradients.off();
                Decoder decoder = Decoder.load(ModelFolder.open(Golden.path("karlo-decoder")))) {
            golden.check("out.predicted", predicted(decoder, golden), 1e-4);
            assertThat(decoder.config().learnsVariance()).isTrue();

            decoder.save(temporary.resolve("saved"));
            Decoder saved = Decoder.load(ModelFolder.open(temporary.resolve("saved")));
            assertThat(saved.config()).isEqualTo(decoder.config());
            golden.check("out.predicted", predicted(saved, golden), 1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resnet_time_scale_shift | \"default\" | resnet_time_scale_shift to be scale_shift, got default",
                "resnet_time_scale_shift | '' | expected resnet_time_scale_shift to be scale_shift, got nothing; check the file",
                "class_embed_type | \"timestep\" | class_embed_type to be identity, got timestep",
                "class_embed_type | '' | expected class_embed_type to be identity, got nothing; choose a decoder that is told",
                "out_channels | 4 | expected 3 channels out, or 6 with a learned variance, got 4",
                "attention_head_dim | 3 | expected 8 channels in heads of equal width, got a width of 3",
                "attention_head_dim | 8 | expected 12 channels in heads of equal width, got a width of 8",
                "layers_per_block | [1, 1] | got 3, 3 and 2 of them; check the file",
                "norm_num_groups | 8 | block_out_channels",
                "down_block_types | [\"ResnetDownsampleBlock2D\", \"Down\", \"Down\"] | ResnetDownsampleBlock2D, got Down, which",
                "up_block_types | [\"ResnetUpsampleBlock2D\"] | to mirror down_block_types, [SimpleCrossAttnUpBlock2D,"
            })
    void whatItDoesNotHonourIsRefusedByName(String key, String json, String message) throws IOException {
        Path copy = FolderCopy.of(Golden.path("karlo-decoder"), temporary.resolve("decoder"));
        FolderCopy.set(copy.resolve("config.json"), key, json);
        assertThatThrownBy(() -> Decoder.load(ModelFolder.open(copy)))
                .hasMessageStartingWith(copy.toString())
                .hasMessageContaining(message);
    }
}
