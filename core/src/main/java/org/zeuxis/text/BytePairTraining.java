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
import java.util.function.Function;

/** Counts the words of a corpus and learns merges from them, the same for any order of its texts. */
public final class BytePairTraining {
    private static final int SEEN_AT_LEAST = 2;

    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<int[]> words = new ArrayList<>(); // symbols of each distinct word
    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Long> pairCounts = new HashMap<>();
    private final Map<Long, Set<Integer>> wordsOfPair = new HashMap<>();

    /** A pair as it stood when it was queued: stale if its count has changed since. */
    private record Candidate(long count, long pair) {}

    private BytePairTraining(List<String> alphabet, Map<String, Long> counted, Function<String, int[]> symbols) {
        alphabet.forEach(this::add);
        counted.forEach((word, count) -> {
            words.add(symbols.apply(word));
            counts.add(count);
        });
    }

    /** Of CLIP's words, whose last byte is marked as the last. */
    static BytePairTraining ofClip(Iterable<String> corpus) {
        List<String> alphabet = new ArrayList<>();
        for (String mark : List.of("", BytePairEncoding.END_OF_WORD)) {
            ByteAlphabet.ALL.chars().forEach(c -> alphabet.add((char) c + mark));
        }
        return new BytePairTraining(
                alphabet, counted(corpus, text -> ClipWords.split(ClipWords.normalize(text))), word -> {
                    int[] symbols = bytes(word);
                    symbols[symbols.length - 1] += ByteAlphabet.ALL.length();
                    return symbols;
                });
    }

    /**
     * Of bytes, each a symbol.
     *
     * @param split into words, spaces and all
     */
    public static BytePairTraining ofBytes(Iterable<String> corpus, Function<String, List<String>> split) {
        List<String> alphabet = new ArrayList<>();
        ByteAlphabet.ALL.chars().forEach(c -> alphabet.add(String.valueOf((char) c)));
        return new BytePairTraining(alphabet, counted(corpus, split), BytePairTraining::bytes);
    }

    private static Map<String, Long> counted(Iterable<String> corpus, Function<String, List<String>> split) {
        Map<String, Long> counted = new TreeMap<>();
        for (String text : corpus) {
            for (String word : split.apply(text)) counted.merge(word, 1L, Long::sum);
        }
        return counted;
    }

    private static int[] bytes(String word) {
        return ByteAlphabet.spell(word).chars().map(ByteAlphabet.ALL::indexOf).toArray();
    }

    /** The merges of so many tokens, those of single bytes included, or of as many as the corpus can give. */
    public List<String> merges(int most) {
        PriorityQueue<Candidate> queue = new PriorityQueue<>(
                Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair));
        for (int w = 0; w < words.size(); w++) count(w, 1);
        pairCounts.forEach((pair, count) -> queue.add(new Candidate(count, pair)));

        List<String> merges = new ArrayList<>();
        while (tokens.size() < most) {
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
