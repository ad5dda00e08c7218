package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.SecondPass;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;

/** A picture that is drawn small, enlarged and drawn again. */
class SecondPassTest {
    private static final ImageRequest REQUEST =
            ImageRequest.of("a red bird").withSteps(4).withSize(32, 24).withSeed(3);

    private final LatentDiffusion model = open();

    private static LatentDiffusion open() {
        try {
            return LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    private GeneratedImage drawn(ImageRequest request) {
        return model.generate(request).get(0);
    }

    @Test
    void isWhatOneDrawsByHandInTwo() {
        Image small = drawn(REQUEST).image();
        Image byHand = drawn(REQUEST.from(small, 0.5).withSize(64, 48)).image();
        GeneratedImage whole = drawn(REQUEST.withSecondPass(new SecondPass(2)));
        assertThat(whole.image().samples()).isEqualTo(byHand.samples());
        assertThat(List.of(whole.image().width(), whole.image().height())).isEqualTo(List.of(64, 48));
    }

    @Test
    void mayHaveStepsAndASamplerOfItsOwn() {
        Image small = drawn(REQUEST).image();
        Image byHand = drawn(
                        REQUEST.from(small, 0.75).withSize(52, 40).withSteps(8).withSampler("ddim"))
                .image();
        ImageRequest request = REQUEST.withSecondPass(new SecondPass(1.6, 0.75))
                .with(SecondPass.STAGE, REQUEST.sampling().withSteps(8).withSampler("ddim"));
        List<String> told = new ArrayList<>();
        Image image = model.generate(request, event -> {
                    Image preview = event.preview().get().orElseThrow();
                    told.add(event.stage() + " " + event.step() + "/" + event.steps() + " " + preview.width());
                })
                .get(0)
                .image();
        assertThat(image.samples()).isEqualTo(byHand.samples());
        assertThat(told)
                .startsWith("first 1/4 32", "first 2/4 32")
                .endsWith("second 6/6 52")
                .hasSize(10);
    }

    @Test
    void isCarriedByThePicture() throws IOException {
        GeneratedImage whole = drawn(REQUEST.withSecondPass(new SecondPass(2, 0.25)));
        String json = RequestJson.of(whole.request(), "m", DType.FLOAT32).text();
        ImageRequest again = RequestJson.parse("again", json).request();
        assertThat(again).isEqualTo(whole.request());
        assertThat(drawn(again).image().samples()).isEqualTo(whole.image().samples());
        assertThat(whole.text().entries().values()).anyMatch(text -> text.contains("Hires upscale: 2.0"));
        assertThatThrownBy(() -> RequestJson.parse("again", json.replace("\"scale\":2.0", "\"scale\":0.5")))
                .hasMessage("again: expected a second pass at a scale above 1 and at most 8, got 0.5; 2 is usual");
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThatThrownBy(() -> new SecondPass(Double.NaN))
                .hasMessageContaining("a scale above 1 and at most 8, got NaN");
        assertThatThrownBy(() -> new SecondPass(2, 0))
                .hasMessage(
                        "expected a second pass with a strength above 0 and at most 1, got 0.0; 0.3 to 0.6 is usual");
        assertThatThrownBy(() -> drawn(REQUEST.withSecondPass(new SecondPass(2, 0.1))))
                .hasMessageContaining("expected a strength of at least 1/4");
        Image black = new Image(32, 24, 3, new byte[32 * 24 * 3]);
        ImageRequest masked = REQUEST.from(black, 0.5).mask(black);
        assertThatThrownBy(() -> drawn(masked.withSecondPass(new SecondPass(2))))
                .hasMessage(
                        "expected no mask with a second pass, which redraws the whole picture, got one; leave out either");
        assertThatThrownBy(() -> drawn(REQUEST.with(SecondPass.STAGE, REQUEST.sampling())))
                .hasMessageContaining("expected no stage but the main one");
        assertThatThrownBy(() -> REQUEST.withSecondPass(new SecondPass(2)).expectNoSecondPass())
                .hasMessage(
                        "expected no second pass, as this model enlarges by stages of its own, got one; leave it out");
    }
}
