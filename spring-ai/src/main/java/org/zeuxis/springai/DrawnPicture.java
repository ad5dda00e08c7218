package org.zeuxis.springai;

import org.springframework.ai.image.ImageGenerationMetadata;

/**
 * What is told of a picture beside itself.
 *
 * @param seed with which the same request draws it again
 * @param cut what of the prompt was too long to be read; empty if all was read
 */
public record DrawnPicture(long seed, String cut) implements ImageGenerationMetadata {}
