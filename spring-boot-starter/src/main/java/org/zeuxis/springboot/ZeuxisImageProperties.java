package org.zeuxis.springboot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.zeuxis.springai.ZeuxisImageOptions;

/**
 * How pictures are drawn unless a prompt says otherwise.
 *
 * @param model Name, folder or file of a Stable Diffusion, a DALL·E 2 or an Imagen, or organization/name of the hub.
 * @param n How many pictures of each prompt.
 * @param width Of the pictures, in pixels; the model's own if it is not set.
 * @param height Of the pictures, in pixels; the model's own if it is not set.
 * @param seed Of the first picture; drawn by chance if it is not set.
 * @param steps Of the sampler; the model's own if it is not set.
 * @param guidance How much closer to the prompt than the model would go by itself.
 * @param sampler Its name, such as dpm++2m-karras; the model's own if it is not set.
 * @param negativePrompt What the pictures do not show.
 * @param strength How much of a picture is redrawn that a message brings, 0 to 1.
 */
@ConfigurationProperties("spring.ai.zeuxis.image")
public record ZeuxisImageProperties(
        @DefaultValue("pictograms") String model,
        @Nullable Integer n,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Long seed,
        @Nullable Integer steps,
        @Nullable Double guidance,
        @Nullable String sampler,
        @Nullable String negativePrompt,
        @Nullable Double strength) {
    ZeuxisImageOptions options() {
        return new ZeuxisImageOptions(null, n, width, height, seed, steps, guidance, sampler, negativePrompt, strength);
    }
}
