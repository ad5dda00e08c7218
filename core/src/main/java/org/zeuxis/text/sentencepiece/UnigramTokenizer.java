package org.zeuxis.text.sentencepiece;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.zeuxis.text.SpecialToken;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.Tokenizer;

/**
 * T5's tokenizer, which Imagen and DeepFloyd read with: SentencePiece's unigram pieces and an end token, id for id as
 * transformers' T5Tokenizer 5.
 *
 * @see <a href="https://arxiv.org/abs/1808.06226">SentencePiece</a>
 */
public final class UnigramTokenizer implements Tokenizer {
    private static final String SPACE = "▁";
    private static final String END = "</s>";
    private static final String PAD = "<pad>";

    private final Unigram unigram;
    private final CharacterMap characters;
    private final List<SpecialToken> special;
    private final Set<Integer> specialIds;
    private final int contextLength;
    private final int endId;
    private final int padId;

    private UnigramTokenizer(UnigramFiles.Contents contents, int contextLength) {
        unigram = contents.unigram();
        characters = contents.characters();
        special = contents.special();
        specialIds = special.stream().map(SpecialToken::id).collect(Collectors.toSet());
        this.contextLength = contextLength;
        endId = id(END);
        padId = id(PAD);
    }

    /**
     * Reads {@code spiece.model}, or else {@code tokenizer.json}, with {@code tokenizer_config.json} where it is there.
     *
     * @param contextLength ids per text, the end included: 256 in Imagen, 77 in DeepFloyd
     * @throws IOException if a file is missing or is of another kind; the message names it
     */
    public static UnigramTokenizer read(Path folder, int contextLength) throws IOException {
        if (contextLength < 1) {
            throw new IllegalArgumentException("expected a context length of at least 1, got " + contextLength);
        }
        try {
            return new UnigramTokenizer(UnigramFiles.read(folder), contextLength);
        } catch (IllegalArgumentException e) {
            throw new IOException(folder + ": " + e.getMessage(), e);
        }
    }

    private int id(String token) {
        int id = unigram.id(token);
        if (id < 0) throw new IllegalArgumentException("expected '" + token + "' among the pieces");
        return id;
    }

    @Override
    public TokenBatch encode(List<String> prompts) {
        int batch = prompts.size();
        long[] ids = new long[Math.multiplyExact(batch, contextLength)];
        int[] lengths = new int[batch];
        List<String> cut = new ArrayList<>(batch);
        Arrays.fill(ids, padId);
        for (int b = 0; b < batch; b++) {
            int[] text = tokens(prompts.get(b));
            int kept = Math.min(text.length, contextLength - 1);
            for (int i = 0; i < kept; i++) ids[b * contextLength + i] = text[i];
            ids[b * contextLength + kept] = endId;
            lengths[b] = kept + 1;
            cut.add(kept == text.length ? "" : decode(Arrays.copyOfRange(text, kept, text.length)));
        }
        return new TokenBatch(ids, batch, contextLength, lengths, cut);
    }

    @Override
    public int[] tokens(String text) {
        List<Integer> ids = new ArrayList<>();
        for (SpecialToken.Piece piece : SpecialToken.part(text, special)) {
            if (piece.isText()) words(characters.apply(piece.text()), ids);
            else ids.add(piece.id());
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Words begin with a mark for the space before them; where a text has such a mark itself, a word begins too. */
    private void words(String text, List<Integer> ids) {
        int[] points = text.codePoints().toArray();
        for (int start = 0; start < points.length; ) {
            if (isSpace(points[start])) {
                start++;
                continue;
            }
            int end = start + 1;
            while (end < points.length && !isSpace(points[end]) && points[end] != SPACE.codePointAt(0)) end++;
            String word = new String(points, start, end - start);
            boolean marked = word.startsWith(SPACE);
            ids.addAll(unigram.encode(marked ? word : SPACE + word));
            start = end;
        }
    }

    /** Unicode's White_Space. */
    private static boolean isSpace(int c) {
        return c >= 9 && c <= 13
                || c == 0x85
                || c == 0x2028
                || c == 0x2029
                || Character.getType(c) == Character.SPACE_SEPARATOR;
    }

    @Override
    public String decode(int... ids) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            if (id < 0 || id >= unigram.size()) {
                throw new IllegalArgumentException("expected ids below " + unigram.size() + ", got " + id);
            }
            if (!specialIds.contains(id) && id != unigram.unknownId()) text.append(unigram.text(id));
        }
        return text.toString().replace(SPACE, " ").strip();
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int vocabularySize() {
        return unigram.size();
    }

    @Override
    public int padId() {
        return padId;
    }

    @Override
    public int endId() {
        return endId;
    }
}
