package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.images.ImageCreateVariationParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** Pictures, asked for by OpenAI's own client, and what it is told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ImagesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KARLO = CommandRun.GOLDEN.resolve("tiny-karlo").toString();

    @TempDir
    private Path folder = Path.of("");

    private RunningServer server;
    private OpenAIClient client;

    @BeforeAll
    void start(@TempDir Path results) throws Exception {
        server = RunningServer.start(results, "--model", "pictograms", "--model", CommandRun.TINY, "--model", KARLO);
        client = server.client();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static ImageGenerateParams.Builder apple() {
        return ImageGenerateParams.builder()
                .prompt("a red apple")
                .model("pictograms")
                .putAdditionalBodyProperty("steps", JsonValue.from(2))
                .putAdditionalBodyProperty("seed", JsonValue.from(7));
    }

    private static byte[] png(ImagesResponse response, int i) {
        return Base64.getDecoder()
                .decode(response.data().orElseThrow().get(i).b64Json().orElseThrow());
    }

    @Test
    void theClientGetsWhatTheCommandLineDraws() throws IOException {
        ImagesResponse response = client.images().generate(apple().n(2).build());
        assertThat(response.data().orElseThrow()).hasSize(2);
        for (int i = 0; i < 2; i++) {
            Path file = folder.resolve("same-" + i + ".png");
            CommandRun run = CommandRun.of(
                    "imagine", "a red apple", "--steps", "2", "--seed", "" + (7 + i), "-o", file.toString());
            assertThat(run.err()).isEmpty();
            assertThat(png(response, i)).isEqualTo(Files.readAllBytes(file));
        }
        assertThat(response.created()).isPositive();
    }

    @Test
    void withoutASeedEachRequestDrawsAnotherPictureAndSaysWhich() throws IOException {
        ImageGenerateParams any = ImageGenerateParams.builder()
                .prompt("a red apple")
                .putAdditionalBodyProperty("steps", JsonValue.from(1))
                .build();
        ImagesResponse first = client.images().generate(any);
        assertThat(png(client.images().generate(any), 0)).isNotEqualTo(png(first, 0));
        long said = ((Number) first.data()
                        .orElseThrow()
                        .get(0)
                        ._additionalProperties()
                        .get("seed")
                        .asNumber()
                        .orElseThrow())
                .longValue();
        String request = PngText.of(png(first, 0), "picture").entries().get(PngText.REQUEST);
        assertThat(JSON.readTree(request).path("seed").asLong()).isEqualTo(said);
    }

    @Test
    void allThatAPictureIsDrawnByIsHeeded() throws IOException {
        ImagesResponse response = client.images()
                .generate(apple().size(ImageGenerateParams.Size.of("32x48"))
                        .user("anna")
                        .quality(ImageGenerateParams.Quality.STANDARD)
                        .putAdditionalBodyProperty("guidance", JsonValue.from(3.5))
                        .putAdditionalBodyProperty("negative_prompt", JsonValue.from("blue"))
                        .putAdditionalBodyProperty("sampler", JsonValue.from("euler"))
                        .build());
        JsonNode carried =
                JSON.readTree(PngText.of(png(response, 0), "picture").entries().get(PngText.REQUEST));
        assertThat(carried.path("negative").asText()).isEqualTo("blue");
        assertThat(carried.path("guidance").asDouble()).isEqualTo(3.5);
        assertThat(carried.path("sampler").asText()).isEqualTo("euler");
        assertThat(carried.path("steps").asInt()).isEqualTo(2);
        assertThat(List.of(carried.path("width").asInt(), carried.path("height").asInt()))
                .containsExactly(32, 48);
    }

    @Test
    void aStreamShowsThePictureWhileItGrows() {
        try (StreamResponse<ImageGenStreamEvent> events = client.images()
                .generateStreaming(apple().partialImages(1)
                        .putAdditionalBodyProperty("steps", JsonValue.from(4))
                        .build())) {
            List<ImageGenStreamEvent> all = events.stream().toList();
            assertThat(all).hasSize(2);
            assertThat(all.get(0).asGenerationPartialImage().b64Json()).isNotEmpty();
            assertThat(all.get(0).asGenerationPartialImage().partialImageIndex())
                    .isZero();
            assertThat(all.get(1).asGenerationCompleted().b64Json()).isNotEmpty();
            assertThat(all.get(1).asGenerationCompleted().usage().totalTokens()).isZero();
        }
    }

    @Test
    void aUrlLeadsToThePicture() throws Exception {
        ImagesResponse response = client.images()
                .generate(apple().responseFormat(ImageGenerateParams.ResponseFormat.URL)
                        .build());
        String url = response.data().orElseThrow().get(0).url().orElseThrow();
        assertThat(url).startsWith(server.address() + "v1/zeuxis/pictures/");
        HttpResponse<String> picture = server.get(url);
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(server.get(url.replace("0.png", "about.json")).statusCode()).isEqualTo(404);
    }

    @Test
    void whatChangesThePictureAndIsNotHonouredIsRefusedByName() {
        refused(apple().style(ImageGenerateParams.Style.VIVID), "style", "style");
        refused(
                apple().quality(ImageGenerateParams.Quality.HD),
                "quality",
                "expected quality to be auto or standard, got hd");
        refused(apple().background(ImageGenerateParams.Background.TRANSPARENT), "background", "transparent");
        refused(apple().outputFormat(ImageGenerateParams.OutputFormat.WEBP), "output_format", "webp");
        refused(apple().n(11), "n", "expected n to be 1 to 10, got 11");
        refused(
                apple().size(ImageGenerateParams.Size._1792X1024),
                "size",
                "1024 pixels of width and height, got 1792x1024");
        refused(apple().size(ImageGenerateParams.Size.of("big")), "size", "64x64");
        refused(apple().prompt(" "), "prompt", "expected a prompt that says what to draw, got an empty one");
        refused(apple().prompt("a".repeat(32_001)), "prompt", "expected at most 32000 characters, got 32001");
        refused(apple().putAdditionalBodyProperty("step", JsonValue.from(2)), "step", "steps");
        refused(apple().putAdditionalBodyProperty("strength", JsonValue.from(1)), "strength", "strength");
        refused(apple().putAdditionalBodyProperty("steps", JsonValue.from("2")), "steps", "steps");
        refused(
                apple().putAdditionalBodyProperty("steps", JsonValue.from(1001)),
                "steps",
                "expected 1 to 1000 steps, got 1001");
        refused(apple().putAdditionalBodyProperty("sampler", JsonValue.from("no")), null, "pictograms: ");
        refused(
                apple().partialImages(1).putAdditionalBodyProperty("safety", JsonValue.from("blank")),
                "partial_images",
                "expected none beside safety blank, as what grows is not judged, got 1");
        assertThatThrownBy(() ->
                        client.images().generate(apple().model("pictogram").build()))
                .isInstanceOfSatisfying(
                        NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"))
                .hasMessageContaining("nearest: pictograms");
    }

    private void refused(ImageGenerateParams.Builder request, String param, String words) {
        assertThatThrownBy(() -> client.images().generate(request.build()))
                .isInstanceOfSatisfying(BadRequestException.class, e -> {
                    assertThat(e.param().orElse(null)).isEqualTo(param);
                    assertThat(e.type()).contains("invalid_request_error");
                })
                .hasMessageContaining(words);
    }

    private Path picture() throws IOException {
        Path file = folder.resolve("source.png");
        byte[] samples = new byte[32 * 32 * 3];
        for (int i = 0; i < samples.length; i += 3) samples[i] = (byte) 200;
        ImageFile.write(file, new Image(32, 32, 3, samples));
        return file;
    }

    /** Transparent in its upper half. */
    private Path mask() throws IOException {
        Path file = folder.resolve("mask.png");
        byte[] samples = new byte[32 * 32 * 4];
        for (int i = 16 * 32; i < 32 * 32; i++) samples[4 * i + 3] = (byte) 255;
        ImageFile.write(file, new Image(32, 32, 4, samples));
        return file;
    }

    private ImageEditParams.Builder edit() throws IOException {
        return ImageEditParams.builder()
                .image(picture())
                .prompt("a blue sky")
                .model("pictograms")
                .putAdditionalBodyProperty("seed", JsonValue.from(3))
                .putAdditionalBodyProperty("steps", JsonValue.from(4));
    }

    @Test
    void anEditRedrawsWhereItsMaskIsTransparent() throws IOException {
        Image source = ImageFile.read(picture());
        Image edited =
                ImageFile.decode(png(client.images().edit(edit().mask(mask()).build()), 0));
        assertThat(List.of(edited.width(), edited.height())).containsExactly(32, 32);
        assertThat(difference(source, edited, 0, 12)).isGreaterThan(difference(source, edited, 20, 32));
        Image whole = ImageFile.decode(png(client.images().edit(edit().build()), 0));
        assertThat(difference(source, whole, 20, 32)).isGreaterThan(difference(source, edited, 20, 32));
        // as the command line does
        Path white = folder.resolve("white.png");
        byte[] samples = new byte[32 * 32 * 3];
        Arrays.fill(samples, 0, 16 * 32 * 3, (byte) 255);
        ImageFile.write(white, new Image(32, 32, 3, samples));
        Path file = folder.resolve("edited.png");
        CommandRun run = CommandRun.of(
                "imagine",
                "a blue sky",
                "--from",
                picture().toString(),
                "--mask",
                white.toString(),
                "--seed",
                "3",
                "--steps",
                "4",
                "-o",
                file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(ImageFile.read(file).samples()).isEqualTo(edited.samples());
    }

    private static double difference(Image a, Image b, int top, int bottom) {
        double sum = 0;
        for (int y = top; y < bottom; y++)
            for (int x = 0; x < 32; x++)
                for (int c = 0; c < 3; c++) sum += Math.abs(a.sample(x, y, c) - b.sample(x, y, c));
        return sum / (bottom - top);
    }

    private ImagesResponse vary(double strength) throws IOException {
        return client.images()
                .createVariation(ImageCreateVariationParams.builder()
                        .image(picture())
                        .model("pictograms")
                        .putAdditionalBodyProperty("steps", JsonValue.from(2))
                        .putAdditionalBodyProperty("seed", JsonValue.from(1))
                        .putAdditionalBodyProperty("strength", JsonValue.from(strength))
                        .build());
    }

    @Test
    void variationsAreDrawnFromThePictureAlone() throws IOException {
        Image near = ImageFile.decode(png(vary(0.5), 0));
        Image far = ImageFile.decode(png(vary(1), 0));
        Image source = ImageFile.read(picture());
        assertThat(difference(source, near, 0, 32)).isLessThan(difference(source, far, 0, 32));
        assertThatThrownBy(() -> vary(1.5)).hasMessageContaining("expected a strength of 0 to 1, got 1.5");
    }

    @Test
    void aModelThatCannotIsNamed() throws IOException {
        Path file = picture();
        assertThatThrownBy(() -> client.images()
                        .createVariation(ImageCreateVariationParams.builder()
                                .image(file)
                                .model(KARLO)
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining(KARLO + ": expected a model with an image encoder to draw from a picture");
    }

    @Test
    void filesThatAreNotAskedForAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        assertThatThrownBy(() -> client.images().edit(edit().image(text).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class, e -> assertThat(e.param()).contains("image"))
                .hasMessageContaining("image: expected");
        assertThatThrownBy(() -> client.images()
                        .edit(edit().putAdditionalBodyProperty("input_fidelity", JsonValue.from("high"))
                                .build()))
                .hasMessageContaining("input_fidelity");
    }

    @Test
    void modelsAreListed() {
        assertThat(client.models().list().data())
                .extracting(m -> m.id())
                .containsExactly("pictograms", CommandRun.TINY, KARLO);
        assertThat(client.models().retrieve("pictograms").ownedBy()).isEqualTo("zeuxis");
    }
}
