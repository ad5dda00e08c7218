package org.zeuxis.text.language;

import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.SpecialToken;

/**
 * The tokenizer of a language model, as its {@code tokenizer.json} describes it: byte pairs over bytes, as GPT-NeoX, OPT and MPT
 * have them, or over characters with a mark for each space, as LLaMA has.
 *
 * @see <a href="https://arxiv.org/abs/1508.07909">Neural Machine Translation of Rare Words with Subword Units</a>
 */
public final class LanguageTokenizer {
    private final BytePairEncoding encoding;
    private final Spelling spelling;
    private final boolean composes;
    private final int[] start;
    private final int endId;
    private final List<SpecialToken> added;
    private final Set<Integer> special;

    LanguageTokenizer(LanguageTokenizerFile file) {
        this(
                file.encoding(),
                file.spelling(),
                file.composes(),
                file.start(),
                file.endId(),
                file.added(),
                file.special());
    }

    private LanguageTokenizer(
            BytePairEncoding encoding,
            Spelling spelling,
            boolean composes,
            int[] start,
            int endId,
            List<SpecialToken> added,
            Set<Integer> special) {
        this.encoding = encoding;
        this.spelling = spelling;
        this.composes = composes;
        this.start = start;
        this.endId = endId;
        this.added = added;
        this.special = special;
    }

    /**
     * Reads {@code tokenizer.json}, or {@code vocab.json} with {@code merges.txt}, and which token ends a text from
     * {@code tokenizer_config.json}.
     *
     * @throws IOException if there is none, or it asks for what is not here, in one line
     */
    public static LanguageTokenizer read(Path folder) throws IOException {
        return new LanguageTokenizer(LanguageTokenizerFile.read(folder));
    }

    /** The same with further tokens after all others, each recognised as a whole; one that is there already stays. */
    public LanguageTokenizer with(String... tokens) {
        List<SpecialToken> all = new ArrayList<>(added);
        Set<Integer> more = new HashSet<>(special);
        int next = size();
        for (String token : tokens) {
            int known = id(token);
            int id = known < 0 ? next++ : known;
            if (all.stream().noneMatch(one -> one.content().equals(token))) all.add(new SpecialToken(token, id, false));
            more.add(id);
        }
        return new LanguageTokenizer(encoding, spelling, composes, start, endId, List.copyOf(all), Set.copyOf(more));
    }

    /** How many tokens there are: the largest id plus one. */
    public int size() {
        return Math.max(
                encoding.size(), added.stream().mapToInt(SpecialToken::id).max().orElse(-1) + 1);
    }

    /** The id of a token as it is written, or -1. */
    public int id(String token) {
        for (SpecialToken one : added) if (one.content().equals(token)) return one.id();
        return encoding.id(token);
    }

    /** The tokens that every text begins with; often none. */
    public int[] start() {
        return start.clone();
    }

    /** The token that ends a text; -1 if none does. */
    public int endId() {
        return endId;
    }

    /** The ids of the whole text, without {@link #start}. */
    public int[] tokens(String text) {
        List<int[]> all = new ArrayList<>();
        boolean first = true;
        for (SpecialToken.Piece piece : SpecialToken.part(text, those(false))) {
            if (piece.isText()) written(piece.text(), first, all);
            else all.add(new int[] {piece.id()});
            first = false;
        }
        return all.stream().flatMapToInt(Arrays::stream).toArray();
    }

    private void written(String text, boolean first, List<int[]> all) {
        String composed = composes ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
        for (SpecialToken.Piece piece : SpecialToken.part(spelling.normalized(composed, first), those(true))) {
            if (!piece.isText()) {
                all.add(new int[] {piece.id()});
                continue;
            }
            for (String word : spelling.words(piece.text())) all.add(encoding.merge(spelling.symbols(word, encoding)));
        }
    }

    private List<SpecialToken> those(boolean normalized) {
        return added.stream().filter(one -> one.normalized() == normalized).toList();
    }

    /**
     * The text of some ids; special ones, which no reader wants to see, are left out.
     *
     * @throws IllegalArgumentException if an id is not in the vocabulary
     */
    public String decode(int... ids) {
        return spelling.read(Arrays.stream(ids)
                .filter(id -> !special.contains(id))
                .mapToObj(this::token)
                .collect(Collectors.toList()));
    }

    /** The same without what tokens after these may change: characters of which not all bytes are there. */
    public String decodeWhole(int... ids) {
        int end = ids.length;
        while (end > 0 && spelling.isPart(token(ids[end - 1]))) end--;
        String text = decode(Arrays.copyOf(ids, end));
        int kept = text.length();
        while (kept > 0 && text.charAt(kept - 1) == '\uFFFD') kept--;
        return text.substring(0, kept);
    }

    private String token(int id) {
        for (SpecialToken one : added) if (one.id() == id) return one.content();
        return encoding.token(id);
    }
}
