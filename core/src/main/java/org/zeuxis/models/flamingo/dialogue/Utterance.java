package org.zeuxis.models.flamingo.dialogue;

import java.util.List;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Prompt;

/**
 * What somebody says in a dialogue.
 *
 * @param pictures shown before the words; the user's alone
 */
public record Utterance(Speaker speaker, String text, List<Image> pictures) {
    /** Who speaks. */
    public enum Speaker {
        /** Says before all else how to answer. */
        SYSTEM,
        /** Asks. */
        USER,
        /** Answered before. */
        MODEL
    }

    /** @throws IllegalArgumentException if words would show a picture, or another than the user does */
    public Utterance {
        pictures = List.copyOf(pictures);
        // a mark that the model spelt itself shows nothing
        if (speaker == Speaker.MODEL) text = text.replace(Prompt.MARK, "");
        if (text.contains(Prompt.MARK)) {
            throw new IllegalArgumentException(
                    "expected no " + Prompt.MARK + " in a text, got one; show the picture itself");
        }
        if (!pictures.isEmpty() && speaker != Speaker.USER) {
            throw new IllegalArgumentException("expected pictures of the user alone, got one of the " + speaker);
        }
    }

    /** Of the user. */
    public static Utterance user(String text, List<Image> pictures) {
        return new Utterance(Speaker.USER, text, pictures);
    }

    /** In words alone. */
    public static Utterance of(Speaker speaker, String text) {
        return new Utterance(speaker, text, List.of());
    }
}
