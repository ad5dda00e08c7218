package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;

/** Whole folders that diffusers saved, sampled as diffusers samples them. */
class LatentDiffusionTest {
    private static final ImageRequest REQUEST = ImageRequest.of("a red bird on a small tree")
            .withNegative("a blue cube")
            .withSeed(7)
            .withSteps(5)
            .withGuidance(7.5)
            .withSize(32, 24);

    @ParameterizedTest
    @CsvSource({
        "stable-diffusion, DDIM, ddim",
        "stable-diffusion, EulerDiscrete, euler",
        "stable-diffusion, PNDM, pndm",
        "stable-diffusion-2, DDIM, ddim",
        "stable-diffusion-2, EulerDiscrete, euler",
    })
    void folderSavedByDiffusersComputesTheSameLatents(String model, String scheduler, String sampler)
            throws IOException {
        LatentDiffusion diffusion = LatentDiffusion.load(Golden.path("tiny-" + model), DType.FLOAT32);
        try (Golden golden = Golden.open("pipeline-" + model + ".safetensors");
                Gradients off = Gradients.off()) {
            TokenBatch tokens = diffusion.tokenizer().encode(List.of(REQUEST.negative(), REQUEST.prompt()));
            assertThat(tokens.row(0))
                    .isEqualTo(golden.tensor("in.negative_tokens").toLongs());
            assertThat(tokens.row(1)).isEqualTo(golden.tensor("in.tokens").toLongs());
            Tensor states = diffusion.text().forward(Tensor.of(tokens.ids(), 2, 77));
            golden.check("mid.negative_embeddings", states.slice(0, 0, 1), 1e-5);
            golden.check("mid.text_embeddings", states.slice(0, 1, 2), 1e-5);
            Scheduler sampling = diffusion.scheduler().named(sampler);
            Tensor latents = diffusion.drawing().latents(states, REQUEST, sampling, sampling.sampler(5), Progress.NONE);
            String key = "out." + scheduler + ".latents";
            Tensor scaled = latents.times(diffusion.autoencoder().config().scalingFactor());
            golden.check(key, scaled, 1e-4);
            golden.check(
                    "out." + scheduler + ".decoded", diffusion.autoencoder().decode(latents), 1e-4);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void sameRequestGivesTheSameBytesWhateverRanBefore(DType type) throws IOException {
        LatentDiffusion diffusion = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), type);
        ImageRequest three = REQUEST.withCount(3).withSampler("euler-ancestral");
        List<GeneratedImage> images = diffusion.generate(three);
        GeneratedImage second =
                diffusion.generate(three.withCount(1).withSeed(8)).get(0);
        assertThat(second.image().samples()).isEqualTo(images.get(1).image().samples());
        assertThat(images.get(0).image().samples())
                .isNotEqualTo(images.get(1).image().samples());
        assertThat(second.text().entries().get("parameters")).contains("a red bird", "Seed: 8", "Size: 32x24");
    }

    @Test
    void savedFolderComputesTheSame(@TempDir Path folder) throws IOException {
        LatentDiffusion diffusion = LatentDiffusion.load(Golden.path("tiny-stable-diffusion-2"), DType.FLOAT32);
        diffusion.save(folder.resolve("saved"));
        LatentDiffusion again = LatentDiffusion.load(folder.resolve("saved"), DType.FLOAT32);
        assertThat(again.unet().config()).isEqualTo(diffusion.unet().config());
        assertThat(again.scheduler().className())
                .isEqualTo(diffusion.scheduler().className());
        assertThat(again.scheduler().write().text())
                .isEqualTo(diffusion.scheduler().write().text());
        assertThat(again.generate(REQUEST).get(0).image().samples())
                .isEqualTo(diffusion.generate(REQUEST).get(0).image().samples());
    }

    @Test
    void picturesSayWhatTheyWereComputedInUnlessThatIsFloat32() throws IOException {
        assertThat(said(DType.BFLOAT16)).contains("\"dtype\":\"bfloat16\"");
        assertThat(said(DType.FLOAT32)).contains("\"model\":").doesNotContain("dtype");
    }

    private static String said(DType type) throws IOException {
        try (LatentDiffusion diffusion = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), type)) {
            return diffusion.generate(REQUEST).get(0).text().entries().get(PngText.REQUEST);
        }
    }

    @Test
    void aFolderOpensInWhatIsFastestUnlessToldOtherwise() throws IOException {
        try (LatentDiffusion diffusion = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"))) {
            assertThat(diffusion.unet().dtype()).isEqualTo(DType.fastest());
        }
    }

    @Test
    void sizeMustBeWholeLatents() throws IOException {
        LatentDiffusion diffusion = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32);
        assertThatThrownBy(() -> diffusion.generate(REQUEST.withSize(65, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiples of");
    }
}
