package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** @see <a href="../../../../../../../../tools/golden/karlo_release.py">karlo_release.py</a> */
class KarloReleaseTest {
    private static final Path RELEASE = Golden.path("tiny-karlo-release");
    private static final KarloRelease TINY = new KarloRelease(4, 4, 8);

    @TempDir
    Path temporary;

    private static void same(Map<String, Tensor> found, Map<String, Tensor> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        found.forEach((key, tensor) ->
                assertThat(tensor.maxDifference(expected.get(key))).as(key).isZero());
    }

    @Test
    void itsWeightsAreThoseThatDiffusersPublishes() throws IOException {
        try (UnClip published = UnClip.load(Golden.path("tiny-karlo"), DType.FLOAT32);
                UnClip released = TINY.load(RELEASE, published.captions(), null, DType.FLOAT32)) {
            Decoding decoding = released.decoding();
            assertThat(decoding.network().config())
                    .isEqualTo(published.decoding().network().config());
            same(decoding.network().parameters(), published.decoding().network().parameters());
            assertThat(decoding.projection().config())
                    .isEqualTo(published.decoding().projection().config());
            same(
                    decoding.projection().parameters(),
                    published.decoding().projection().parameters());
            Upsampling upsampling = released.upsamplings().get(0);
            Upsampling expected = published.upsamplings().get(0);
            assertThat(upsampling.network().config())
                    .isEqualTo(expected.network().config());
            assertThat(upsampling.factor()).isEqualTo(expected.factor());
            same(upsampling.network().parameters(), expected.network().parameters());
            same(upsampling.last().parameters(), expected.last().parameters());
        }
    }

    @Test
    void soAreThoseOfItsPriorAndHowAllAreSampled() throws IOException {
        Path folder = Golden.path("tiny-karlo");
        try (Prior published = Prior.load(ModelFolder.open(folder));
                DiffusionPrior released = new KarloRelease(8, 4, 8).prior(RELEASE, DType.FLOAT32)) {
            DiffusionPrior expected = (DiffusionPrior) published;
            assertThat(released.network().config()).isEqualTo(expected.network().config());
            same(released.network().parameters(), expected.network().parameters());
            assertThat(released.scheduler().own().sampler(25))
                    .isEqualTo(expected.scheduler().own().sampler(25));
        }
        try (UnClip published = UnClip.load(folder, DType.FLOAT32);
                UnClip released = TINY.load(RELEASE, published.captions(), null, DType.FLOAT32)) {
            assertThat(released.decoding().scheduler().own().sampler(25))
                    .isEqualTo(published.decoding().scheduler().own().sampler(25));
            assertThat(released.upsamplings().get(0).scheduler().own().sampler(7))
                    .isEqualTo(published.upsamplings().get(0).scheduler().own().sampler(7));
        }
    }

    @Test
    void aFolderThatLacksAFileIsNamed() throws IOException {
        Path copy = FolderCopy.of(RELEASE, temporary.resolve("karlo"));
        assertThat(KarloRelease.isOne(copy)).isTrue();
        assertThat(KarloRelease.isOne(Golden.path("tiny-karlo"))).isFalse();
        assertThatThrownBy(() -> TINY.load(copy, DType.FLOAT32))
                .hasMessage(copy + ": expected ViT-L-14.pt of OpenAI's CLIP, got none");
        Files.delete(copy.resolve("prior-ckpt-step=01.ckpt"));
        assertThatThrownBy(() -> TINY.prior(copy, DType.FLOAT32))
                .hasMessage(copy + ": expected a file that begins with prior-ckpt, got none; Karlo's release is"
                        + " prior-ckpt…, decoder-ckpt…, improved-sr-ckpt… and ViT-L-14_stats.th");
    }
}
