package org.zeuxis.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.image.Image;

class ImageRequestTest {
    private static final ImageRequest CAT = ImageRequest.of("a cat");

    private static Image image(int width, int height) {
        return new Image(width, height, 3, new byte[width * height * 3]);
    }

    @Test
    void whatIsNotSaidIsUpToTheModel() {
        Sampling own = new Sampling(20, 5, "ddim");
        assertThat(CAT.sampling().or(own)).isEqualTo(own);
        assertThat(CAT.withSteps(7).sampling().or(own)).isEqualTo(new Sampling(7, 5, "ddim"));
        assertThat(CAT.withGuidance(0).withSampler("lms").sampling().or(own)).isEqualTo(new Sampling(20, 0, "lms"));
        assertThat(CAT.sampling("prior")).isEqualTo(Sampling.OWN);
    }

    @Test
    void eachStageHasItsOwnSampling() {
        Sampling prior = Sampling.OWN.withSteps(25);
        ImageRequest request = CAT.withSteps(7).with("prior", prior);
        assertThat(request.sampling()).isEqualTo(Sampling.OWN.withSteps(7));
        assertThat(request.sampling("prior")).isEqualTo(prior);
        assertThat(request.with("prior", Sampling.OWN)).isEqualTo(CAT.withSteps(7));
        assertThatCode(() -> request.expectStages("prior", "upsampler")).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request.expectStages("decoder", "upsampler"))
                .withMessage("expected a stage of decoder, upsampler, got sampling for 'prior'");
        assertThatIllegalArgumentException()
                .isThrownBy(request::expectStages)
                .withMessage("expected no stage but the main one, as the model has no other, got sampling for 'prior'");
        assertThatCode(() -> CAT.withSteps(7).expectStages()).doesNotThrowAnyException();
    }

    @Test
    void aNoiseLevelIsRefusedUnlessStagesNoise() {
        ImageRequest request = CAT.with("upsampler", Sampling.OWN.withNoiseLevel(30));
        assertThat(request.sampling("upsampler").or(new Sampling(7, 1, "ddim")).noiseLevel())
                .hasValue(30);
        assertThatCode(() -> request.expectNoisingStages("upsampler")).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request.expectStages("upsampler"))
                .withMessage("expected no noise level, as this model noises no picture that it enlarges, got 30;"
                        + " leave it out");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampling.OWN.withNoiseLevel(-1))
                .withMessage("expected a noise level of at least 0, got -1");
    }

    @Test
    void keepsItsStagesWhateverBecomesOfTheMap() {
        Map<String, Sampling> stages = new java.util.HashMap<>(Map.of("prior", new Sampling(1, 1, "ddim")));
        ImageRequest request = new ImageRequest("a cat", "", 0, stages, 0, 0, 1, null, 0, null, Safety.OFF);
        stages.clear();
        assertThat(request.stages()).containsOnlyKeys("prior");
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> CAT.withSteps(0)).hasMessage("expected at least 1 step, got 0; 20 is usual");
        assertThatThrownBy(() -> CAT.withGuidance(-1))
                .hasMessage("expected a guidance of at least 0, got -1.0; 4 to 8 is usual");
        assertThatThrownBy(() -> CAT.withGuidance(Double.NaN)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> CAT.withGuidance(Double.POSITIVE_INFINITY)).hasMessageContaining("got Infinity");
        assertThatThrownBy(() -> CAT.withSize(64, -1)).hasMessage("expected a size such as 64x64, got 64x-1");
        assertThatThrownBy(() -> CAT.withCount(0)).hasMessage("expected a count of at least 1 picture, got 0");
    }

    @Test
    void layersThatAreLeftOutAreKeptOrRefused() {
        ImageRequest skipping = CAT.withClipSkip(1);
        assertThat(skipping.withSeed(3)
                        .withPrompt("b")
                        .withSize(1, 1)
                        .withCount(2)
                        .clipSkip())
                .isEqualTo(1);
        assertThatCode(CAT::expectNoClipSkip).doesNotThrowAnyException();
        assertThatThrownBy(skipping::expectNoClipSkip)
                .hasMessage("expected no CLIP skip, as this model does not read its prompt by the last layers of a CLIP"
                        + " alone, got 1; leave it out");
        assertThatThrownBy(() -> CAT.withClipSkip(-1))
                .hasMessage("expected a CLIP skip of at least 0, got -1; 1 is usual");
    }

    @Test
    void safetyIsKeptOrRefused() {
        ImageRequest judged = CAT.withSafety(Safety.BLANK);
        assertThat(judged.withSeed(3)
                        .withSize(1, 1)
                        .withCount(2)
                        .withClipSkip(1)
                        .safety())
                .isEqualTo(Safety.BLANK);
        assertThatCode(CAT::expectNoSafety).doesNotThrowAnyException();
        assertThatThrownBy(judged::expectNoSafety)
                .hasMessage(
                        "expected safety off, as this model has no safety checker, got blank; leave it out, or name a"
                                + " Stable Diffusion's folder that holds one");
    }

    @Test
    void aSourceIsAPictureWithAStrengthAndPerhapsAMask() {
        assertThatThrownBy(() -> CAT.from(image(4, 3), -0.1))
                .hasMessage("expected a strength of 0 to 1, got -0.1; 0.5 to 0.8 is usual");
        assertThatThrownBy(() -> CAT.from(image(4, 3), 1.01)).hasMessageContaining("got 1.01");
        assertThatThrownBy(() -> CAT.from(image(4, 3), Double.NaN)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> CAT.from(image(4, 3), 0.5).mask(image(3, 4)))
                .hasMessage("expected a mask of the picture's size, 4x3, got one of 3x4");
        assertThatThrownBy(() -> CAT.mask(image(4, 3)))
                .hasMessage("expected a picture before the mask of what to redraw in it, got none;"
                        + " call from(image, strength) first");
        Image mask = image(4, 3);
        assertThat(CAT.from(image(4, 3), 1).mask(mask).withSeed(3).source())
                .satisfies(source -> assertThat(source.mask()).isSameAs(mask));
    }

    /** As {@code get_timesteps} of diffusers counts: int(steps · strength) are taken. */
    @ParameterizedTest
    @CsvSource({"20, 1, 0", "20, 0.8, 4", "20, 0.79, 5", "10, 0.7, 3", "50, 0.3, 35", "3, 0.34, 2", "100, 0.29, 72"})
    void theStrengthSaysHowManyStepsAreTaken(int steps, double strength, int first) {
        assertThat(new Source(image(1, 1), strength, null).firstStep(steps)).isEqualTo(first);
    }

    @Test
    void aStrengthThatTakesNoStepIsRefused() {
        assertThatThrownBy(() -> new Source(image(1, 1), 0.04, null).firstStep(20))
                .hasMessage("expected a strength of at least 1/20, to take one of 20 steps, got 0.04");
    }

    @Test
    void textIsAskedAboutPictures() {
        Image image = image(1, 1);
        assertThat(TextRequest.describe(image)).isEqualTo(new TextRequest(List.of(image), "", 64));
        assertThatThrownBy(() -> new TextRequest(List.of(), "what is it?", 9))
                .hasMessage("expected at least 1 picture to speak of, got none");
        assertThatThrownBy(() -> new TextRequest(List.of(image), "what is it?", 0))
                .hasMessage("expected room for at least 1 token, got 0; 64 is usual");
    }
}
