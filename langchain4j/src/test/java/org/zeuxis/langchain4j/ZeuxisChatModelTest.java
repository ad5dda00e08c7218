package org.zeuxis.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.EncodedPicture;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.FlamingoFolder.Written;
import org.zeuxis.models.flamingo.Prompt;
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
        model = ZeuxisChatModel.builder().model(core).maxOutputTokens(6).build();
    }

    @AfterAll
    void close() {
        model.close();
        core.close();
    }

    private static ImageContent shown() {
        return ImageContent.from(EncodedPicture.png(PICTURE, PngText.NONE), "image/png");
    }

    private static UserMessage question() {
        return UserMessage.from(shown(), TextContent.from("what?"));
    }

    private Written said(Prompt prompt, Choice choice) {
        return core.written(prompt, 6, List.of(), choice, word -> {});
    }

    @Test
    void aPictureIsSpokenOf() {
        ChatResponse response = model.chat(question());
        Written expected = said(core.dialect().asking(List.of(PICTURE), "what?"), Choice.GREEDY);
        assertThat(response.aiMessage().text()).isEqualTo(expected.text()).isNotEmpty();
        assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(expected.read());
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(expected.tokens());
        assertThat(response.finishReason()).isEqualTo(expected.whole() ? FinishReason.STOP : FinishReason.LENGTH);
    }

    @Test
    void aDialogueIsRememberedByTheCaller() {
        ChatResponse response = model.chat(
                SystemMessage.from("Be brief."), question(), AiMessage.from("red"), UserMessage.from("why?"));
        Prompt expected = Prompt.of("Be brief.\n", List.of())
                .then(core.dialect().answered(Prompt.of("<image>", List.of(PICTURE)), "what?", "red"))
                .then(core.dialect().asking(List.of(), "why?"));
        assertThat(response.aiMessage().text())
                .isEqualTo(said(expected, Choice.GREEDY).text());
    }

    @Test
    void wordsMayBeDrawnByChance() {
        try (ZeuxisChatModel chance = ZeuxisChatModel.builder()
                .model(core)
                .maxOutputTokens(6)
                .temperature(2)
                .topK(50)
                .topP(0.9)
                .seed(3)
                .build()) {
            Written expected = said(core.dialect().asking(List.of(PICTURE), "what?"), Choice.drawn(2, 50, 0.9, 3));
            assertThat(chance.chat(question()).aiMessage().text()).isEqualTo(expected.text());
        }
    }

    @Test
    void stopsEndAnAnswer() {
        String whole = model.chat(question()).aiMessage().text();
        String stop = whole.substring(1, 2);
        ChatResponse cut = model.chat(ChatRequest.builder()
                .messages(question())
                .stopSequences(List.of(stop))
                .build());
        assertThat(cut.aiMessage().text())
                .isEqualTo(whole.substring(0, whole.indexOf(stop)).strip());
        assertThat(cut.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void whatCannotBeHonouredIsRefused() {
        ToolSpecification tool = ToolSpecification.builder().name("clock").build();
        refused("expected no tools, got clock; leave it out", it -> it.toolSpecifications(tool));
        refused("expected no tool choice, got NONE; leave it out", it -> it.toolChoice(ToolChoice.NONE));
        refused(
                "expected text as the response format, got JSON; leave it out",
                it -> it.responseFormat(ResponseFormat.JSON));
        refused("expected no frequency penalty, got 0.5; leave it out", it -> it.frequencyPenalty(0.5));
        refused("expected no presence penalty, got 0.5; leave it out", it -> it.presencePenalty(0.5));
        refused("expected the model " + core.name() + ", got gpt-4o; leave it out", it -> it.modelName("gpt-4o"));
    }

    private void refused(String message, Consumer<ChatRequest.Builder> setting) {
        ChatRequest.Builder request = ChatRequest.builder().messages(question());
        setting.accept(request);
        assertThatThrownBy(() -> model.chat(request.build())).hasMessage(message);
    }

    @Test
    void whatCannotBeSaidIsRefused() {
        refused(
                "expected texts and pictures, got content of the type AUDIO; leave it out",
                UserMessage.from(AudioContent.from("AAAA", "audio/wav")));
        refused(
                "expected detail AUTO, as every picture is seen at the model's one size, got HIGH; leave it out",
                UserMessage.from(ImageContent.from(
                        EncodedPicture.png(PICTURE, PngText.NONE), "image/png", ImageContent.DetailLevel.HIGH)));
        refused(
                "expected a picture in base64 or as data:image/png;base64,…, got https://example.org/a.png,"
                        + " which is not fetched; give the picture itself",
                UserMessage.from(ImageContent.from("https://example.org/a.png")));
        refused(
                "expected answers in words, got one that asks for tools; leave it out",
                AiMessage.from(ToolExecutionRequest.builder().name("clock").build()));
        refused(
                "expected messages of the system, the user and the model, got one of the type TOOL_EXECUTION_RESULT;"
                        + " leave it out",
                ToolExecutionResultMessage.from("1", "clock", "noon"));
        refused(
                "expected at least 1 picture to speak of, got none; show one before the question",
                UserMessage.from("hello"));
        try (ZeuxisChatModel unnamed = ZeuxisChatModel.builder().build()) {
            assertThatThrownBy(() -> unnamed.chat(question()))
                    .hasMessageContaining("expected the folder /org/zeuxis/pictograms/flamingo on the class path");
        }
    }

    private void refused(String message, ChatMessage said) {
        assertThatThrownBy(() -> model.chat(said)).hasMessage(message);
    }
}
