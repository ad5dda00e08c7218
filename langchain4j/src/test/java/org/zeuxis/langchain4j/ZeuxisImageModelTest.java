package org.zeuxis.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.output.Response;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.zeuxis.image.codec.EncodedPicture;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;

/** With the model that ships, beside what {@code core} draws by the same request. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ZeuxisImageModelTest {
    private static final org.zeuxis.image.Image GREY = filled(128, 3);

    private LatentDiffusion core;
    private ZeuxisImageModel model;

    @BeforeAll
    void open() throws IOException {
        core = LatentDiffusion.pictograms();
        model = ZeuxisImageModel.builder()
                .model(core)
                .seed(5)
                .steps(2)
                .guidance(3)
                .sampler("euler")
                .size(32, 64)
                .negativePrompt("grey")
                .build();
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

    private static org.zeuxis.image.Image filled(int value, int channels) {
        byte[] samples = new byte[32 * 64 * channels];
        Arrays.fill(samples, (byte) value);
        return new org.zeuxis.image.Image(32, 64, channels, samples);
    }

    private static Image sent(org.zeuxis.image.Image picture) {
        return Image.builder()
                .base64Data(EncodedPicture.png(picture, PngText.NONE))
                .mimeType("image/png")
                .build();
    }

    private static String png(GeneratedImage picture) {
        return EncodedPicture.png(picture.image(), picture.text());
    }

    @Test
    void allThatIsSaidIsDrawn() {
        Response<Image> response = model.generate("a red apple");
        GeneratedImage expected = core.generate(request("a red apple")).get(0);
        assertThat(response.content().base64Data()).isEqualTo(png(expected));
        assertThat(response.content().mimeType()).isEqualTo("image/png");
        assertThat(response.metadata())
                .containsEntry("model", core.name())
                .containsEntry("seeds", List.of(5L))
                .containsEntry("cut", "");
    }

    @Test
    void severalHaveConsecutiveSeeds() {
        Response<List<Image>> response = model.generate("a car", 2);
        assertThat(response.metadata()).containsEntry("seeds", List.of(5L, 6L));
        assertThat(response.content().get(1).base64Data())
                .isEqualTo(png(core.generate(request("a car").withSeed(6)).get(0)));
    }

    @Test
    void withoutASeedEachIsAnother() {
        try (ZeuxisImageModel chance =
                ZeuxisImageModel.builder().model(core).steps(1).build()) {
            assertThat(chance.generate("a car").metadata().get("seeds"))
                    .isNotEqualTo(chance.generate("a car").metadata().get("seeds"));
        }
    }

    @Test
    void aPictureIsDrawnAgain() {
        Image edited = model.edit(sent(GREY), "a car").content();
        assertThat(edited.base64Data())
                .isEqualTo(png(core.generate(request("a car").from(GREY, 0.75)).get(0)));
    }

    @Test
    void aPartOfAPictureIsDrawnAgain() {
        org.zeuxis.image.Image mask = filled(255, 4);
        for (int i = 0; i < mask.samples().length / 2; i++) mask.samples()[i] = 0;
        Image edited = model.edit(sent(GREY), sent(mask), "a car").content();
        org.zeuxis.image.Image white = filled(0, 3);
        for (int i = 0; i < white.samples().length / 2; i++) white.samples()[i] = -1;
        GeneratedImage expected =
                core.generate(request("a car").from(GREY, 1).mask(white)).get(0);
        assertThat(edited.base64Data()).isEqualTo(png(expected));
    }

    @Test
    void howMuchIsDrawnAgainMayBeSaid() {
        try (ZeuxisImageModel gentle = ZeuxisImageModel.builder()
                .model(core)
                .seed(2)
                .steps(2)
                .strength(0.5)
                .build()) {
            ImageRequest same =
                    ImageRequest.of("a car").withSeed(2).withSteps(2).from(GREY, 0.5);
            assertThat(gentle.edit(sent(GREY), "a car").content().base64Data())
                    .isEqualTo(png(core.generate(same).get(0)));
        }
    }

    @Test
    void whatCannotBeHonouredIsRefused() {
        Image elsewhere =
                Image.builder().url(URI.create("https://example.org/a.png")).build();
        assertThatThrownBy(() -> model.edit(elsewhere, "a car"))
                .hasMessageContaining("got https://example.org/a.png, which is not fetched");
        assertThatThrownBy(() -> model.edit(Image.builder().build(), "a car"))
                .hasMessage("expected a picture in base64, got one without data");
        assertThatThrownBy(() -> model.generate("a car", 0)).hasMessageContaining("at least 1 picture, got 0");
        try (ZeuxisImageModel other =
                ZeuxisImageModel.builder().model("nowhere").build()) {
            assertThatThrownBy(() -> other.generate("a car"))
                    .hasMessageContaining("got nowhere, which is none of these");
        }
    }

    @Test
    void manyThreadsShareIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(() -> model.generate("a dog").content().base64Data()));
            }
            String alone = png(core.generate(request("a dog")).get(0));
            for (Future<String> each : all) assertThat(each.get()).isEqualTo(alone);
        } finally {
            threads.shutdownNow();
        }
    }
}
