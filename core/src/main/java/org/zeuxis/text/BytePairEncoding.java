package org.zeuxis.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A byte-level vocabulary with CLIP's conventions: every byte is a token, with and without the
 * end-of-word mark, and merges join neighbours in the order they were learned.
 *
 * @see <a href="https://arxiv.org/abs/1508.07909">Neural Machine Translation of Rare Words with Subword Units</a>
 */
public final class BytePairEncoding {
    public static final String START = "<|startoftext|>";
    public static final String END = "<|endoftext|>";
    static final String END_OF_WORD = "</w>";
    private static final int CACHED_WORDS = 10_000;

    private final Map<String, Integer> ids;
    private final List<@Nullable String> tokens = new ArrayList<>();
    private final List<String> merges; // "left right"
    private final Map<Long, Merge> mergeOfPair = new HashMap<>();
    private final int unknown;
    private final Map<String, int[]> cache = new ConcurrentHashMap<>();

    private record Merge(int rank, int id) {}

    /**
     * @param ids every token with its id
     * @param merges pairs "left right", first learned first
     * @throws IllegalArgumentException if a merge speaks of a token that is not in the vocabulary
     */
    public BytePairEncoding(Map<String, Integer> ids, List<String> merges) {
        this.ids = new LinkedHashMap<>(ids);
        this.merges = List.copyOf(merges);
        ids.forEach((token, id) -> {
            while (tokens.size() <= id) tokens.add(null);
            tokens.set(id, token);
        });
        unknown = ids.getOrDefault(END, -1);
        for (int rank = 0; rank < merges.size(); rank++) {
            String[] pair = merges.get(rank).split(" ", -1);
            Integer left = ids.get(pair[0]);
            Integer right = pair.length == 2 ? ids.get(pair[1]) : null;
            Integer joined = pair.length == 2 ? ids.get(pair[0] + pair[1]) : null;
            if (left == null || right == null || joined == null) {
                throw new IllegalArgumentException("expected merge " + (rank + 1)
                        + " to be two tokens of the vocabulary that join to a third, got '"
                        + TextFile.brief(merges.get(rank))
                        + "'; the merges and the vocabulary are not of one tokenizer");
            }
            mergeOfPair.put(pair(left, right), new Merge(rank, joined));
        }
    }

    /**
     * Learns a vocabulary: the pair seen most often is joined first, the one of lower ids among equals.
     *
     * @param corpus texts, in any split; they are normalised and split into words as CLIP does
     * @param vocabularySize how many tokens to learn, with the 512 bytes and the start and end tokens; fewer are
     *     learned if no pair is left that occurs twice
     * @throws IllegalArgumentException if the size is under 514
     */
    public static BytePairEncoding train(Iterable<String> corpus, int vocabularySize) {
        int marks = 2; // start and end of a text
        int bytes = 2 * ByteAlphabet.ALL.length();
        if (vocabularySize < bytes + marks) {
            throw new IllegalArgumentException("expected a vocabulary of at least " + (bytes + marks)
                    + " (every byte twice, start and end), got " + vocabularySize);
        }
        return ofMerges(BytePairTraining.ofClip(corpus).merges(vocabularySize - marks));
    }

