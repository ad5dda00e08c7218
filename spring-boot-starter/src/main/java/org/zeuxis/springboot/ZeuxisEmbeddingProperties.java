package org.zeuxis.springboot;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What embeds texts and pictures.
 *
 * @param model Name or folder of a CLIP, or organization/name of the hub.
 */
@ConfigurationProperties("spring.ai.zeuxis.embedding")
public record ZeuxisEmbeddingProperties(
        @DefaultValue("pictograms") String model) {}
