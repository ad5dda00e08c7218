package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;

/** A U-Net that is shown what is kept of a picture draws as in diffusers' {@code StableDiffusionInpaintPipeline}. */
class InpaintingModelTest {
    private static final String FILE = "pipeline-inpainting.safetensors";
    private static final ImageRequest REQUEST = ImageRequest.of("a red bird on a small tree")
            .withNegative("a blue cube")
            .withSteps(10)
            .withGuidance(5);
    private static final Map<String, String> NAMES =
            Map.of("DDIM", "ddim", "PNDM", "pndm", "EulerDiscrete", "euler", "DPMSolverMultistep", "dpm++2m");

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @BeforeEach
    void folder() throws IOException {
        folder = FolderCopy.of(Golden.path("tiny-stable-diffusion"), temporary.resolve("inpainting"));
        for (String file : List.of("config.json", "diffusion_pytorch_model.safetensors")) {
            Files.delete(folder.resolve("unet").resolve(file));
            Files.copy(
                    Golden.path("tiny-inpainting-unet").resolve(file),
                    folder.resolve("unet").resolve(file));
        }
        FolderCopy.set(folder.resolve("model_index.json"), "_class_name", "\"StableDiffusionInpaintPipeline\"");
    }

    static Stream<Arguments> cases() throws IOException {
        return Golden.cases(FILE);
    }

    private static Image picture() {
        return Golden.picture(FILE, "in.picture", 32, 24);
    }

    private static Image mask() {
        return Golden.picture(FILE, "in.mask", 32, 24);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void latentsAndPicturesAreThoseOfDiffusers(String name, JsonNode one) throws IOException {
        ImageRequest request = REQUEST.withSeed(one.get("seed").asLong())
                .withSampler(NAMES.get(one.get("scheduler").asText()))
                .from(picture(), one.get("strength").asDouble())
                .mask(mask());
        try (LatentDiffusion model =
                        (LatentDiffusion) Models.standard().open(folder.toString(), TextToImage.class, DType.FLOAT32);
                Gradients off = Gradients.off();
                Golden golden = Golden.open(FILE)) {
            TokenBatch tokens = model.tokenizer().encode(List.of(REQUEST.negative(), REQUEST.prompt()));
            Tensor states = model.text().forward(Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()));
            Scheduler scheduler = model.scheduler().named(request.sampling().sampler());
            Tensor latents = model.drawing()
                    .latents(states, request.withSize(32, 24), scheduler, scheduler.sampler(10), Progress.NONE);
            Tensor expected = golden.tensor("out." + name + ".latents")
                    .over(model.autoencoder().config().scalingFactor());
            assertThat(latents.maxDifference(expected) * 0.18215).isLessThanOrEqualTo(1e-4);
            golden.checkWithinOneLevel(
                    "out." + name + ".pixels", model.generate(request).get(0).image());
        }
    }

    @Test
    void withoutAMaskItIsRefused() throws IOException {
        try (LatentDiffusion model = LatentDiffusion.load(folder, DType.FLOAT32)) {
            String expected =
                    "inpainting: expected a picture and a mask, for this model redraws the white part of a picture"
                            + " (inpainting), got ";
            String fix = "; give both, --from and --mask, or name another model";
            assertThatThrownBy(() -> model.generate(REQUEST)).hasMessage(expected + "neither" + fix);
            assertThatThrownBy(() -> model.generate(REQUEST.from(picture(), 0.5)))
                    .hasMessage(expected + "no mask" + fix);
        }
    }

    /** The mask tells: what is shown is not the same without it. */
    @Test
    void oneFileDrawsTooAndSeesTheMask() throws IOException {
        Path file = temporary.resolve("one.safetensors");
        Path folder = temporary.resolve("released");
        try (LatentDiffusion model = TinyStableDiffusion.first(9)) {
            model.save(folder);
        }
        StableDiffusionCopy.of(folder, file, null, FileChoice.USUAL);
        ImageRequest request = REQUEST.withSteps(2).from(picture(), 1).mask(mask());
        try (TextToImage one = Models.standard().open(file.toString(), TextToImage.class, DType.FLOAT32);
                TextToImage same = Models.standard().open(folder.toString(), TextToImage.class, DType.FLOAT32)) {
            byte[] drawn = one.generate(request).get(0).image().samples();
            assertThat(same.generate(request).get(0).image().samples()).isEqualTo(drawn);
            Image black = new Image(32, 24, 3, new byte[32 * 24 * 3]);
            assertThat(one.generate(request.mask(black)).get(0).image().samples())
                    .isNotEqualTo(drawn);
        }
    }

    /** Other classes of diffusers hold the same parts. */
    @ParameterizedTest
    @ValueSource(strings = {"StableDiffusionInpaintPipelineLegacy", "StableDiffusionImg2ImgPipeline"})
    void foldersOfOtherPipelinesAreOpened(String className) throws IOException {
        Path plain = FolderCopy.of(Golden.path("tiny-stable-diffusion"), temporary.resolve("plain"));
        FolderCopy.set(plain.resolve("model_index.json"), "_class_name", "\"" + className + "\"");
        FolderCopy.set(
                plain.resolve("unet/config.json"),
                "down_block_types",
                "[\"UNetResCrossAttnDownBlock2D\", \"UNetResDownBlock2D\"]");
        FolderCopy.set(
                plain.resolve("unet/config.json"),
                "up_block_types",
                "[\"UNetResUpBlock2D\", \"UNetResCrossAttnUpBlock2D\"]");
        ImageRequest request = REQUEST.withSteps(1);
        try (TextToImage model = Models.standard().open(plain.toString(), TextToImage.class, DType.FLOAT32);
                LatentDiffusion same = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32)) {
            assertThat(model.generate(request).get(0).image().samples())
                    .isEqualTo(same.generate(request).get(0).image().samples());
        }
    }
}
