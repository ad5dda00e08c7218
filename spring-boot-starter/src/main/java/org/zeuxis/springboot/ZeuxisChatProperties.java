package org.zeuxis.springboot;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.zeuxis.springai.ZeuxisChatOptions;

/**
 * How questions about pictures are answered unless a prompt says otherwise.
 *
 * @param model Folder of an IDEFICS or OpenFlamingo, organization/name of the hub, or flamingo, which ships; without one there is no chat model.
 * @param maxTokens How long an answer may get.
 * @param stopSequences Texts before which an answer ends.
 * @param temperature Above 0, words are drawn by chance.
 * @param topK Among how many of the likeliest words.
 * @param topP Among the fewest words that have this share of the probability together.
 * @param seed What chance begins with.
 */
@ConfigurationProperties("spring.ai.zeuxis.chat")
public record ZeuxisChatProperties(
        @DefaultValue("") String model,
        @Nullable Integer maxTokens,
        @Nullable List<String> stopSequences,
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Long seed) {
    ZeuxisChatOptions options() {
        return new ZeuxisChatOptions(null, maxTokens, stopSequences, temperature, topK, topP, seed);
    }
}
