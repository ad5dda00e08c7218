package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.models.clip.ModifiedResNet;
import org.zeuxis.models.clip.NfNetTower;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.models.nfnet.NfNet;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;

/** One folder is the whole model: two priors, an image encoder of either kind. */
class WholeFolderTest {
    private static final ImageRequest WORDS = ImageRequest.of("a red bird on a small tree")
            .withSeed(7)
            .with(new Sampling(4, 3, ""))
            .withSize(8, 8);

    @TempDir
    Path temporary;

    private static byte[] drawn(TextToImage model, ImageRequest request) {
        return model.generate(request).get(0).image().samples();
    }

    private static ImageRequest by(String prior) {
        return WORDS.with("prior", Sampling.OWN.withSampler(prior));
    }

    @Test
    void bothPriorsLieInOneFolderAndAreAskedForByName() throws IOException {
        try (UnClip model = WholeUnClip.model()) {
            model.save(temporary);
            assertThat(temporary.resolve("prior_autoregressive/config.json")).exists();
            try (UnClip again = UnClip.load(temporary, DType.FLOAT32)) {
                for (String prior : List.of("diffusion", "autoregressive", "none", "glide")) {
                    byte[] one = drawn(model, by(prior));
                    assertThat(drawn(again, by(prior))).as(prior).isEqualTo(one);
                }
                assertThat(drawn(again, by("diffusion"))).isEqualTo(drawn(again, WORDS));
                assertThat(drawn(again, by("autoregressive"))).isNotEqualTo(drawn(again, WORDS));
                assertThat(drawn(again, by("none"))).isNotEqualTo(drawn(again, WORDS));
                GeneratedImage drawn = again.generate(WORDS).get(0);
                assertThat(drawn.request().sampling("prior")).isEqualTo(new Sampling(64, 4, "diffusion"));
                assertThatThrownBy(() -> drawn(again, by("euler")))
                        .hasMessage("expected a prior of diffusion, autoregressive, none, glide, which this model"
                                + " has, got euler");
                assertThatThrownBy(() -> drawn(again, WORDS.with("prior", new Sampling(9, 1, "autoregressive"))))
                        .hasMessage("expected no steps, as an autoregressive prior writes all of its codes, got 9;"
                                + " leave them out");
            }
        }
    }

    @Test
    void aResNetLiesInTheFolderToo() throws IOException {
        liesInTheFolder(new ModifiedResNet.Config(32, List.of(1, 1, 1, 1), 4, 4));
    }

    @Test
    void anNfNetLiesInTheFolderToo() throws IOException {
        NfNet.Config trunk = new NfNet.Config(List.of(1, 1, 1, 1), List.of(8, 8, 8, 8), 8, 4, 16, 0);
        liesInTheFolder(new NfNetTower.Config(32, trunk));
    }

    private void liesInTheFolder(ImageTower.Config vision) throws IOException {
        try (UnClip model = WholeUnClip.model()) {
            ImageTower tower = Initialization.seeded(Seed.of(6), () -> ImageTower.of(vision, WholeUnClip.WIDTH));
            UnClip seeing = with(model, new ImageEncoder(tower, ClipPreprocessing.of(32)));
            seeing.save(temporary);
            assertThat(temporary.resolve("feature_extractor")).doesNotExist();
            try (UnClip again = UnClip.load(temporary, DType.FLOAT32)) {
                // framed as open_clip has it, to the grey level
                Image picture = WholeUnClip.picture(45, 37);
                assertThat(again.embedding(picture).maxDifference(seeing.embedding(picture)))
                        .isZero();
                ImageRequest request =
                        ImageRequest.of("").with(new Sampling(3, 1, "")).from(picture, 1);
                assertThat(drawn(again, request)).isEqualTo(drawn(seeing, request));
            }
            Files.writeString(
                    temporary.resolve("image_encoder/config.json"),
                    Files.readString(temporary.resolve("image_encoder/config.json"))
                            .replace("\"embed_dim\"", "\"spin\": 1, \"embed_dim\""));
            assertThatThrownBy(() -> UnClip.load(temporary)).hasMessageContaining("spin = 1");
        }
    }

    private static UnClip with(UnClip model, ImageEncoder images) {
        return new UnClip(
                model.name(), model.captions(), model.priors(), model.decoding(), model.upsamplings(), images);
    }

    @Test
    void anEncoderOfAnotherClipIsRefused() throws IOException {
        try (UnClip model = WholeUnClip.model()) {
            ImageTower tower = ImageTower.of(new ModifiedResNet.Config(32, List.of(1, 1, 1, 1), 4, 4), 10);
            ImageEncoder other = new ImageEncoder(tower, ClipPreprocessing.of(32));
            assertThatThrownBy(() -> with(model, other))
                    .hasMessage("expected a image_encoder of embeddings as wide as the decoder's text_proj reads, 12,"
                            + " got 10; choose parts of one model");
        }
    }

    /** In bfloat16 it draws nearly the same picture; what embeddings are measured by stays in float32. */
    @Test
    void aFolderIsOpenedByWhatItIsInAnyType() throws Exception {
        try (UnClip model = WholeUnClip.model()) {
            model.save(temporary);
        }
        Models models = Models.standard();
        try (TextToImage whole = models.open(temporary.toString(), TextToImage.class, DType.FLOAT32);
                UnClip half = models.open(temporary.toString(), UnClip.class, DType.BFLOAT16)) {
            assertThat(whole).isInstanceOf(UnClip.class);
            assertThat(half.decoding().network().dtype()).isEqualTo(DType.BFLOAT16);
            ImageRequest request = by("none").withSize(32, 32).with("upsampler32", new Sampling(2, 1, ""));
            GeneratedImage one = whole.generate(request).get(0);
            GeneratedImage other = half.generate(request).get(0);
            assertThat(one.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(other.dtype()).isEqualTo(DType.BFLOAT16);
            assertThat(meanDifference(one.image(), other.image())).isBetween(0.001, 12.0);
            for (String prior : List.of("diffusion", "autoregressive")) {
                assertThat(half.generate(by(prior))).hasSize(1);
            }
            Image picture = WholeUnClip.picture(20, 20);
            assertThat(half.generate(ImageRequest.of("")
                            .withSize(8, 8)
                            .from(picture, 0.5)
                            .withSteps(4)))
                    .hasSize(1);
            half.save(temporary.resolve("half"));
        }
        try (UnClip again = UnClip.load(temporary.resolve("half"), DType.BFLOAT16)) {
            assertThat(again.generate(WORDS)).hasSize(1);
        }
    }

    private static double meanDifference(Image a, Image b) {
        double sum = 0;
        for (int i = 0; i < a.samples().length; i++) {
            sum += Math.abs((a.samples()[i] & 255) - (b.samples()[i] & 255));
        }
        return sum / a.samples().length;
    }
}
