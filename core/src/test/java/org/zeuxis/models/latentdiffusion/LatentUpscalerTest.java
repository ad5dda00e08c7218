package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Safety;
import org.zeuxis.models.SecondPass;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.Upscaler;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** Pictures are enlarged as by diffusers' {@code StableDiffusionUpscalePipeline}. */
class LatentUpscalerTest {
    private static final String FILE = "pipeline-upscaler.safetensors";
    private static final Map<String, String> NAMES = Map.of("DDIM", "ddim", "EulerDiscrete", "euler");
    private static final ImageRequest REQUEST = ImageRequest.of("a red bird on a small tree")
            .withNegative("a blue cube")
            .withSteps(5)
            .withGuidance(9);

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @BeforeEach
    void folder() throws IOException {
        folder = FolderCopy.of(Golden.path("tiny-upscaler"), temporary.resolve("upscaler"));
        for (String part : List.of("text_encoder", "tokenizer", "vae")) {
            FolderCopy.of(Golden.path("tiny-stable-diffusion-2").resolve(part), folder.resolve(part));
        }
    }

    private LatentUpscaler open() throws IOException {
        return (LatentUpscaler) Models.standard().open(folder.toString(), Upscaler.class, DType.FLOAT32);
    }

    private static Image picture() {
        return Golden.picture(FILE, "in.picture", 32, 24);
    }

    static Stream<Arguments> cases() throws IOException {
        return Golden.cases(FILE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void latentsAreThoseOfDiffusers(String name, JsonNode one) throws IOException {
        ImageRequest request = REQUEST.withSeed(one.get("seed").asLong())
                .withGuidance(one.get("guidance").asDouble());
        try (LatentUpscaler model = open();
                Gradients off = Gradients.off();
                Golden golden = Golden.open(FILE)) {
            Scheduler scheduler =
                    model.scheduler().named(NAMES.get(one.get("scheduler").asText()));
            Tensor small = Normalize.TO_ONE.apply(picture()).unsqueeze(0);
            int noise = one.get("noise").asInt();
            Tensor latents =
                    model.enlarging().latents(small, noise, request, scheduler, scheduler.sampler(5), Progress.NONE);
            assertThat(latents.times(0.08333).maxDifference(golden.tensor("out." + name + ".latents")))
                    .isLessThanOrEqualTo(1e-4);
        }
    }

    @Test
    void thePictureIsThatOfDiffusers() throws IOException {
        try (LatentUpscaler model = open();
                Golden golden = Golden.open(FILE)) {
            Image large = model.upscale(
                            picture(), OptionalInt.of(128), OptionalInt.empty(), REQUEST.withSeed(4400), Events.NONE)
                    .image();
            assertThat(List.of(large.width(), large.height())).containsExactly(128, 96);
            golden.checkWithinOneLevel("out.ddim.pixels", large);
        }
    }

    @Test
    void aPictureOfAnyShapeIsEnlarged() throws IOException {
        try (LatentUpscaler model = open()) {
            Image small = new Image(7, 10, 3, new byte[210]);
            var drawn = model.upscale(
                    small,
                    OptionalInt.empty(),
                    OptionalInt.of(0),
                    ImageRequest.of("").withSteps(2),
                    Events.NONE);
            assertThat(List.of(drawn.image().width(), drawn.image().height())).containsExactly(28, 40);
            assertThat(drawn.text().toString()).contains("upscale");
        }
    }

    @Test
    void whatItCannotDoIsRefused() throws IOException {
        try (LatentUpscaler model = open()) {
            assertThatThrownBy(() ->
                            model.upscale(picture(), OptionalInt.of(256), OptionalInt.empty(), REQUEST, Events.NONE))
                    .hasMessage("expected to enlarge to 4 times the picture, 128 pixels, got 256");
            for (ImageRequest request : List.of(
                    REQUEST.withSize(128, 96),
                    REQUEST.from(picture(), 0.5),
                    REQUEST.withSecondPass(new SecondPass(2)))) {
                assertThatThrownBy(() -> model.upscale(
                                picture(), OptionalInt.empty(), OptionalInt.empty(), request, Events.NONE))
                        .hasMessage(
                                "expected neither a size, a picture to draw from nor a second pass, where a picture is"
                                        + " enlarged 4 times, got one of them");
            }
            assertThatThrownBy(() -> model.upscale(
                            picture(),
                            OptionalInt.empty(),
                            OptionalInt.empty(),
                            REQUEST.withSafety(Safety.FLAG),
                            Events.NONE))
                    .hasMessageStartingWith("expected safety off, as this model has no safety checker");
            for (int noise : List.of(-1, 351)) {
                assertThatThrownBy(() -> model.upscale(
                                picture(), OptionalInt.empty(), OptionalInt.of(noise), REQUEST, Events.NONE))
                        .hasMessage("expected a noise level of 0 to 350, got " + noise);
            }
        }
        assertThatThrownBy(() -> Models.standard().open(folder.toString(), TextToImage.class))
                .hasMessageEndingWith(
                        "got a Stable Diffusion upscaling pipeline (StableDiffusionUpscalePipeline); name a"
                                + " model of the other kind");
    }

    @Test
    void aVarianceThatTheNetworkDoesNotTellIsRefused() throws IOException {
        FolderCopy.set(folder.resolve("model_index.json"), "scheduler", "[\"diffusers\", \"DDPMScheduler\"]");
        FolderCopy.set(
                folder.resolve("scheduler").resolve("scheduler_config.json"), "variance_type", "\"learned_range\"");
        try (LatentUpscaler model = open()) {
            assertThatThrownBy(() ->
                            model.upscale(picture(), OptionalInt.empty(), OptionalInt.empty(), REQUEST, Events.NONE))
                    .hasMessageStartingWith("expected a scheduler whose variance_type is fixed_small or fixed_large");
        }
    }

    @Test
    void aNetworkThatDrawsIsToldNoNoise() throws IOException {
        String drawing = Golden.path("tiny-stable-diffusion").toString();
        try (LatentDiffusion model = Models.standard().open(drawing, LatentDiffusion.class, DType.FLOAT32)) {
            Tensor x = Tensor.zeros(1, 4, 8, 8);
            assertThatThrownBy(() -> model.unet().forward(x, Tensor.zeros(1), Tensor.zeros(1, 77, 16), 20))
                    .hasMessage("expected a U-Net that is told a level of noise, got one that is told none");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "only_cross_attention | [true, false] | expected as many only_cross_attention as block_out_channels, 3, got 2",
                "only_cross_attention | true | expected only_cross_attention to be false, got true",
                "in_channels | 8 | expected in_channels to be the autoencoder's latent_channels and a picture's 3, 7, got 8",
            })
    void aNetworkOfAnotherShapeIsRefused(String key, String json, String message) throws IOException {
        FolderCopy.set(folder.resolve("unet").resolve("config.json"), key, json);
        assertThatThrownBy(this::open).hasMessageContaining(message);
    }
}
