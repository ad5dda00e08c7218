package org.zeuxis.models.imagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.TextToImage;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Whole stages and the cascade, against diffusers' IFPipeline and IFSuperResolutionPipeline from the same seeds. */
class ImagenTest {
    @TempDir
    private Path temporary;

    private static JsonNode request(Golden golden) throws IOException {
        return new ObjectMapper().readTree(golden.metadata().get("request"));
    }

    /** Where the small folders lie as one. */
    private Path cascade() throws IOException {
        Path folder = FolderCopy.of(Golden.path("tiny-if"), temporary.resolve("cascade"));
        FolderCopy.of(Golden.path("tiny-if-super-resolution"), folder.resolve("upsampler_16"));
        return folder;
    }

    @Test
    void thePictureIsThatOfIfPipeline() throws IOException {
        try (Golden golden = Golden.open("pipeline-if.safetensors");
                Imagen imagen = Imagen.load(Golden.path("tiny-if"), DType.FLOAT32);
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            JsonNode asked = request(golden);
            ImageRequest full = ImageRequest.of(asked.path("prompt").asText())
                    .withNegative(asked.path("negative").asText())
                    .withSeed(asked.path("seed").asLong())
                    .withSteps(asked.path("steps").asInt())
                    .withGuidance(asked.path("guidance").asDouble());
            Tensor both = imagen.text()
                    .encode(List.of("a photo of a corgi  riding a bike", "grey"))
                    .states();
            Tensor drawn = imagen.drawn(both.slice(0, 0, 1), both.slice(0, 1, 2), full.withSize(8, 8), Events.NONE);
            golden.check("out.picture", drawn, 1e-4);
            Image picture = imagen.generate(full, Events.NONE).get(0).image();
            for (int c = 0; c < 3; c++) {
                double expected = (drawn.select(1, c).select(1, 2).select(1, 5).item() + 1) * 127.5;
                assertThat((double) picture.sample(5, 2, c)).isBetween(expected - 1, expected + 1);
            }
        }
    }

    @Test
    void theLargePictureIsThatOfIfSuperResolutionPipeline() throws IOException {
        try (Golden golden = Golden.open("pipeline-if-super-resolution.safetensors");
                Stage stage = ImagenFolder.superResolution(
                        ModelFolder.open(Golden.path("tiny-if-super-resolution")), DType.FLOAT32);
                Scope scope = new Scope()) {
            JsonNode asked = request(golden);
            assertThat(stage.noiseLevel()).isEqualTo(asked.path("noise_level").asInt());
            Sampling sampling = new Sampling(
                    asked.path("steps").asInt(), asked.path("guidance").asDouble(), "");
            Tensor large = stage.enlarge(
                    golden.tensor("in.small"),
                    golden.tensor("in.text"),
                    golden.tensor("in.none"),
                    sampling,
                    Seed.of(asked.path("seed").asLong()),
                    Progress.NONE);
            golden.check("out.picture", large, 1e-4);
            Tensor clean = stage.withNoiseLevel(0)
                    .enlarge(
                            golden.tensor("in.small"),
                            golden.tensor("in.text"),
                            golden.tensor("in.none"),
                            sampling,
                            Seed.of(asked.path("seed").asLong()),
                            Progress.NONE);
            assertThat(clean.maxDifference(large)).isGreaterThan(0.01);
            Tensor cleanly = stage.enlarge(
                    golden.tensor("in.small"),
                    golden.tensor("in.text"),
                    golden.tensor("in.none"),
                    sampling.withNoiseLevel(0),
                    Seed.of(asked.path("seed").asLong()),
                    Progress.NONE);
            assertThat(cleanly.maxDifference(clean)).isZero();
        }
    }

    @Test
    void aCascadeTellsItsStagesAndStopsAtTheSizeAskedFor() throws IOException {
        List<String> stages = new ArrayList<>();
        try (TextToImage imagen = Models.standard().open(cascade().toString(), TextToImage.class)) {
            ImageRequest request = ImageRequest.of("a corgi").withSteps(2).with("upsampler16", new Sampling(3, 1, ""));
            GeneratedImage large = imagen.generate(request, event -> stages.add(event.stage() + " " + event.step()))
                    .get(0);
            assertThat(large.image().width()).isEqualTo(16);
            assertThat(stages).containsExactly("base 1", "base 2", "upsampler16 1", "upsampler16 2", "upsampler16 3");
            assertThat(large.request().sampling("upsampler16").sampler()).isEqualTo("ddpm");
            GeneratedImage again = imagen.generate(large.request(), Events.NONE).get(0);
            assertThat(again.image().samples()).isEqualTo(large.image().samples());
            assertThat(large.request().sampling("upsampler16").noiseLevel()).hasValue(250);
            ImageRequest clean = large.request()
                    .with("upsampler16", large.request().sampling("upsampler16").withNoiseLevel(0));
            assertThat(imagen.generate(clean).get(0).image().samples())
                    .isNotEqualTo(large.image().samples());
            GeneratedImage small = imagen.generate(
                            ImageRequest.of("a corgi").withSteps(2).withSize(8, 8), Events.NONE)
                    .get(0);
            assertThat(small.image().width()).isEqualTo(8);
        }
    }

