package org.zeuxis.models.imagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.Image;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Against diffusers' pipelines of DeepFloyd that begin with a picture. */
class ImagenRedrawingTest {
    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"img2img", "inpainting", "img2img_super_resolution", "inpainting_super_resolution"})
    void thePictureIsThatOfDiffusers(String pipeline) throws IOException {
        boolean larger = pipeline.endsWith("super_resolution");
        try (Golden golden = Golden.open("pipeline-if-redrawing.safetensors");
                Imagen base = Imagen.load(Golden.path("tiny-if"), DType.FLOAT32);
                Stage second = ImagenFolder.superResolution(
                        ModelFolder.open(Golden.path("tiny-if-super-resolution")), DType.FLOAT32);
                Scope scope = new Scope()) {
            JsonNode asked = new ObjectMapper()
                    .readTree(golden.metadata().get("requests"))
                    .path(pipeline);
            Tensor x0 = golden.tensor(larger ? "in.large" : "in.picture");
            Tensor mask = golden.tensor(larger ? "in.large_mask" : "in.mask");
            Original original =
                    new Original(x0, asked.path("strength").asDouble(), pipeline.startsWith("in") ? mask : null);
            Sampling sampling = new Sampling(
                    asked.path("steps").asInt(), asked.path("guidance").asDouble(), "");
            Seed seed = Seed.of(asked.path("seed").asLong());
            Tensor text = golden.tensor("in.text");
            Tensor none = golden.tensor("in.none");
            Tensor drawn = larger
                    ? second.withNoiseLevel(asked.path("noise_level").asInt())
                            .enlarge(golden.tensor("in.picture"), original, text, none, sampling, seed, Progress.NONE)
                    : base.base().redraw(original, text, none, sampling, seed, Progress.NONE);
            golden.check("out." + pipeline, drawn, 1e-4);
        }
    }

    @Test
    void thePictureAtNamedTimestepsIsThatOfDiffusers() throws IOException {
        try (Golden golden = Golden.open("pipeline-if-redrawing.safetensors");
                Imagen imagen = Imagen.load(Golden.path("tiny-if"), DType.FLOAT32);
                Scope scope = new Scope()) {
            Sampling named = Sampling.OWN.withGuidance(2).withSampler("smart27");
            Tensor drawn = imagen.base()
                    .draw(golden.tensor("in.text"), golden.tensor("in.none"), named, Seed.of(8), Progress.NONE);
            golden.check("out.smart27", drawn, 1e-4);
            ImageRequest request = ImageRequest.of("a corgi").withSampler("fast27");
            assertThat(imagen.generate(request).get(0).request().sampling().steps())
                    .hasValue(27);
            assertThatThrownBy(() -> imagen.generate(request.withSteps(30)))
                    .hasMessage("expected 27 steps beside fast27, which has so many, got 30; leave them out");
            assertThatThrownBy(() -> imagen.generate(request.withSampler("fast28")))
                    .hasMessageContaining("fast28");
        }
    }

    @Test
    void whatIsKeptStaysThroughTheWholeCascade() throws IOException {
        Path folder = FolderCopy.of(Golden.path("tiny-if"), temporary.resolve("cascade"));
        FolderCopy.of(Golden.path("tiny-if-super-resolution"), folder.resolve("upsampler_16"));
        byte[] gray = new byte[16 * 16 * 3];
        java.util.Arrays.fill(gray, (byte) 100);
        byte[] below = new byte[16 * 16 * 3];
        java.util.Arrays.fill(below, below.length / 2, below.length, (byte) 255);
        Image picture = new Image(16, 16, 3, gray);
        try (Imagen imagen = Imagen.load(folder, DType.FLOAT32)) {
            ImageRequest request = ImageRequest.of("a corgi")
                    .withSteps(4)
                    .with("upsampler16", new Sampling(4, 2, ""))
                    .from(picture, 0.8);
            Image again = imagen.generate(request).get(0).image();
            assertThat(again.samples()).isNotEqualTo(gray);
            Image edited = imagen.generate(request.mask(new Image(16, 16, 3, below)))
                    .get(0)
                    .image();
            for (int y = 0; y < 8; y++) assertThat(edited.sample(3, y, 1)).isEqualTo(100);
            assertThat(edited.samples()).isNotEqualTo(gray);
            assertThat(imagen.generate(request.withoutSource()).get(0).image().samples())
                    .isNotEqualTo(again.samples());
        }
    }
}
