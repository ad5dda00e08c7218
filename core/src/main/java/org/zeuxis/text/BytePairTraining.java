package org.zeuxis.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/** Counts the words of a corpus and learns merges from them, the same for any order of its texts. */
final class BytePairTraining {
    private static final int BYTES = 512;
    private static final int MARKS = 2; // start and end of text
    private static final int SEEN_AT_LEAST = 2;

    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<int[]> words = new ArrayList<>(); // symbols of each distinct word
    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Long> pairCounts = new HashMap<>();
    private final Map<Long, Set<Integer>> wordsOfPair = new HashMap<>();

    /** A pair as it stood when it was queued: stale if its count has changed since. */
    private record Candidate(long count, long pair) {}

    BytePairTraining(Iterable<String> corpus) {
        for (String mark : List.of("", BytePairEncoding.END_OF_WORD)) {
            ByteAlphabet.ALL.chars().forEach(c -> add((char) c + mark));
        }
        Map<String, Long> counted = new TreeMap<>();
        for (String text : corpus) {
            for (String word : ClipWords.split(ClipWords.normalize(text))) counted.merge(word, 1L, Long::sum);
        }
        counted.forEach((word, count) -> {
            String spelled = ByteAlphabet.spell(word);
            int[] symbols = spelled.chars().map(ByteAlphabet.ALL::indexOf).toArray();
            symbols[symbols.length - 1] += BYTES / 2;
            words.add(symbols);
            counts.add(count);
        });
    }

    /** The merges of a vocabulary of this size, or of as many tokens as the corpus can give. */
    List<String> merges(int vocabularySize) {
        if (vocabularySize < BYTES + MARKS) {
            throw new IllegalArgumentException("expected a vocabulary of at least " + (BYTES + MARKS)
                    + " (every byte twice, start and end), got " + vocabularySize);
        }
        PriorityQueue<Candidate> queue = new PriorityQueue<>(
                Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair));
        for (int w = 0; w < words.size(); w++) count(w, 1);
        pairCounts.forEach((pair, count) -> queue.add(new Candidate(count, pair)));

        List<String> merges = new ArrayList<>();
        while (tokens.size() < vocabularySize - MARKS) {
            Candidate best = queue.poll();
            if (best == null || best.count < SEEN_AT_LEAST) break;
            if (pairCounts.getOrDefault(best.pair, 0L) != best.count) continue;
            int left = (int) (best.pair >> 32);
            int right = (int) best.pair;
            merges.add(tokens.get(left) + " " + tokens.get(right));
            int joined = add(tokens.get(left) + tokens.get(right));
            Set<Long> touched = new HashSet<>();
            for (int w : List.copyOf(wordsOfPair.getOrDefault(best.pair, Set.of()))) {
                touched.addAll(count(w, -1));
                words.set(w, join(words.get(w), left, right, joined));
                touched.addAll(count(w, 1));
            }
            for (long pair : touched) {
                Long count = pairCounts.get(pair);
                if (count != null) queue.add(new Candidate(count, pair));
            }
        }
        return merges;
    }

    /** Adds (1) or takes away (-1) the pairs of a word; returns them. */
    private List<Long> count(int word, int sign) {
        int[] symbols = words.get(word);
        List<Long> pairs = new ArrayList<>(symbols.length);
        for (int i = 0; i + 1 < symbols.length; i++) {
            long pair = (long) symbols[i] << 32 | symbols[i + 1];
            pairs.add(pair);
            long now = pairCounts.merge(pair, sign * counts.get(word), Long::sum);
            if (now == 0) pairCounts.remove(pair);
            Set<Integer> places = wordsOfPair.computeIfAbsent(pair, p -> new HashSet<>());
            if (sign > 0) places.add(word);
            else places.remove(word);
            if (places.isEmpty()) wordsOfPair.remove(pair);
        }
        return pairs;
    }

    private static int[] join(int[] symbols, int left, int right, int joined) {
        int[] shorter = new int[symbols.length];
        int n = 0;
        for (int i = 0; i < symbols.length; i++) {
            boolean here = symbols[i] == left && i + 1 < symbols.length && symbols[i + 1] == right;
            shorter[n++] = here ? joined : symbols[i];
            if (here) i++;
        }
        return java.util.Arrays.copyOf(shorter, n);
    }

    private int add(String token) {
        Integer known = ids.putIfAbsent(token, tokens.size());
        if (known != null) return known;
        tokens.add(token);
        return tokens.size() - 1;
    }
}
