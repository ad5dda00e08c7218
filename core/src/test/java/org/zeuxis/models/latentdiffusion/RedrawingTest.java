package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Source;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;

/** Pictures drawn from a picture, and where a mask is white, as diffusers' pipelines draw them with the same folder. */
class RedrawingTest {
    private static final String FILE = "pipeline-redrawing.safetensors";
    private static final ImageRequest REQUEST = ImageRequest.of("a red bird on a small tree")
            .withNegative("a blue cube")
            .withSteps(10)
            .withGuidance(5);
    private static final Map<String, String> NAMES = Map.of(
            "DDIM", "ddim",
            "PNDM", "pndm",
            "EulerDiscrete", "euler",
            "EulerAncestralDiscrete", "euler-ancestral",
            "DPMSolverMultistep", "dpm++2m",
            "UniPCMultistep", "unipc");

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    static Stream<Arguments> cases() throws IOException {
        return Golden.cases(FILE);
    }

    private static LatentDiffusion model() throws IOException {
        return LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32);
    }

    private static Image picture() {
        return Golden.picture(FILE, "in.picture", 32, 24);
    }

    private static Image mask() {
        return Golden.picture(FILE, "in.mask", 32, 24);
    }

    private static Image drawn(ImageRequest request) throws IOException {
        try (LatentDiffusion model = model()) {
            return model.generate(request).get(0).image();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void drawnWithinOneLevel(String name, JsonNode one) throws IOException {
        ImageRequest request = REQUEST.withSeed(one.get("seed").asLong())
                .withSampler(NAMES.get(one.get("scheduler").asText()))
                .from(picture(), one.get("strength").asDouble());
        Image image = drawn(one.get("masked").asBoolean() ? request.mask(mask()) : request);
        try (Golden golden = Golden.open(FILE)) {
            golden.checkWithinOneLevel("out." + name + ".pixels", image);
        }
    }

    @Test
    void theSourceGivesTheSizeUnlessAnotherIsAskedFor() throws IOException {
        ImageRequest request = REQUEST.withSteps(2).from(picture(), 0.5);
        try (LatentDiffusion model = model()) {
            GeneratedImage own = model.generate(request).get(0);
            assertThat(own.image().width()).isEqualTo(32);
            assertThat(own.request().width()).isEqualTo(32);
            assertThat(own.request().height()).isEqualTo(24);
            Image larger =
                    model.generate(request.mask(mask()).withSize(48, 32)).get(0).image();
            assertThat(larger.width()).isEqualTo(48);
            assertThat(larger.height()).isEqualTo(32);
            Image odd = new Image(33, 24, 3, new byte[33 * 24 * 3]);
            assertThatThrownBy(() -> model.generate(request.from(odd, 0.5)))
                    .hasMessageContaining(
                            "expected width and height in multiples of 4 pixels, got 33x24; nearest: 32x24");
        }
    }

    @Test
    void aStrengthThatTakesNoStepIsRefused() {
        assertThatThrownBy(() -> drawn(REQUEST.from(picture(), 0.05)))
                .hasMessage("expected a strength of at least 1/10, to take one of 10 steps, got 0.05");
    }

    @Test
    void transparencyOfThePictureIsWhiteAndOfTheMaskIsKept() throws IOException {
        byte[] clear = new byte[32 * 24 * 4];
        byte[] white = new byte[32 * 24 * 3];
        java.util.Arrays.fill(white, (byte) 255);
        ImageRequest request = REQUEST.withSteps(2);
        Image opaque = new Image(32, 24, 3, white);
        Image through = new Image(32, 24, 4, clear);
        byte[] expected = drawn(request.from(opaque, 0.5)).samples();
        assertThat(drawn(request.from(through, 0.5)).samples()).isEqualTo(expected);
        Image black = new Image(32, 24, 3, new byte[32 * 24 * 3]);
        byte[] kept = drawn(request.from(picture(), 0.5).mask(black)).samples();
        assertThat(drawn(request.from(picture(), 0.5).mask(through)).samples()).isEqualTo(kept);
    }

    @Test
    void sameRequestSameBytesAndTheRequestKeepsItsSource() throws IOException {
        ImageRequest request = REQUEST.withSteps(3).from(picture(), 0.7).mask(mask());
        try (LatentDiffusion model = model()) {
            GeneratedImage once = model.generate(request).get(0);
            assertThat(model.generate(once.request()).get(0).image().samples())
                    .isEqualTo(once.image().samples());
            Source source = once.request().source();
            assertThat(source).isEqualTo(request.source());
        }
    }
}
