package org.zeuxis.models.lm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** A language model writing on, one token after the other, each computed once; several texts at once, if asked. */
public final class Generation {
    private Generation() {}

    /**
     * What is to be written on.
     *
     * @param prompt token numbers, at least one
     * @param most how many tokens are written at most
     * @param choice asked about this text alone: what is drawn with a seed is the same whichever others are written with it
     * @param told each token as it is written; false ends the text with it
     */
    public record Text(int[] prompt, int most, Choice choice, IntPredicate told) {}

    /**
     * Writes on until the end token or the most tokens.
     *
     * @param prompt token numbers, at least one
     * @param most how many tokens are written at most
     * @param end the token that ends a text; less than 0 for none
     * @param told each token as it is written; false ends the text with it
     * @return what was written, without the prompt, the end token included
     */
    public static int[] write(Decoder model, int[] prompt, int most, int end, Choice choice, IntPredicate told) {
        return write(model, List.of(new Text(prompt, most, choice, told)), end).get(0);
    }

    /**
     * Several texts at once, each as if it were alone, but for the last digit of the scores. Who has ended costs nothing further.
     *
     * @return what was written of each, in their order
     * @throws IllegalArgumentException if a prompt is longer than the model's context
     */
    public static List<int[]> write(Decoder model, List<Text> texts, int end) {
        int[] lengths = lengths(texts);
        try (Reading reading = model.reading(lengths, room(texts), Insertion.NONE)) {
            return write(reading, texts, end);
        }
    }

    /** The same of one into a reading that goes on with the prompt. */
    public static int[] write(Reading reading, int[] prompt, int most, int end, Choice choice, IntPredicate told) {
        return write(reading, List.of(new Text(prompt, most, choice, told)), end)
                .get(0);
    }

    /** The same of several into a reading that goes on with prompts of these lengths. */
    public static List<int[]> write(Reading reading, List<Text> texts, int end) {
        long[] read = Lead.ids(texts.stream().map(Text::prompt).toList());
        int longest = longest(texts);
        List<Draft> all = IntStream.range(0, texts.size())
                .mapToObj(i -> new Draft(texts.get(i), reading.room(i) - longest))
                .toList();
        List<Draft> rows = all;
        try (Gradients off = Gradients.off()) {
            while (rows.stream().anyMatch(draft -> draft.open)) {
                try (Scope step = new Scope()) {
                    Tensor ids = Tensor.of(read, rows.size(), read.length / rows.size());
                    Tensor scores = reading.next(ids).to(DType.FLOAT32);
                    for (int i = 0; i < rows.size(); i++) rows.get(i).goOn(scores.slice(0, i, i + 1), end);
                }
                rows = leaving(reading, rows);
                read = rows.stream().mapToLong(Draft::last).toArray();
            }
        }
        return all.stream().map(Draft::tokens).toList();
    }

    /** Those that are not whole yet; the others leave the reading. */
    private static List<Draft> leaving(Reading reading, List<Draft> rows) {
        long[] open = IntStream.range(0, rows.size())
                .filter(i -> rows.get(i).open)
                .asLongStream()
                .toArray();
        if (open.length > 0 && open.length < rows.size()) reading.branch(open);
        return rows.stream().filter(draft -> draft.open).toList();
    }

    private static int[] lengths(List<Text> texts) {
        return texts.stream().mapToInt(text -> text.prompt.length).toArray();
    }

    private static int longest(List<Text> texts) {
        return texts.stream().mapToInt(text -> text.prompt.length).max().orElse(0);
    }

    /** How many tokens there are at most, of prompts that end at the same place. */
    private static int room(List<Text> texts) {
        int written = texts.stream().mapToInt(Text::most).max().orElse(0);
        return (int) Math.min((long) longest(texts) + Math.max(0, written), Integer.MAX_VALUE);
    }

    /** A text on its way. */
    private static final class Draft {
        private final Text text;
        private final int most;
        private final List<Integer> written = new ArrayList<>();
        private boolean open;

        /** @param room how many tokens the reading has room for */
        Draft(Text text, int room) {
            this.text = text;
            most = Math.min(text.most, room);
            open = most > 0;
        }

        /** @param scores of the next token, [1, vocabulary] */
        void goOn(Tensor scores, int end) {
            if (!open) return;
            int token = (int) text.choice.next(scores, written.size()).toLongs()[0];
            written.add(token);
            open = text.told.test(token) && token != end && written.size() < most;
        }

        int last() {
            return written.get(written.size() - 1);
        }

        int[] tokens() {
            return written.stream().mapToInt(Integer::intValue).toArray();
        }
    }
}
