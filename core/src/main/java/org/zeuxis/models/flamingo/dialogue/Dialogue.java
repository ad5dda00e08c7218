package org.zeuxis.models.flamingo.dialogue;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;

/**
 * A dialogue about pictures up to the question that is to be answered, as those hold it who remember it themselves; who does not
 * asks a {@link org.zeuxis.models.flamingo.Conversation}.
 *
 * @param system said before all else; empty for nothing
 */
public record Dialogue(String system, List<Turn> turns) {
    /**
     * Pictures, what is asked of them, and what was answered.
     *
     * @param answer empty of the last one
     */
    public record Turn(List<Image> pictures, String question, String answer) {
        private Prompt shown() {
            return Prompt.of(Prompt.MARK.repeat(pictures.size()), pictures);
        }
    }

    /**
     * Several utterances of the user in a row are one question.
     *
     * @throws IllegalArgumentException unless the user has the last word, every answer has a question, and a picture is shown
     */
    public static Dialogue of(List<Utterance> utterances) {
        StringBuilder system = new StringBuilder();
        List<Turn> turns = new ArrayList<>();
        List<Image> pictures = new ArrayList<>();
        List<String> question = new ArrayList<>();
        for (Utterance each : utterances) {
            switch (each.speaker()) {
                case SYSTEM -> system.append(each.text().strip()).append('\n');
                case USER -> {
                    question.add(each.text());
                    pictures.addAll(each.pictures());
                }
                case MODEL -> {
                    if (question.isEmpty()) {
                        throw new IllegalArgumentException("expected a question before each answer, got none");
                    }
                    turns.add(new Turn(List.copyOf(pictures), String.join("\n", question), each.text()));
                    pictures.clear();
                    question.clear();
                }
            }
        }
        if (question.isEmpty()) {
            throw new IllegalArgumentException("expected the user's question as the last message, got none");
        }
        turns.add(new Turn(List.copyOf(pictures), String.join("\n", question), ""));
        if (turns.stream().allMatch(turn -> turn.pictures().isEmpty())) {
            throw new IllegalArgumentException(
                    "expected at least 1 picture to speak of, got none; show one before the question");
        }
        return new Dialogue(system.toString(), List.copyOf(turns));
    }

    /** All of it in the words of a model. */
    public Prompt prompt(Dialect dialect) {
        Prompt all = Prompt.of(system, List.of());
        for (Turn turn : turns.subList(0, turns.size() - 1)) {
            all = all.then(dialect.answered(turn.shown(), turn.question(), turn.answer()));
        }
        Turn last = turns.get(turns.size() - 1);
        return all.then(dialect.asking(last.shown(), last.question()));
    }
}
