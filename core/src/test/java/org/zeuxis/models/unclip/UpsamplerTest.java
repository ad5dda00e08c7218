package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.ResamplingConfig;
import org.zeuxis.unet.TimeEntry;

/** @see <a href="../../../../../../../../tools/golden/assembled_unets.py">assembled_unets.py</a> */
class UpsamplerTest {
    @TempDir
    Path temporary;

    private static Tensor predicted(Upsampler upsampler, Golden golden) {
        List<Tensor> pictures = golden.tensor("in.image").chunk(2, 1);
        return upsampler.forward(pictures.get(0), golden.tensor("in.timesteps"), pictures.get(1));
    }

    @Test
    void itEnlargesPicturesAsKarloDoes() throws IOException {
        try (Golden golden = Golden.open("karlo-super-resolution.safetensors");
                Gradients off = Gradients.off();
                Upsampler upsampler = Upsampler.load(ModelFolder.open(Golden.path("karlo-super-resolution")))) {
            golden.check("out.predicted", predicted(upsampler, golden), 1e-4);

            upsampler.save(temporary.resolve("saved"));
            Upsampler saved = Upsampler.load(ModelFolder.open(temporary.resolve("saved")));
            assertThat(saved.config()).isEqualTo(upsampler.config());
            golden.check("out.predicted", predicted(saved, golden), 1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "add_attention | true | expected add_attention to be false, got true",
                "add_attention | '' | expected add_attention to be false, got nothing; choose an upsampler without attention",
                "out_channels | 6 | expected 12 channels in, twice as many as out, got 6",
                "class_embed_type | \"timestep\" | expected class_embed_type to be null, got timestep"
            })
    void whatItDoesNotHonourIsRefusedByName(String key, String json, String message) throws IOException {
        Path copy = FolderCopy.of(Golden.path("karlo-super-resolution"), temporary.resolve("upsampler"));
        FolderCopy.set(copy.resolve("config.json"), key, json);
        assertThatThrownBy(() -> Upsampler.load(ModelFolder.open(copy)))
                .hasMessageStartingWith(copy.toString())
                .hasMessageContaining(message);
    }

    /** In bands of rows no number is another: norms look at all of the picture, and each band at its neighbours. */
    @Test
    void largePicturesAreEnlargedInBandsToTheSameNumbers() throws IOException {
        try (Upsampler upsampler = Upsampler.load(ModelFolder.open(Golden.path("karlo-super-resolution")));
                Scope scope = new Scope()) {
            Tensor x = Seed.of(1).randn(2, 3, 520, 516);
            Tensor small = Tensor.linspace(-1, 1, 520).reshape(1, 1, 520, 1).expand(2, 3, 520, 516);
            Tensor t = Tensor.of(new float[] {400, 100}, 2);
            Tensor whole = upsampler.forward(x, t, small).detach();
            try (Gradients off = Gradients.off()) {
                Tensor banded = upsampler.forward(x, t, small);
                assertThat(Bands.suit(1, 520, 516)).isTrue();
                assertThat(banded.maxDifference(whole))
                        .isLessThan(1e-5 * whole.abs().max());
                assertThat(Bands.suit(1, 512, 512)).isFalse();
                assertThat(Bands.suit(2, 520, 516)).isFalse();
            }
            assertThat(Bands.suit(1, 520, 516))
                    .as("while gradients are recorded")
                    .isFalse();
        }
    }

    /** Of odd height the way up has no whole rows to double; it is enlarged in one piece there, and in bands elsewhere. */
    @Test
    void anOddSizeIsEnlargedToTheSameNumbersToo() throws IOException {
        try (Upsampler upsampler = Upsampler.load(ModelFolder.open(Golden.path("karlo-super-resolution")));
                Scope scope = new Scope()) {
            Tensor x = Seed.of(1).randn(1, 3, 521, 519);
            Tensor t = Tensor.of(new float[] {400}, 1);
            Tensor whole = upsampler.forward(x, t, x.times(0.5)).detach();
            try (Gradients off = Gradients.off()) {
                Tensor banded = upsampler.forward(x, t, x.times(0.5));
                assertThat(banded.maxDifference(whole))
                        .isLessThan(1e-5 * whole.abs().max());
            }
        }
    }

    @Test
    void itHasNoAttention() {
        ResBlock.Style blocks = new ResBlock.Style(16, 2, 1e-5, Activation.SILU, TimeEntry.SCALE_AND_SHIFT, 1);
        ResamplingConfig attending =
                new ResamplingConfig(6, 3, List.of(new ResamplingConfig.Level(4, 1, true)), blocks);
        assertThatThrownBy(() -> new Upsampler.Config(attending, 16))
                .hasMessage("expected levels of ResnetDownsampleBlock2D, got one that attends; an upsampler has no"
                        + " attention");
    }

    @Test
    void aShapeOfNoLevelsOrOfUnequalGroupsIsNone() {
        ResBlock.Style blocks = new ResBlock.Style(16, 3, 1e-5, Activation.SILU, TimeEntry.SCALE_AND_SHIFT, 1);
        assertThatThrownBy(() -> new ResamplingConfig(6, 3, List.of(), blocks))
                .hasMessage("expected at least one level, got none");
        List<ResamplingConfig.Level> levels = List.of(new ResamplingConfig.Level(4, 1, false));
        assertThatThrownBy(() -> new ResamplingConfig(6, 3, levels, blocks))
                .hasMessage("expected channels in 3 equal groups, got 4");
    }
}
