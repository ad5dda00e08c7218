package org.zeuxis.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeTypeUtils;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.FlamingoFolder.Written;
import org.zeuxis.models.lm.Choice;

/** With a tiny Flamingo of random weights, beside what {@code core} has it say. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ZeuxisChatModelTest {
    private static final Path FOLDER = Path.of("../core/src/test/resources/golden/tiny-idefics-resampled");
    private static final Image PICTURE = new Image(4, 4, 3, new byte[48]);

    private FlamingoFolder core;
    private ZeuxisChatModel model;

    @BeforeAll
    void open() throws IOException {
        core = Models.standard().open(FOLDER.toString(), FlamingoFolder.class);
        model = ZeuxisChatModel.of(
                core, ZeuxisChatOptions.builder().maxTokens(6).build());
    }

    @AfterAll
    void close() {
        model.close();
        core.close();
    }

    private static UserMessage question() {
        Media media = Media.builder()
                .mimeType(MimeTypeUtils.IMAGE_PNG)
                .data(ImageFile.png(PICTURE, PngText.NONE))
                .build();
        return UserMessage.builder().text("what?").media(media).build();
    }

    private Written said(int tokens, Choice choice) {
        return core.written(core.dialect().asking(List.of(PICTURE), "what?"), tokens, List.of(), choice, word -> {});
    }

    private static String text(ChatResponse response) {
        return response.getResult().getOutput().getText();
    }

    @Test
    void aPictureIsSpokenOf() {
        ChatResponse response = model.call(new Prompt(question()));
        Written expected = said(6, Choice.GREEDY);
        assertThat(text(response)).isEqualTo(expected.text()).isNotEmpty();
        assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(expected.read());
        assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(expected.tokens());
        assertThat(response.getResult().getMetadata().getFinishReason())
                .isEqualTo(expected.whole() ? "STOP" : "LENGTH");
    }

    @Test
    void aDialogueIsRememberedByTheCaller() {
        String answer = text(model.call(new Prompt(
                new SystemMessage("Be brief."), question(), new AssistantMessage("red"), new UserMessage("why?"))));
        assertThat(answer).isNotEqualTo(said(6, Choice.GREEDY).text());
    }

    @Test
    void aPromptHasTheLastWord() {
        ChatOptions portable =
                ChatOptions.builder().maxTokens(2).model(core.name()).build();
        assertThat(text(model.call(new Prompt(question(), portable))))
                .isEqualTo(said(2, Choice.GREEDY).text());
        ChatOptions own = ZeuxisChatOptions.builder()
                .temperature(2.0)
                .topK(50)
                .topP(0.9)
                .seed(3L)
                .build();
        assertThat(text(model.call(new Prompt(question(), own))))
                .isEqualTo(said(6, Choice.drawn(2, 50, 0.9, 3)).text());
        String stop = said(6, Choice.GREEDY).text().substring(1, 2);
        ChatOptions stops = ChatOptions.builder().stopSequences(List.of(stop)).build();
        assertThat(text(model.call(new Prompt(question(), stops)))).doesNotContain(stop);
    }

    @Test
    void optionsAreMutatedWhole() {
        ZeuxisChatOptions all = ZeuxisChatOptions.builder()
                .model("a")
                .maxTokens(1)
                .stopSequences(List.of("b"))
                .temperature(0.5)
                .topK(2)
                .topP(0.9)
                .seed(3L)
                .build();
        assertThat(all.mutate().build()).isEqualTo(all);
        assertThat(model.getOptions().mutate().combineWith(all.mutate()).build())
                .isEqualTo(all);
    }

    @Test
    void anAnswerIsStreamedAsItIsWritten() {
        List<ChatResponse> all =
                model.stream(new Prompt(question())).collectList().block();
        assertThat(all).isNotNull().hasSizeGreaterThan(1);
        String told = all.stream().map(ZeuxisChatModelTest::text).collect(Collectors.joining());
        assertThat(told.strip()).isEqualTo(said(6, Choice.GREEDY).text());
        assertThat(all.get(all.size() - 1).getMetadata().getUsage().getCompletionTokens())
                .isEqualTo(said(6, Choice.GREEDY).tokens());
        assertThatThrownBy(() -> model.stream(new Prompt("hello")).blockLast())
                .hasMessageContaining("expected at least 1 picture to speak of");
    }

    @Test
    void whoGoesAwayEndsTheWriting() {
        ChatOptions endless = ChatOptions.builder().maxTokens(100_000).build();
        assertThat(model.stream(new Prompt(question(), endless)).blockFirst()).isNotNull();
        // the turn is free again
        assertThat(text(model.call(new Prompt(question())))).isNotEmpty();
    }

    @Test
    void whatCannotBeHonouredIsRefused() {
        refused(
                "expected no frequency penalty, got 0.5; leave it out",
                ChatOptions.builder().frequencyPenalty(0.5).build());
        refused(
                "expected no presence penalty, got 0.5; leave it out",
                ChatOptions.builder().presencePenalty(0.5).build());
        refused(
                "expected the model " + core.name() + ", got gpt-4o; leave it out",
                ChatOptions.builder().model("gpt-4o").build());
        assertThatThrownBy(
                        () -> ZeuxisChatOptions.builder().presencePenalty(1.0).build())
                .hasMessage("expected no presence penalty, got 1.0; leave it out");
        refused(
                "expected a picture in base64 or as data:image/png;base64,…, got https://example.org/a.png,"
                        + " which is not fetched; give the picture itself",
                UserMessage.builder()
                        .text("what?")
                        .media(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("https://example.org/a.png")))
                        .build());
        refused(
                "expected answers in words, got one that calls tools; leave it out",
                AssistantMessage.builder()
                        .toolCalls(List.of(new AssistantMessage.ToolCall("1", "function", "clock", "{}")))
                        .build());
        refused(
                "expected messages of the system, the user and the model, got one of the type TOOL; leave it out",
                ToolResponseMessage.builder()
                        .responses(List.of(new ToolResponseMessage.ToolResponse("1", "clock", "noon")))
                        .build());
    }

    private void refused(String message, ChatOptions options) {
        assertThatThrownBy(() -> model.call(new Prompt(question(), options))).hasMessage(message);
    }

    private void refused(String message, Message said) {
        assertThatThrownBy(() -> model.call(new Prompt(said))).hasMessage(message);
    }
}
