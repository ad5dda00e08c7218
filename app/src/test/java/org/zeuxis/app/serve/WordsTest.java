package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.flamingo.Conversation;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.tensor.DType;

/** Embeddings, classification and chat, asked for by OpenAI's own client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class WordsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SPEAKER = CommandRun.GOLDEN.resolve("tiny-idefics-resampled");
    private static final Image RED = filled(200, 30, 30);
    private static final Image BLUE = filled(30, 30, 200);

    private RunningServer server;
    private OpenAIClient client;

    private static Image filled(int red, int green, int blue) {
        byte[] samples = new byte[3 * 32 * 32];
        for (int i = 0; i < samples.length; i += 3) {
            samples[i] = (byte) red;
            samples[i + 1] = (byte) green;
            samples[i + 2] = (byte) blue;
        }
        return new Image(32, 32, 3, samples);
    }

    private static String uri(Image image) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(ImageFile.png(image, PngText.NONE));
    }

    @BeforeAll
    void start(@TempDir Path results) throws Exception {
        server = RunningServer.start(
                results, "--model", "pictograms", "--model", SPEAKER.toString(), "--dtype", "float32");
        client = server.client();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void textsAndPicturesAreEmbeddedAsTheModelDoes() throws Exception {
        CreateEmbeddingResponse response = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("pictograms")
                        .inputOfArrayOfStrings(List.of("a red apple", uri(RED), "a bus"))
                        .build());
        assertThat(response.usage().promptTokens()).isPositive();
        try (ClipFolder clip = ClipFolder.pictograms(DType.FLOAT32)) {
            float[] texts = clip.embedTexts(List.of("a red apple", "a bus")).toFloats();
            float[] picture = clip.embedImages(List.of(RED)).toFloats();
            int width = picture.length;
            for (int i = 0; i < width; i++) {
                assertThat(response.data().get(0).embedding().get(i)).isCloseTo(texts[i], within(1e-6f));
                assertThat(response.data().get(1).embedding().get(i)).isCloseTo(picture[i], within(1e-6f));
                assertThat(response.data().get(2).embedding().get(i)).isCloseTo(texts[width + i], within(1e-6f));
            }
            assertThat(response.data().get(0).embedding()).hasSize(width);
            HttpResponse<String> floats =
                    server.post("/v1/embeddings", "{\"model\":\"pictograms\",\"input\":\"a red apple\"}");
            JsonNode first = JSON.readTree(floats.body()).path("data").path(0).path("embedding");
            assertThat(first.get(0).floatValue()).isCloseTo(texts[0], within(1e-6f));
        }
    }

    @Test
    void whatCannotBeEmbeddedIsRefused() throws Exception {
        EmbeddingCreateParams.Builder request =
                EmbeddingCreateParams.builder().model("pictograms").input("a bus");
        assertThatThrownBy(
                        () -> client.embeddings().create(request.dimensions(3).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class, e -> assertThat(e.param()).contains("dimensions"))
                .hasMessageContaining("dimensions, as pictograms has them, got 3; leave it out");
        assertRefused("/v1/embeddings", "{\"input\":\"" + "a b ".repeat(100) + "\"}", "tokens, which pictograms reads");
        assertRefused("/v1/embeddings", "{\"input\":\"\"}", "expected texts of 1 to 32000 characters, got one of 0");
        assertRefused("/v1/embeddings", "{\"input\":[]}", "expected 1 to 2048 inputs, got 0");
        assertRefused("/v1/embeddings", "{\"input\":\"data:image/png;base64,!\"}", "input: expected");
        assertRefused(
                "/v1/embeddings",
                "{\"input\":\"a\",\"model\":\"" + SPEAKER + "\"}",
                "expected a CLIP of transformers, open_clip or OpenAI");
    }

    private void assertRefused(String path, String body, String words) throws Exception {
        HttpResponse<String> refused = server.post(path, body);
        assertThat(refused.statusCode()).as(body).isEqualTo(400);
        assertThat(JSON.readTree(refused.body()).path("error").path("message").asText())
                .contains(words);
    }

    @Test
    void picturesAreClassified() throws Exception {
        HttpResponse<String> response = server.post(
                "/v1/zeuxis/classify",
                "{\"labels\":[\"a red square\",\"a blue square\"],\"images\":[\"" + uri(RED) + "\",\"" + uri(BLUE)
                        + "\"]}");
        JsonNode data = JSON.readTree(response.body()).path("data");
        assertThat(data).hasSize(2);
        for (JsonNode each : data) {
            assertThat(each.path("labels")).hasSize(2);
            double sum = 0;
            for (JsonNode label : each.path("labels"))
                sum += label.path("probability").asDouble();
            assertThat(sum).isCloseTo(1, within(1e-4));
        }
        assertThat(data.get(0).path("labels").get(0).path("label").asText()).isEqualTo("a red square");
        assertRefused("/v1/zeuxis/classify", "{\"labels\":[],\"images\":[]}", "expected 1 to 1000 labels, got 0");
        assertRefused("/v1/zeuxis/classify", "{\"labels\":[\"a\"],\"images\":[]}", "expected 1 to 64 pictures, got 0");
        assertRefused(
                "/v1/zeuxis/classify",
                "{\"labels\":[\" \"],\"images\":[]}",
                "expected labels of 1 to 1000 characters, got another");
        assertRefused(
                "/v1/zeuxis/classify",
                "{\"labels\":[\"a\"],\"images\":[\"http://127.0.0.1/x.png\"]}",
                "expected a picture as data:image/png;base64,…, got http://127.0.0.1/x.png, which is not fetched; send"
                        + " the picture itself");
    }

    private static ChatCompletionCreateParams.Builder asking(String question, Image... pictures) {
        List<ChatCompletionContentPart> parts = new ArrayList<>();
        for (Image each : pictures) {
            parts.add(ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                    .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                            .url(uri(each))
                            .build())
                    .build()));
        }
        parts.add(ChatCompletionContentPart.ofText(
                ChatCompletionContentPartText.builder().text(question).build()));
        return ChatCompletionCreateParams.builder()
                .model(SPEAKER.toString())
                .maxCompletionTokens(6)
                .addUserMessageOfArrayOfContentParts(parts);
    }

    private static String text(ChatCompletion completion) {
        return completion.choices().get(0).message().content().orElse("");
    }

    @Test
    void whatIsAnsweredIsWhatTheModelSaysWithAllBeforeInMind() throws Exception {
        try (FlamingoFolder model = FlamingoFolder.load(SPEAKER, DType.FLOAT32)) {
            Conversation conversation = new Conversation(model, 6);
            conversation.show(RED);
            String first = conversation.ask("what?", word -> {});
            String second = conversation.ask("and now?", word -> {});
            ChatCompletion one =
                    client.chat().completions().create(asking("what?", RED).build());
            assertThat(text(one)).isEqualTo(first);
            assertThat(one.usage().orElseThrow().completionTokens()).isPositive();
            ChatCompletion two = client.chat()
                    .completions()
                    .create(asking("what?", RED)
                            .addAssistantMessage(first)
                            .addUserMessage("and now?")
                            .build());
            assertThat(text(two)).isEqualTo(second);
            StringBuilder streamed = new StringBuilder();
            try (StreamResponse<ChatCompletionChunk> chunks = client.chat()
                    .completions()
                    .createStreaming(asking("what?", RED).build())) {
                chunks.stream()
                        .forEach(chunk -> chunk.choices()
                                .forEach(choice -> choice.delta().content().ifPresent(streamed::append)));
            }
            assertThat(streamed.toString().strip()).isEqualTo(first);
        }
    }

    @Test
    void whatCannotBeAnsweredIsRefused() throws Exception {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(asking("what?", RED).n(2).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("expected n to be 1");
        assertThatThrownBy(
                        () -> client.chat().completions().create(asking("what?").build()))
                .hasMessageContaining(
                        "expected at least 1 picture to speak of, got none; show one before the question");
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(asking("what?", RED).model("pictograms").build()))
                .hasMessageContaining("pictograms");
        String chat = "/v1/chat/completions";
        assertRefused(
                chat, "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]}", "expected a question before");
        assertRefused(chat, "{\"messages\":[]}", "expected the user's question as the last message, got none");
        assertRefused(
                chat, "{\"messages\":[{\"role\":\"user\",\"content\":\"<image>\"}]}", "expected no <image> in a text");
        assertRefused(chat, "{\"messages\":[],\"max_tokens\":0}", "expected 1 to 4096 tokens, got 0");
        assertRefused(chat, "{\"messages\":[],\"tools\":[]}", "tools");
        assertRefused(
                chat,
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x.org/a.png\"}}]}]}",
                "which is not fetched");
        assertRefused(
                chat,
                "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\""
                        + uri(RED) + "\"}}]}]}",
                "expected pictures of the user alone, got one of the role system");
        assertRefused(
                chat,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "a".repeat(100_001) + "\"}]}",
                "expected at most 100000 characters, got 100001");
    }

    /** As data, and as addresses, of which none is looked at once there are too many. */
    @Test
    void aChatShowsSoManyPicturesAndNoMore() throws Exception {
        String chat = "/v1/chat/completions";
        HttpResponse<String> most = server.post(chat, showing(64, uri(RED)));
        assertThat(most.body()).doesNotContain("pictures in all messages");
        String refusal = "expected at most 64 pictures in all messages, got more; leave some out";
        HttpResponse<String> more = server.post(chat, showing(65, uri(RED)));
        assertThat(more.statusCode()).isEqualTo(400);
        JsonNode error = JSON.readTree(more.body()).path("error");
        assertThat(error.path("message").asText()).isEqualTo(refusal);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("param").asText()).isEqualTo("messages");
        String address = "https://x.org/a.png";
        assertRefused(chat, showing(64, uri(RED)).replaceAll("]}]}$", part(address) + "]}]}"), refusal);
    }

    /** Two messages with so many pictures between them. */
    private static String showing(int pictures, String uri) {
        String two = part(uri) + part(uri);
        return "{\"max_tokens\":1,\"model\":\"" + SPEAKER
                + "\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"what?\"}"
                + two
                + "]},{\"role\":\"assistant\",\"content\":\"it\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"and?\"}"
                + part(uri).repeat(pictures - 2) + "]}]}";
    }

    private static String part(String uri) {
        return ",{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + uri + "\"}}";
    }
}
