package org.zeuxis.models.flamingo.dialogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.flamingo.dialogue.Utterance.Speaker;

class DialogueTest {
    private static final Image RED = new Image(1, 1, 3, new byte[] {-1, 0, 0});
    private static final Image BLUE = new Image(1, 1, 3, new byte[] {0, 0, -1});

    @Test
    void itIsToldInTheWordsOfTheModel() {
        Dialogue dialogue = Dialogue.of(List.of(
                Utterance.of(Speaker.SYSTEM, "Be brief. "),
                Utterance.user("look", List.of(RED)),
                Utterance.user("what is it?", List.of(BLUE)),
                Utterance.of(Speaker.MODEL, "two <image>colours"),
                Utterance.of(Speaker.USER, "which?")));
        Prompt prompt = dialogue.prompt(Dialect.IDEFICS);
        assertThat(prompt.text())
                .isEqualTo(
                        "Be brief.\nUser:<image><image>look\nwhat is it?\nAssistant: two colours\nUser:which?\nAssistant:");
        assertThat(prompt.media()).containsExactly(List.of(RED), List.of(BLUE));
    }

    @Test
    void whatIsNoDialogueIsRefused() {
        Utterance shown = Utterance.user("what?", List.of(RED));
        Utterance answer = Utterance.of(Speaker.MODEL, "red");
        refused("expected the user's question as the last message, got none", shown, answer);
        refused("expected a question before each answer, got none", answer, shown);
        refused(
                "expected at least 1 picture to speak of, got none; show one before the question",
                Utterance.of(Speaker.USER, "what?"));
        assertThatThrownBy(() -> Utterance.of(Speaker.USER, "an <image>"))
                .hasMessage("expected no <image> in a text, got one; show the picture itself");
        assertThatThrownBy(() -> new Utterance(Speaker.SYSTEM, "", List.of(RED)))
                .hasMessage("expected pictures of the user alone, got one of the SYSTEM");
    }

    private static void refused(String message, Utterance... utterances) {
        assertThatThrownBy(() -> Dialogue.of(List.of(utterances))).hasMessage(message);
    }
}
