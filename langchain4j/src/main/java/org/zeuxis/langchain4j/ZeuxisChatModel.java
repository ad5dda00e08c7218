package org.zeuxis.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.zeuxis.hub.Models;
import org.zeuxis.hub.SharedModel;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.FlamingoFolder.Written;
import org.zeuxis.models.flamingo.dialogue.Dialogue;
import org.zeuxis.models.lm.Choice;

/**
 * Speaks of pictures: an IDEFICS or an OpenFlamingo. Each dialogue shows at least one; pictures come as base64 or data URIs, and no
 * URL is fetched.
 *
 * <p>For any number of threads, of which one is answered at a time. The weights are read when the first question is asked. Tools,
 * JSON as the answer's form, and penalties are refused.
 */
public final class ZeuxisChatModel implements ChatModel, AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SharedModel<FlamingoFolder> model;
    private final ChatRequestParameters usual;
    private final OptionalLong seed;

    private ZeuxisChatModel(SharedModel<FlamingoFolder> model, ChatRequestParameters usual, OptionalLong seed) {
        this.model = model;
        this.usual = usual;
        this.seed = seed;
    }

    /** Of {@code flamingo}, which needs {@code zeuxis-pictograms-flamingo} on the class path, unless another is named. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return usual;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        expectHonoured(request);
        Dialogue dialogue = Dialogue.of(Messages.utterances(request.messages()));
        Choice choice =
                Choice.asked(request.temperature(), request.topK(), request.topP(), seed.orElseGet(RANDOM::nextLong));
        Integer most = request.maxOutputTokens();
        int tokens = most == null ? Builder.TOKENS : most;
        List<String> stops = request.stopSequences() == null ? List.of() : request.stopSequences();
        Written written = model.use(
                flamingo -> flamingo.written(dialogue.prompt(flamingo.dialect()), tokens, stops, choice, word -> {}));
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(written.text()))
                .modelName(model.name())
                .tokenUsage(new TokenUsage(written.read(), written.tokens()))
                .finishReason(written.whole() ? FinishReason.STOP : FinishReason.LENGTH)
                .build();
    }

    private void expectHonoured(ChatRequest request) {
        model.expectNamed(request.modelName());
        expectNone("frequency penalty", request.frequencyPenalty());
        expectNone("presence penalty", request.presencePenalty());
        if (!request.toolSpecifications().isEmpty()) {
            throw refused("no tools", request.toolSpecifications().get(0).name());
        }
        if (request.toolChoice() != null)
            throw refused("no tool choice", request.toolChoice().name());
        if (request.responseFormat() != null && request.responseFormat().type() != ResponseFormatType.TEXT) {
            throw refused(
                    "text as the response format",
                    request.responseFormat().type().name());
        }
    }

    private static void expectNone(String name, @Nullable Double penalty) {
        if (penalty != null && penalty != 0) throw refused("no " + name, penalty.toString());
    }

    private static UnsupportedFeatureException refused(String expected, String got) {
        return new UnsupportedFeatureException("expected " + expected + ", got " + got + "; leave it out");
    }

    /** Gives the memory of the weights back, unless the model was given. */
    @Override
    public void close() {
        model.close();
    }

    /** How answers are written unless a request says otherwise: the likeliest words, 64 tokens of them at most. */
    public static final class Builder {
        private static final int TOKENS = 64;

        private final DefaultChatRequestParameters.Builder<?> usual =
                ChatRequestParameters.builder().maxOutputTokens(TOKENS);
        private SharedModel<FlamingoFolder> model = SharedModel.named(Models.FLAMINGO, FlamingoFolder.class);
        private OptionalLong seed = OptionalLong.empty();

        private Builder() {}

        /** A folder, or {@code organization/name} of the hub, which is downloaded when it is first used. */
        public Builder model(String name) {
            model = SharedModel.named(name, FlamingoFolder.class);
            return this;
        }

        /** A model that is open, which whoever opened it closes. */
        public Builder model(FlamingoFolder open) {
            model = SharedModel.of(open.name(), open);
            return this;
        }

        public Builder maxOutputTokens(int number) {
            usual.maxOutputTokens(number);
            return this;
        }

        /** Above 0, words are drawn by chance. */
        public Builder temperature(double number) {
            usual.temperature(number);
            return this;
        }

        public Builder topK(int number) {
            usual.topK(number);
            return this;
        }

        public Builder topP(double share) {
            usual.topP(share);
            return this;
        }

        /** Texts before which an answer ends. */
        public Builder stopSequences(List<String> texts) {
            usual.stopSequences(texts);
            return this;
        }

        /** What chance begins with; the same seed and dialogue give the same answer. */
        public Builder seed(long number) {
            seed = OptionalLong.of(number);
            return this;
        }

        /** The model, of which no weights are read yet. */
        public ZeuxisChatModel build() {
            return new ZeuxisChatModel(model, usual.build(), seed);
        }
    }
}
