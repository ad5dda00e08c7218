package org.zeuxis.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.content.Media;
import org.springframework.ai.image.ImageGeneration;
import org.springframework.ai.image.ImageMessage;
import org.springframework.ai.image.ImageOptions;
import org.springframework.ai.image.ImageOptionsBuilder;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.util.MimeTypeUtils;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.EncodedPicture;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;

/** With the model that ships, beside what {@code core} draws by the same request. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ZeuxisImageModelTest {
    private static final Image GREY = filled(128, 3);

    private LatentDiffusion core;
    private ZeuxisImageModel model;

    @BeforeAll
    void open() throws IOException {
        core = LatentDiffusion.pictograms();
        model = ZeuxisImageModel.of(
                core,
                ZeuxisImageOptions.builder()
                        .seed(5L)
                        .steps(2)
                        .guidance(3.0)
                        .sampler("euler")
                        .width(32)
                        .height(64)
                        .negativePrompt("grey")
                        .strength(0.5)
                        .build());
    }

    @AfterAll
    void close() {
        model.close();
        core.close();
    }

    private static ImageRequest request(String prompt) {
        return ImageRequest.of(prompt)
                .withSeed(5)
                .withSteps(2)
                .withGuidance(3)
                .withSampler("euler")
                .withSize(32, 64)
                .withNegative("grey");
    }

    private static Image filled(int value, int channels) {
        byte[] samples = new byte[32 * 64 * channels];
        Arrays.fill(samples, (byte) value);
        return new Image(32, 64, channels, samples);
    }

    private static Media sent(Image picture) {
        return Media.builder()
                .mimeType(MimeTypeUtils.IMAGE_PNG)
                .data(ImageFile.png(picture, PngText.NONE))
                .build();
    }

    private static ImageMessage message(Media... media) {
        return new ImageMessage("a car", null, List.of(media), Map.of());
    }

    private static String png(GeneratedImage picture) {
        return EncodedPicture.png(picture.image(), picture.text());
    }

    private String drawn(ImageMessage message) {
        return model.call(new ImagePrompt(List.of(message)))
                .getResult()
                .getOutput()
                .getB64Json();
    }

    @Test
    void allThatIsSaidIsDrawn() {
        ImageGeneration drawn = model.call(new ImagePrompt("a red apple")).getResult();
        assertThat(drawn.getOutput().getB64Json())
                .isEqualTo(png(core.generate(request("a red apple")).get(0)));
        assertThat(drawn.getMetadata()).isEqualTo(new DrawnPicture(5, ""));
    }

    @Test
    void aPromptHasTheLastWord() {
        ImageOptions options = ImageOptionsBuilder.builder()
                .model(core.name())
                .n(2)
                .width(64)
                .height(32)
                .responseFormat("b64_json")
                .build();
        List<ImageGeneration> both =
                model.call(new ImagePrompt("a car", options)).getResults();
        assertThat(both).hasSize(2);
        GeneratedImage second =
                core.generate(request("a car").withSize(64, 32).withSeed(6)).get(0);
        assertThat(both.get(1).getOutput().getB64Json()).isEqualTo(png(second));
        ImageOptions own =
                ZeuxisImageOptions.builder().seed(9L).negativePrompt("").build();
        assertThat(model.call(new ImagePrompt("a car", own))
                        .getResult()
                        .getOutput()
                        .getB64Json())
                .isEqualTo(png(core.generate(request("a car").withSeed(9).withNegative(""))
                        .get(0)));
    }

    @Test
    void withoutASeedEachIsAnother() {
        try (ZeuxisImageModel chance =
                ZeuxisImageModel.of(core, ZeuxisImageOptions.builder().steps(1).build())) {
            assertThat(chance.call(new ImagePrompt("a car")).getResult().getMetadata())
                    .isNotEqualTo(
                            chance.call(new ImagePrompt("a car")).getResult().getMetadata());
        }
    }

    @Test
    void aPictureOfTheMessageIsDrawnAgain() {
        assertThat(drawn(message(sent(GREY))))
                .isEqualTo(png(core.generate(request("a car").from(GREY, 0.5)).get(0)));
        Image mask = filled(0, 3);
        for (int i = 0; i < mask.samples().length / 2; i++) mask.samples()[i] = -1;
        assertThat(drawn(message(sent(GREY), sent(mask))))
                .isEqualTo(png(core.generate(request("a car").from(GREY, 0.5).mask(mask))
                        .get(0)));
    }

    @Test
    void whatCannotBeHonouredIsRefused() {
        refused("expected no style, got vivid; say it in the prompt", portable().style("vivid"));
        refused(
                "expected the response format b64_json, got url; leave it out",
                portable().responseFormat("url"));
        refused(
                "expected the model " + core.name() + ", got dall-e-3; leave it out",
                portable().model("dall-e-3"));
        assertThatThrownBy(() -> model.call(new ImagePrompt(
                        "a car", ZeuxisImageOptions.builder().strength(0.5).build())))
                .hasMessage("expected a picture in the message, as there is a strength, got none");
        assertThatThrownBy(() -> new ZeuxisImageOptions(null, null, 64, null, null, null, null, null, null, null)
                        .request("a car"))
                .hasMessage("expected width and height, or neither, got width 64 and height null; say both");
        refused(
                "expected one message, got 2; what a picture does not show is the option negativePrompt",
                message(),
                message());
        refused(
                "expected a message without weight, got -1.0; write (words:1.3) in the prompt",
                new ImageMessage("a car", -1f));
        refused("expected a picture and a mask at most, got 3 media", message(sent(GREY), sent(GREY), sent(GREY)));
        refused(
                "expected a picture in base64 or as data:image/png;base64,…, got https://example.org/a.png,"
                        + " which is not fetched; give the picture itself",
                message(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("https://example.org/a.png"))));
        refused(
                "expected pictures, got media of the type text/plain",
                message(new Media(MimeTypeUtils.TEXT_PLAIN, URI.create("data:text/plain;base64,AAAA"))));
    }

    private static ImageOptionsBuilder portable() {
        return ImageOptionsBuilder.builder();
    }

    private void refused(String message, ImageOptionsBuilder options) {
        assertThatThrownBy(() -> model.call(new ImagePrompt("a car", options.build())))
                .hasMessage(message);
    }

    private void refused(String message, ImageMessage... messages) {
        assertThatThrownBy(() -> model.call(new ImagePrompt(List.of(messages)))).hasMessage(message);
    }
}
