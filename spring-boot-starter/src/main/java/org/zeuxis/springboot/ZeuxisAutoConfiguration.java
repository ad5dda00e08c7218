package org.zeuxis.springboot;

import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.zeuxis.springai.ZeuxisChatModel;
import org.zeuxis.springai.ZeuxisEmbeddingModel;
import org.zeuxis.springai.ZeuxisImageModel;

/**
 * A model that draws and one that embeds, and, if it is named, one that speaks of pictures; each opened when it is first used, and
 * closed with the context. Where several of Spring AI's providers meet, {@code spring.ai.model.image}, {@code .embedding} and
 * {@code .chat} choose one; ours is {@code zeuxis}.
 */
@AutoConfiguration
@ConditionalOnClass(ZeuxisImageModel.class)
@EnableConfigurationProperties({ZeuxisImageProperties.class, ZeuxisEmbeddingProperties.class, ZeuxisChatProperties.class
})
public final class ZeuxisAutoConfiguration {
    private static final String ZEUXIS = "zeuxis";

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = SpringAIModelProperties.IMAGE_MODEL, havingValue = ZEUXIS, matchIfMissing = true)
    ZeuxisImageModel zeuxisImageModel(ZeuxisImageProperties properties) {
        return ZeuxisImageModel.of(properties.model(), properties.options());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = SpringAIModelProperties.EMBEDDING_MODEL, havingValue = ZEUXIS, matchIfMissing = true)
    ZeuxisEmbeddingModel zeuxisEmbeddingModel(ZeuxisEmbeddingProperties properties) {
        return ZeuxisEmbeddingModel.of(properties.model());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = SpringAIModelProperties.CHAT_MODEL, havingValue = ZEUXIS, matchIfMissing = true)
    @ConditionalOnProperty("spring.ai.zeuxis.chat.model")
    ZeuxisChatModel zeuxisChatModel(ZeuxisChatProperties properties) {
        return ZeuxisChatModel.of(properties.model(), properties.options());
    }
}
