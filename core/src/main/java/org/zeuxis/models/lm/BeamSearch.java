package org.zeuxis.models.lm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Writing on along several beginnings at once, of which in the end the likeliest whole text is taken; the rules of when to end and
 * whom to prefer are those of transformers.
 *
 * @param beams how many beginnings are kept
 * @param lengthPenalty a whole text's logarithm of probability is divided by its length to this power: above 0 long ones gain
 * @param patience when no better one is waited for
 */
public record BeamSearch(int beams, double lengthPenalty, Patience patience) {
    private static final float NEVER = -1e9f;

    /** When the search ends; {@code early_stopping} of transformers. */
    public enum Patience {
        /** When as many texts have ended as there are beams ({@code true}). */
        UNTIL_FULL,
        /** When the best beginning, were it to end now, is worse than all of them ({@code false}). */
        UNTIL_UNLIKELY,
        /** When it would be worse at any length ({@code "never"}). */
        UNTIL_HOPELESS
    }

    /** @throws IllegalArgumentException if there is no beam, or the penalty is not a number */
    public BeamSearch {
        if (beams < 1 || !Double.isFinite(lengthPenalty)) {
            throw new IllegalArgumentException("expected at least 1 beam and a finite length penalty, got " + beams
                    + " and " + lengthPenalty + "; 3 and 1 are usual");
        }
    }

    /** As transformers searches unless it is told otherwise. */
    public static BeamSearch of(int beams) {
        return new BeamSearch(beams, 1, Patience.UNTIL_UNLIKELY);
    }

    /** A text, or its beginning, with the logarithm of its probability; of one that has ended, divided by the penalty. */
    private record Beam(int row, int[] tokens, float score, boolean ended) {
        Beam scored(float score, boolean ended) {
            return new Beam(row, tokens, score, ended);
        }

        int last() {
            return tokens[tokens.length - 1];
        }
    }

    /**
     * Writes on until the end token or the most tokens.
     *
     * @param reading that goes on with the prompt
     * @param prompt token numbers, at least one
     * @param most how many tokens are written at most
     * @param end the token that ends a text; less than 0 for none
     * @return what was written, without the prompt, the end token included
     */
    public int[] write(Reading reading, int[] prompt, int most, int end) {
        return write(reading, List.of(prompt), most, end).get(0);
    }

    /**
     * Several texts at once, each searched as if it were alone, but for the last digit of the scores. Whose search has ended costs
     * nothing further.
     *
     * @param reading that goes on with prompts of these lengths
     * @return what was written of each, in their order
     */
    public List<int[]> write(Reading reading, List<int[]> prompts, int most, int end) {
        long[] read = Lead.ids(prompts);
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
        List<Search> all = IntStream.range(0, prompts.size())
                .mapToObj(i -> new Search(Math.min(most, reading.room(i) - longest), end))
                .toList();
        List<Search> going = all;
        while (going.stream().anyMatch(search -> search.hopeful)) {
            goOn(going, reading, read);
            going = going.stream().filter(search -> search.hopeful).toList();
            long[] rows = going.stream().flatMapToLong(Search::rows).toArray();
            if (rows.length > 0) reading.branch(rows);
            read = going.stream().flatMapToLong(Search::last).toArray();
        }
        return all.stream().map(search -> search.ended.get(0).tokens).toList();
    }

    /** One step of searches whose beginnings are rows one after the other. */
    private static void goOn(List<Search> going, Reading reading, long[] read) {
        int rows = going.stream().mapToInt(search -> search.running.size()).sum();
        try (Gradients off = Gradients.off();
                Scope step = new Scope()) {
            Tensor likely = reading.next(Tensor.of(read, rows, read.length / rows))
                    .to(DType.FLOAT32)
                    .logSoftmax(-1);
            int first = 0;
            for (Search search : going) {
                int next = first + search.running.size();
                if (search.hopeful) search.goOn(likely.slice(0, first, next), first);
                first = next;
            }
        }
    }

    /** The beginnings of one text. */
    private final class Search {
        private final int longest;
        private final int end;
        private int first; // the row of the first beginning
        private int length;
        private boolean hopeful;
        private List<Beam> running = List.of(new Beam(0, new int[0], 0, false));
        private List<Beam> ended = Collections.nCopies(beams, new Beam(0, new int[0], NEVER, false));

        /** @param longest how many tokens are written at most */
        Search(int longest, int end) {
            this.longest = longest;
            this.end = end;
            hopeful = longest > 0;
        }

        /** From which rows its beginnings go on. */
        LongStream rows() {
            return running.stream().mapToLong(one -> first + one.row);
        }

        /** The token that each of them has last. */
        LongStream last() {
            return running.stream().mapToLong(Beam::last);
        }

        /** @param scores logarithms of the probabilities of the next token of each beginning, [beginnings, vocabulary] */
        void goOn(Tensor scores, int first) {
            this.first = first;
            length++;
            List<Beam> candidates = candidates(scores);
            boolean full = patience == Patience.UNTIL_FULL && ended.stream().allMatch(Beam::ended);
            List<Beam> alive = new ArrayList<>();
            List<Beam> whole = new ArrayList<>(ended);
            for (int i = 0; i < candidates.size(); i++) {
                Beam one = candidates.get(i);
                boolean ends = one.last() == end || length == longest;
                alive.add(one.scored(one.score + (ends ? NEVER : 0), ends));
                boolean counts = ends && i < beams;
                float score = one.score / (float) Math.pow(length, lengthPenalty);
                whole.add(one.scored(score + (full ? NEVER : 0) + (counts ? 0 : NEVER), counts));
            }
            running = best(alive);
            ended = best(whole);
            boolean goesOn = alive.stream().anyMatch(one -> !one.ended);
            full = patience == Patience.UNTIL_FULL && ended.stream().allMatch(Beam::ended);
            hopeful = canImprove(running.get(0)) && !full && goesOn;
        }

        /** Twice as many as there are beams, so that enough are left when some end; the likeliest first. */
        private List<Beam> candidates(Tensor scores) {
            int vocabulary = Math.toIntExact(scores.size(1));
            float[] before = new float[running.size()];
            for (int i = 0; i < before.length; i++) before[i] = running.get(i).score;
            Tensor all = scores.plus(Tensor.of(before, before.length, 1)).reshape(-1);
            Tensor places = all.topPlaces(Math.min(2 * beams, Math.toIntExact(all.count())));
            float[] likely = all.pick(0, places).toFloats();
            long[] at = places.toLongs();
            return IntStream.range(0, at.length)
                    .mapToObj(i -> {
                        int row = (int) (at[i] / vocabulary);
                        int[] tokens = running.get(row).tokens;
                        int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
                        longer[tokens.length] = (int) (at[i] % vocabulary);
                        return new Beam(row, longer, likely[i], false);
                    })
                    .toList();
        }

        private List<Beam> best(List<Beam> all) {
            return all.stream()
                    .sorted(Comparator.comparingDouble((Beam one) -> -one.score))
                    .limit(beams)
                    .toList();
        }

        /** Whether the best beginning may yet become better than the worst of the texts that ended. */
        private boolean canImprove(Beam best) {
            boolean anyLength = patience == Patience.UNTIL_HOPELESS && lengthPenalty > 0;
            float possible = best.score / (float) Math.pow(anyLength ? longest : length, lengthPenalty);
            float worst = ended.get(ended.size() - 1).score;
            return ended.stream().anyMatch(one -> possible > (one.ended ? worst : NEVER));
        }
    }
}
