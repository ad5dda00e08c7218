package org.zeuxis.text.wordpiece;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.text.SpecialToken;
import org.zeuxis.text.TextFile;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.Tokenizer;

/**
 * BERT's tokenizer: of each word the longest piece that is known, then the longest of what is left, id for id as transformers'
 * BertTokenizer 5.
 *
 * @see <a href="https://arxiv.org/abs/1609.08144">Google's Neural Machine Translation System</a>, section 4.1
 */
public final class WordPieceTokenizer implements Tokenizer {
    static final String WITHIN = "##";
    static final String UNKNOWN = "[UNK]";
    static final String START = "[CLS]";
    static final String END = "[SEP]";
    private static final String PAD = "[PAD]";
    /** The tokens that BERT has beside those of its language. */
    static final List<String> OWN = List.of(PAD, UNKNOWN, START, END, "[MASK]");

    private static final int USUAL_LENGTH = 512;
    private static final int MOST_PIECES = 1 << 22;

    private final WordPieceFiles.Contents contents;
    private final Map<String, Integer> vocabulary;
    private final String[] pieces;
    private final Set<Integer> specialIds;
    private final int contextLength;

    private WordPieceTokenizer(WordPieceFiles.Contents contents, int contextLength) {
        this.contents = contents;
        this.contextLength = contextLength;
        vocabulary = contents.vocabulary();
        vocabulary.forEach((piece, id) -> {
            if (id >= 0 && id < MOST_PIECES) return;
            throw new IllegalArgumentException("expected ids from 0 to " + (MOST_PIECES - 1) + ", got " + id + " of '"
                    + TextFile.brief(piece) + "'; choose another checkpoint");
        });
        pieces = new String
                [vocabulary.values().stream().mapToInt(i -> i + 1).max().orElse(0)];
        vocabulary.forEach((piece, id) -> pieces[id] = piece);
        specialIds = contents.special().stream().map(SpecialToken::id).collect(Collectors.toSet());
        for (String token : List.of(PAD, UNKNOWN, START, END)) id(token);
    }

    /**
     * Reads {@code tokenizer.json}, or else {@code vocab.txt}, with {@code tokenizer_config.json} where it is there.
     *
     * @throws IOException if a file is missing or is of another kind; the message names it
     */
    public static WordPieceTokenizer read(Path folder) throws IOException {
        WordPieceFiles.Contents contents = WordPieceFiles.read(folder);
        int length = contents.contextLength() == 0 ? USUAL_LENGTH : contents.contextLength();
        try {
            return new WordPieceTokenizer(contents, length);
        } catch (IllegalArgumentException e) {
            throw new IOException(folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * The same for texts of another length.
     *
     * @param ids per text, start and end included
     */
    public WordPieceTokenizer withContextLength(int ids) {
        if (ids < 2) throw new IllegalArgumentException("expected a context length of at least 2, got " + ids);
        return new WordPieceTokenizer(contents, ids);
    }

    /** Writes a folder that {@code BertTokenizer.from_pretrained} opens. */
    public void save(Path folder) throws IOException {
        BertText text = contents.text();
        boolean plain = text.cleans()
                && contents.longestWord() == WordPieceFiles.LONGEST_WORD
                && !Arrays.asList(pieces).contains(null)
                && contents.special().stream().map(SpecialToken::content).allMatch(OWN::contains);
        if (!plain) {
            throw new IOException(
                    folder + ": expected a tokenizer of which vocab.txt says everything, got one with special"
                            + " tokens, gaps or limits of its own; copy its tokenizer.json");
        }
        Files.createDirectories(folder);
        String lines = Arrays.stream(pieces).map(piece -> piece + "\n").collect(Collectors.joining());
        AtomicFile.write(folder.resolve(WordPieceFiles.VOCABULARY), lines.getBytes(StandardCharsets.UTF_8));
        Map<String, Object> settings = new TreeMap<>(Map.of(
                "do_lower_case", text.lowerCases(),
                "model_max_length", contextLength,
                "strip_accents", text.stripsAccents(),
                "tokenize_chinese_chars", text.partsChinese(),
                "tokenizer_class", "BertTokenizer"));
        AtomicFile.write(
                folder.resolve(WordPieceFiles.CONFIG),
                new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(settings));
    }

    private int id(String token) {
        Integer id = vocabulary.get(token);
        if (id == null) throw new IllegalArgumentException("expected '" + token + "' in the vocabulary, got none");
        return id;
    }

    @Override
    public TokenBatch encode(List<String> prompts) {
        int batch = prompts.size();
        long[] ids = new long[Math.multiplyExact(batch, contextLength)];
        int[] lengths = new int[batch];
        List<String> cut = new ArrayList<>(batch);
        Arrays.fill(ids, padId());
        for (int b = 0; b < batch; b++) {
            int[] text = tokens(prompts.get(b));
            int kept = Math.min(text.length, contextLength - 2);
            int at = b * contextLength;
            ids[at] = id(START);
            for (int i = 0; i < kept; i++) ids[at + 1 + i] = text[i];
            ids[at + 1 + kept] = endId();
            lengths[b] = kept + 2;
            cut.add(kept == text.length ? "" : decode(Arrays.copyOfRange(text, kept, text.length)));
        }
        return new TokenBatch(ids, batch, contextLength, lengths, cut);
    }

    @Override
    public int[] tokens(String text) {
        List<Integer> ids = new ArrayList<>();
        for (SpecialToken.Piece piece : SpecialToken.part(text, contents.special())) {
            if (piece.isText()) contents.text().words(piece.text()).forEach(word -> pieces(word, ids));
            else ids.add(piece.id());
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A word of which any part is unknown is unknown as a whole. */
    private void pieces(String word, List<Integer> ids) {
        int[] letters = word.codePoints().toArray();
        int before = ids.size();
        if (letters.length <= contents.longestWord()) {
            for (int from = 0; from < letters.length; ) {
                int to = letters.length;
                @Nullable Integer found = null;
                while (to > from && found == null) {
                    String piece = new String(letters, from, to - from);
                    found = vocabulary.get(from == 0 ? piece : WITHIN + piece);
                    if (found == null) to--;
                }
                if (found == null) break;
                ids.add(found);
                from = to;
                if (from == letters.length) return;
            }
        }
        ids.subList(before, ids.size()).clear();
        ids.add(id(UNKNOWN));
    }

    @Override
    public String decode(int... ids) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            if (id < 0 || id >= pieces.length) {
                throw new IllegalArgumentException("expected ids below " + pieces.length + ", got " + id);
            }
            if (specialIds.contains(id)) continue;
            String piece = String.valueOf(pieces[id]);
            if (piece.startsWith(WITHIN)) text.append(piece.substring(WITHIN.length()));
            else text.append(text.length() == 0 ? "" : " ").append(piece);
        }
        return text.toString();
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int vocabularySize() {
        return pieces.length;
    }

    @Override
    public int padId() {
        return id(PAD);
    }

    @Override
    public int endId() {
        return id(END);
    }
}
