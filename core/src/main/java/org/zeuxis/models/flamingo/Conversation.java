package org.zeuxis.models.flamingo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.zeuxis.image.Image;
import org.zeuxis.image.Video;
import org.zeuxis.models.lm.Choice;

/**
 * A dialogue about pictures: each question is asked after all that was asked and answered before, in the words of the model's
 * {@link Dialect}. When the context is full the oldest turns are left out, of which the pictures stay.
 *
 * <p>For one thread at a time; the model stays open, and others may use it.
 */
public final class Conversation {
    private record Turn(Prompt shown, String question, String answer) {}

    private static final Prompt NOTHING = Prompt.showing(List.of());

    private final FlamingoFolder model;
    private final int tokens;
    private final List<Turn> turns = new ArrayList<>();
    private Prompt shown = NOTHING; // since the last answer
    private int leftOut;

    /**
     * @param tokens how long an answer may get
     * @throws IllegalArgumentException if there is no room for a word
     */
    public Conversation(FlamingoFolder model, int tokens) {
        if (tokens < 1) throw new IllegalArgumentException("expected room for at least 1 token, got " + tokens);
        this.model = model;
        this.tokens = tokens;
    }

    /** Shows a picture, of which the next question is asked. */
    public void show(Image picture) {
        show(Video.of(picture));
    }

    /** Shows a video: give as many frames as {@link FlamingoFolder#frames} or fewer. */
    public void show(Video video) {
        shown = shown.then(model.shown(List.of(video)));
    }

    /** Whether anything was shown yet. */
    public boolean sees() {
        return !shown.media().isEmpty()
                || turns.stream().anyMatch(turn -> !turn.shown.media().isEmpty());
    }

    /**
     * Asks, and remembers the question and the answer; of an answer that is cancelled, what was told of it.
     *
     * @param question empty to have what was shown described
     * @param words told each piece of the answer as it is written; cancels by throwing
     * @return the answer
     * @throws IllegalArgumentException if nothing was shown yet, or the question does not even fit alone; it is forgotten then
     * @throws CancellationException after the word in which the thread is interrupted
     */
    public String ask(String question, Consumer<String> words) {
        int out = withoutRoom(question);
        StringBuilder said = new StringBuilder();
        try {
            model.write(from(out, question), tokens, List.of(), Choice.GREEDY, word -> {
                String next = said.length() == 0 ? word.stripLeading() : word;
                if (next.isEmpty()) return;
                said.append(next);
                words.accept(next);
            });
        } catch (CancellationException e) {
            if (said.length() > 0) remember(question, said.toString(), out);
            throw e;
        }
        remember(question, said.toString(), out);
        return said.toString().strip();
    }

    private void remember(String question, String answer, int out) {
        // a mark that the model spells itself shows nothing
        turns.add(new Turn(shown, question, answer.replace(Prompt.MARK, "")));
        shown = NOTHING;
        leftOut = out;
    }

    /** What the model is given with a question. */
    Prompt prompt(String question) {
        return from(withoutRoom(question), question);
    }

    /** How many turns are left out so that there is room for an answer, or for a quarter of the context. */
    private int withoutRoom(String question) {
        int most = model.context() - Math.min(tokens, model.context() / 4);
        int out = 0;
        while (out < turns.size() && model.length(from(out, question)) > most) out++;
        return out;
    }

    private Prompt from(int first, String question) {
        Prompt before = NOTHING;
        for (Turn turn : turns.subList(0, first)) before = before.then(turn.shown);
        Prompt all = Prompt.of("", List.of());
        for (Turn turn : turns.subList(first, turns.size())) {
            all = all.then(model.dialect().answered(before.then(turn.shown), turn.question, turn.answer));
            before = NOTHING;
        }
        return all.then(model.dialect().asking(before.then(shown), question));
    }

    /** How many of the oldest turns had no room in the context with the last question. */
    public int leftOut() {
        return leftOut;
    }

    /** Begins anew: nothing was shown, nothing said. */
    public void forget() {
        turns.clear();
        shown = NOTHING;
        leftOut = 0;
    }
}
