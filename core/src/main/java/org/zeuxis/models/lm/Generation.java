package org.zeuxis.models.lm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** A language model writing on, one token after the other, each computed once. */
public final class Generation {
    private Generation() {}

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
        try (Reading reading =
                model.reading((int) Math.min((long) prompt.length + Math.max(0, most), Integer.MAX_VALUE))) {
            return write(reading, prompt, most, end, choice, told);
        }
    }

    /** The same into a reading that goes on with the prompt. */
    public static int[] write(Reading reading, int[] prompt, int most, int end, Choice choice, IntPredicate told) {
        return write(reading, List.of(prompt), most, end, choice, List.of(told)).get(0);
    }

    /**
     * Several texts at once, each written on as if it were alone; a text that is drawn is another one than it would be alone.
     *
     * @param reading that goes on with prompts of these lengths
     * @param told for each text
     * @return what was written of each, in their order
     */
    public static List<int[]> write(
            Reading reading, List<int[]> prompts, int most, int end, Choice choice, List<? extends IntPredicate> told) {
        int[] rooms = rooms(reading, prompts, most);
        List<List<Integer>> written = new ArrayList<>();
        for (int i = 0; i < rooms.length; i++) written.add(new ArrayList<>());
        int[] texts = IntStream.range(0, rooms.length).toArray(); // those that are not whole yet
        if (Arrays.stream(rooms).max().orElse(0) < 1) texts = new int[0];
        try (Gradients off = Gradients.off()) {
            long[] read = abreast(prompts);
            for (int step = 0; texts.length > 0; step++) {
                long[] tokens;
                try (Scope scope = new Scope()) {
                    Tensor ids = Tensor.of(read, texts.length, read.length / texts.length);
                    tokens = choice.next(reading.next(ids).to(DType.FLOAT32), step)
                            .toLongs();
                }
                List<Integer> going = new ArrayList<>(); // rows of those that go on
                for (int row = 0; row < texts.length; row++) {
                    int text = texts[row];
                    int token = (int) tokens[row];
                    if (rooms[text] < 1) continue;
                    written.get(text).add(token);
                    boolean goesOn = told.get(text).test(token) && token != end;
                    if (goesOn && step + 1 < rooms[text]) going.add(row);
                }
                long[] rows = going.stream().mapToLong(Integer::longValue).toArray();
                if (rows.length > 0 && rows.length < texts.length) reading.branch(rows);
                int[] before = texts;
                texts = going.stream().mapToInt(row -> before[row]).toArray();
                read = Arrays.stream(rows).map(row -> tokens[(int) row]).toArray();
            }
        }
        return written.stream()
                .map(all -> all.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    /** How many tokens each text may get. */
    static int[] rooms(Reading reading, List<int[]> prompts, int most) {
        int longest = longest(prompts);
        return IntStream.range(0, prompts.size())
                .map(i -> Math.min(most, reading.room(i) - longest))
                .toArray();
    }

    /** Prompts that end at the same place, one after the other: numbers less than 0 before the shorter begin. */
    static long[] abreast(List<int[]> prompts) {
        int longest = longest(prompts);
        long[] ids = new long[prompts.size() * longest];
        Arrays.fill(ids, -1);
        for (int i = 0; i < prompts.size(); i++) {
            int[] prompt = prompts.get(i);
            for (int t = 0; t < prompt.length; t++) ids[(i + 1) * longest - prompt.length + t] = prompt[t];
        }
        return ids;
    }

    private static int longest(List<int[]> prompts) {
        if (prompts.isEmpty() || prompts.stream().anyMatch(prompt -> prompt.length == 0))
            throw new IllegalArgumentException("expected at least one token to begin with, got none");
        return prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
    }
}