    /**
     * The vocabulary that OpenAI published with CLIP, of 49,408 tokens, which Stable Diffusion 1 and 2 read with: for a checkpoint
     * that is one file, and so has none beside it.
     */
    public static BytePairEncoding clip() {
        try (InputStream file = BytePairEncoding.class.getResourceAsStream("clip-merges.txt.gz")) {
            if (file == null)
                throw new IllegalStateException("expected clip-merges.txt.gz in the jar of core, got none");
            String merges = new String(new GZIPInputStream(file).readAllBytes(), StandardCharsets.UTF_8);
            return ofMerges(merges.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The vocabulary that goes with merges by CLIP's order: 256 bytes, 256 bytes with the end-of-word mark, what
     * each merge joins, start, end.
     *
     * @param merges pairs "left right", first learned first
     */
    public static BytePairEncoding ofMerges(List<String> merges) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String mark : List.of("", END_OF_WORD)) {
            ByteAlphabet.ALL.chars().forEach(c -> ids.put((char) c + mark, ids.size()));
        }
        for (String merge : merges) ids.putIfAbsent(merge.replace(" ", ""), ids.size());
        ids.putIfAbsent(START, ids.size());
        ids.putIfAbsent(END, ids.size());
        return new BytePairEncoding(ids, merges);
    }

    /**
     * Reads vocab.json and merges.txt of a folder, or tokenizer.json where they are absent.
     *
     * @throws IOException if neither is there, or they are no byte-level vocabulary with {@code </w>}
     */
    public static BytePairEncoding read(Path folder) throws IOException {
        return TokenizerFiles.readEncoding(folder);
    }

    /** Writes vocab.json and merges.txt as transformers' CLIPTokenizer reads them. */
    public void write(Path folder) throws IOException {
        TokenizerFiles.writeEncoding(folder, ids, merges);
    }

    /** The largest id plus one. */
    public int size() {
        return tokens.size();
    }

    /** The pairs "left right" in the order they were learned. */
    public List<String> merges() {
        return merges;
    }

    /** The id of a token, or -1. */
    public int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    /** @throws IllegalArgumentException if no token has this id */
    public String token(int id) {
        String token = id < 0 || id >= tokens.size() ? null : tokens.get(id);
        if (token == null) {
            throw new IllegalArgumentException(
                    "expected an id of this vocabulary, 0 to " + (size() - 1) + ", got " + id);
        }
        return token;
    }

    /** The ids of one word: its bytes, the last with the end-of-word mark, joined as the merges say. */
    public int[] encode(String word) {
        int[] known = cache.get(word);
        if (known != null) return known.clone();
        int[] encoded = merge(bytes(word));
        if (cache.size() < CACHED_WORDS) cache.put(word, encoded.clone());
        return encoded;
    }

    private int[] bytes(String word) {
        String spelled = ByteAlphabet.spell(word);
        int[] symbols = new int[spelled.length()];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = symbol(spelled.charAt(i) + (i == symbols.length - 1 ? END_OF_WORD : ""), word);
        }
        return symbols;
    }

    /**
     * The id of what a word is made of at first, or that of the unknown.
     *
     * @throws IllegalArgumentException if there is neither
     */
    public int symbol(String token, String word) {
        int id = ids.getOrDefault(token, unknown);
        if (id >= 0) return id;
        throw new IllegalArgumentException("expected a vocabulary with every byte, or with " + END
                + " for the unknown; it lacks '" + token + "' of '" + TextFile.brief(word) + "'");
    }

    /** Joins the pair of lowest rank, the leftmost among equals, until none is left; {@code symbols} is used up. */
    public int[] merge(int[] symbols) {
        int n = symbols.length;
        int[] next = new int[n];
        int[] previous = new int[n];
        PriorityQueue<long[]> queue = new PriorityQueue<>( // rank and place, left, right
                (a, b) -> Long.compare(a[0], b[0]));
        for (int i = 0; i < n; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
            offer(queue, symbols, i, i + 1);
        }
        int joined = 0;
        for (long[] best = queue.poll(); best != null; best = queue.poll()) {
            int at = (int) best[0];
            int right = symbols[at] < 0 ? n : next[at];
            if (right >= n || symbols[at] != best[1] || symbols[right] != best[2]) continue; // joined meanwhile
            Merge merge = mergeOfPair.get(pair(symbols[at], symbols[right]));
            if (merge == null) continue;
            symbols[at] = merge.id;
            symbols[right] = -1;
            joined++;
            next[at] = next[right];
            if (next[at] < n) previous[next[at]] = at;
            if (previous[at] >= 0) offer(queue, symbols, previous[at], at);
            offer(queue, symbols, at, next[at]);
        }
        return joined == 0
                ? symbols
                : Arrays.stream(symbols).filter(id -> id >= 0).toArray();
    }

    private void offer(PriorityQueue<long[]> queue, int[] symbols, int left, int right) {
        if (right >= symbols.length) return;
        Merge merge = mergeOfPair.get(pair(symbols[left], symbols[right]));
        if (merge != null) queue.add(new long[] {(long) merge.rank << 32 | left, symbols[left], symbols[right]});
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
