package org.zeuxis.models.lm;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.zeuxis.text.language.LanguageTokenizer;

/**
 * What a language model writes, told in words as it comes, until it says something at which it is to stop. What may yet become that, or
 * is no whole character yet, is kept back.
 */
public final class Telling implements IntPredicate {
    private final LanguageTokenizer tokenizer;
    private final List<String> stops;
    private final int end;
    private final Consumer<String> words;
    private final List<Integer> tokens = new ArrayList<>();
    private String text = "";
    private int told;
    private boolean whole;

    /**
     * @param stops texts before which the writing ends
     * @param end the token at which it ends; less than 0 for none
     * @param words told each piece
     */
    public Telling(LanguageTokenizer tokenizer, List<String> stops, int end, Consumer<String> words) {
        this.tokenizer = tokenizer;
        this.stops = List.copyOf(stops);
        this.end = end;
        this.words = words;
    }

    /**
     * Told the next token.
     *
     * @return whether the writing goes on
     * @throws CancellationException if the thread is interrupted
     */
    @Override
    public boolean test(int token) {
        if (Thread.interrupted()) throw new CancellationException("stopped while writing");
        whole = token == end || saysStop(token);
        return !whole;
    }

    private boolean saysStop(int token) {
        tokens.add(token);
        int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        text = tokenizer.decode(ids);
        int stop = firstStop();
        if (stop >= 0) text = text.substring(0, stop);
        tell(stop >= 0 ? text.length() : certain(tokenizer.decodeWhole(ids)));
        return stop >= 0;
    }

    private int firstStop() {
        return stops.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    /** How much of the text no later token can take back. */
    private int certain(String whole) {
        for (int from = 0; from < whole.length(); from++) {
            String rest = whole.substring(from);
            if (stops.stream().anyMatch(stop -> stop.startsWith(rest))) return from;
        }
        return whole.length();
    }

    private void tell(int end) {
        if (end <= told) return;
        words.accept(text.substring(told, end));
        told = end;
    }

    /** Whether the text came to its end, rather than break off. */
    public boolean whole() {
        return whole;
    }

    /** The whole text, of which the rest is told now. */
    public String end() {
        tell(text.length());
        return text;
    }
}
