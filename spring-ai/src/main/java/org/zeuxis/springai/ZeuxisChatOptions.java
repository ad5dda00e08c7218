package org.zeuxis.springai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.DefaultChatOptionsBuilder;

/**
 * How an answer is written; what is null is up to the model's own options, and then the likeliest words, 64 tokens of them at most.
 *
 * @param model only the name of the model itself
 * @param temperature above 0, words are drawn by chance
 * @param stopSequences texts before which an answer ends
 * @param seed what chance begins with
 */
public record ZeuxisChatOptions(
        @Nullable String model,
        @Nullable Integer maxTokens,
        @Nullable List<String> stopSequences,
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Long seed)
        implements ChatOptions {
    /** With nothing said. */
    public static final ZeuxisChatOptions NONE = new ZeuxisChatOptions(null, null, null, null, null, null, null);

    public static Builder builder() {
        return new Builder();
    }

    /**
     * What anybody says of answers.
     *
     * @throws IllegalArgumentException if it says what cannot be honoured
     */
    static ZeuxisChatOptions of(@Nullable ChatOptions options) {
        if (options == null) return NONE;
        expectNone("frequency", options.getFrequencyPenalty());
        expectNone("presence", options.getPresencePenalty());
        if (options instanceof ZeuxisChatOptions own) return own;
        return new ZeuxisChatOptions(
                options.getModel(),
                options.getMaxTokens(),
                options.getStopSequences(),
                options.getTemperature(),
                options.getTopK(),
                options.getTopP(),
                null);
    }

    private static void expectNone(String name, @Nullable Double penalty) {
        if (penalty == null || penalty == 0) return;
        throw new IllegalArgumentException("expected no " + name + " penalty, got " + penalty + "; leave it out");
    }

    /** These, and what they leave open as {@code usual} has it. */
    ZeuxisChatOptions or(ZeuxisChatOptions usual) {
        return new ZeuxisChatOptions(
                first(model, usual.model),
                first(maxTokens, usual.maxTokens),
                first(stopSequences, usual.stopSequences),
                first(temperature, usual.temperature),
                first(topK, usual.topK),
                first(topP, usual.topP),
                first(seed, usual.seed));
    }

    private static <T> @Nullable T first(@Nullable T own, @Nullable T usual) {
        return own == null ? usual : own;
    }

    @Override
    public @Nullable String getModel() {
        return model;
    }

    @Override
    public @Nullable Double getFrequencyPenalty() {
        return null;
    }

    @Override
    public @Nullable Integer getMaxTokens() {
        return maxTokens;
    }

    @Override
    public @Nullable Double getPresencePenalty() {
        return null;
    }

    @Override
    public @Nullable List<String> getStopSequences() {
        return stopSequences;
    }

    @Override
    public @Nullable Double getTemperature() {
        return temperature;
    }

    @Override
    public @Nullable Integer getTopK() {
        return topK;
    }

    @Override
    public @Nullable Double getTopP() {
        return topP;
    }

    @Override
    public Builder mutate() {
        return builder()
                .model(model)
                .maxTokens(maxTokens)
                .stopSequences(stopSequences)
                .temperature(temperature)
                .topK(topK)
                .topP(topP)
                .seed(seed);
    }

    /** Of options, all of them open at first. */
    public static final class Builder extends DefaultChatOptionsBuilder<Builder> {
        private @Nullable Long seed;

        private Builder() {}

        public Builder seed(@Nullable Long number) {
            seed = number;
            return this;
        }

        @Override
        public Builder combineWith(ChatOptions.Builder<?> other) {
            super.combineWith(other);
            if (other instanceof Builder own && own.seed != null) seed = own.seed;
            return this;
        }

        /** @throws IllegalArgumentException if a penalty is asked for, which there is none of */
        @Override
        public ZeuxisChatOptions build() {
            expectNone("frequency", frequencyPenalty);
            expectNone("presence", presencePenalty);
            return new ZeuxisChatOptions(model, maxTokens, stopSequences, temperature, topK, topP, seed);
        }
    }
}
