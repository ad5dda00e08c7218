package org.zeuxis.models;

import java.util.List;
import org.zeuxis.image.Image;

/**
 * What text about pictures is wanted.
 *
 * @param images what it is about, at least one
 * @param question what it answers; empty to describe them
 * @param tokens how long it may get
 */
public record TextRequest(List<Image> images, String question, int tokens) {
    private static final int USUAL = 64;

    /** @throws IllegalArgumentException if there is no picture, or no room for a word */
    public TextRequest {
        images = List.copyOf(images);
        if (images.isEmpty()) throw new IllegalArgumentException("expected at least 1 picture to speak of, got none");
        if (tokens < 1) {
            throw new IllegalArgumentException(
                    "expected room for at least 1 token, got " + tokens + "; " + USUAL + " is usual");
        }
    }

    /** To describe a picture. */
    public static TextRequest describe(Image image) {
        return ask(image, "");
    }

    public static TextRequest ask(Image image, String question) {
        return new TextRequest(List.of(image), question, USUAL);
    }
}