    /** The picture says so, and is drawn again from what it says. */
    @Test
    void itsT5MayBeKeptIn8Bits() throws IOException {
        ImageRequest request = ImageRequest.of("a corgi").withSteps(2).withSeed(1);
        try (Imagen imagen = Imagen.load(Golden.path("tiny-if"), DType.INT8)) {
            GeneratedImage drawn = imagen.generate(request, Events.NONE).get(0);
            assertThat(imagen.base().network().dtype()).isEqualTo(DType.fastest());
            RequestJson said = RequestJson.of(drawn.request(), drawn.model(), drawn.dtype());
            assertThat(said.text()).contains("\"dtype\":\"int8\"");
            try (Imagen again = Imagen.load(
                    Golden.path("tiny-if"),
                    RequestJson.parse("the picture", said.text()).dtype())) {
                assertThat(again.generate(said.request(), Events.NONE)
                                .get(0)
                                .image()
                                .samples())
                        .isEqualTo(drawn.image().samples());
            }
        }
    }

    @Test
    void aStageIsAddedToABase() throws IOException {
        try (Imagen base = Imagen.load(Golden.path("tiny-if"));
                Imagen both = base.then(Golden.path("tiny-if-super-resolution"))) {
            assertThat(both.superResolutions()).hasSize(1);
            assertThatThrownBy(() -> both.then(Golden.path("tiny-if-super-resolution")))
                    .hasMessage("expected each stage to draw larger than 16 pixels, got 16");
            assertThatThrownBy(() -> base.then(Golden.path("tiny-if")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected the folder of an IFSuperResolutionPipeline, got IFPipeline");
        }
    }

    @Test
    void whatItCannotDoIsRefused() throws IOException {
        try (Imagen imagen = Imagen.load(cascade())) {
            assertThatThrownBy(() -> imagen.generate(ImageRequest.of("a").withSize(12, 12), Events.NONE))
                    .hasMessage("expected a size of [8, 16] pixels on both sides, got 12x12");
            Image picture = new Image(8, 4, 3, new byte[96]);
            assertThatThrownBy(() -> imagen.generate(ImageRequest.of("a").from(picture, 0.5), Events.NONE))
                    .hasMessage("expected a square picture to draw from, as this model draws squares, got 8x4; crop it"
                            + " before, and its mask");
            assertThatThrownBy(() ->
                            imagen.generate(ImageRequest.of("a").with("prior", new Sampling(1, 1, "")), Events.NONE))
                    .hasMessageContaining("expected a stage of upsampler16, got sampling for 'prior'");
            assertThatThrownBy(() -> imagen.generate(ImageRequest.of("a").with(Sampling.OWN.withNoiseLevel(9))))
                    .hasMessage(
                            "expected a noise level of a stage that enlarges a picture, such as upsampler256, got 9 of"
                                    + " the base; leave it out");
            assertThatThrownBy(() -> imagen.generate(
                            ImageRequest.of("a").with("upsampler16", Sampling.OWN.withNoiseLevel(1000))))
                    .hasMessage("expected a noise level of 0 to 999, got 1000");
            Stage large = imagen.superResolutions().get(0);
            assertThatThrownBy(() -> large.withNoiseLevel(1000))
                    .hasMessage("expected a noise level of 0 to 999, got 1000");
            assertThatThrownBy(() -> Stage.base(large.network(), large.scheduler()))
                    .hasMessageContaining("expected an image_noising_scheduler of super-resolution");
            Tensor text = Tensor.zeros(1, 2, 16);
            assertThatThrownBy(() -> imagen.base()
                            .enlarge(Tensor.zeros(1, 3, 4, 4), text, text, Sampling.OWN, Seed.of(0), Progress.NONE))
                    .hasMessageContaining("expected a stage of super-resolution to enlarge, got the base");
        }
        Path headless = temporary.resolve("cascade");
        Files.delete(headless.resolve("upsampler_16/image_noising_scheduler/scheduler_config.json"));
        assertThatThrownBy(() -> Imagen.load(headless))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("scheduler_config.json");
    }

    @Test
    void stagesOfAnotherTextWidthAreRefused() throws IOException {
        try (Imagen imagen = Imagen.load(Golden.path("tiny-if"), DType.FLOAT32);
                ImagenUNet other = ImagenUNet.load(ModelFolder.open(Golden.path("deepfloyd-1")), DType.FLOAT32)) {
            Stage stage = Stage.base(other, imagen.base().scheduler());
            assertThatThrownBy(() -> new Imagen("mixed", imagen.text(), stage, List.of()))
                    .hasMessage("expected stages that read the text encoder's width, 16, got one that reads 12;"
                            + " choose stages of one model");
        }
    }
}
