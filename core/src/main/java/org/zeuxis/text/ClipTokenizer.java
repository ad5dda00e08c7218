package org.zeuxis.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zeuxis.text.SpecialToken.Piece;

/**
 * CLIP's tokenizer, which Stable Diffusion and unCLIP use too: lower-cased byte pairs between a start
 * and an end token, id for id as transformers' CLIPTokenizer 5.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">Learning Transferable Visual Models From Natural Language
 *     Supervision</a>, section 2.4
 */
public final class ClipTokenizer implements Tokenizer {
    /** The context length of every published CLIP text encoder. */
    public static final int CONTEXT_LENGTH = 77;

    private final BytePairEncoding encoding;
    private final int contextLength;
    private final TokenizerFiles.Settings settings;
    private final int startId;
    private final int endId;
    private final int padId;
    private final int vocabularySize;
    private final List<SpecialToken> asWritten = new ArrayList<>();
    private final List<SpecialToken> normalized = new ArrayList<>();
    private final Map<Integer, String> specialTexts = new LinkedHashMap<>();

    /** The tokenizer of CLIP and Stable Diffusion 1: 77 ids, padded with the end token. */
    public ClipTokenizer(BytePairEncoding encoding) {
        this(encoding, CONTEXT_LENGTH, BytePairEncoding.END);
    }

    /**
     * @param contextLength ids per prompt, start and end included
     * @param pad the token that fills a row after its end: {@code <|endoftext|>} for CLIP and Stable Diffusion 1,
     *     {@code !} (id 0) for OpenCLIP and Stable Diffusion 2
     * @throws IllegalArgumentException if the vocabulary lacks the start, end or pad token, or the length is under 2
     */
    public ClipTokenizer(BytePairEncoding encoding, int contextLength, String pad) {
        this(encoding, settings(encoding, contextLength, pad));
    }

    private ClipTokenizer(BytePairEncoding encoding, TokenizerFiles.Settings settings) {
        this.encoding = encoding;
        this.settings = settings;
        contextLength = settings.contextLength();
        if (contextLength < 2) {
            throw new IllegalArgumentException("expected a context length of at least 2 (start and end), got "
                    + contextLength + "; CLIP's is " + CONTEXT_LENGTH);
        }
        int size = encoding.size();
        for (SpecialToken token : settings.special()) {
            specialTexts.put(token.id(), token.content());
            size = Math.max(size, token.id() + 1);
            if (token.normalized()) {
                String content = ClipWords.normalize(token.content());
                normalized.add(new SpecialToken(content, token.id(), true));
            } else {
                asWritten.add(token);
            }
        }
        vocabularySize = size;
        startId = id(settings.start());
        endId = id(settings.end());
        padId = id(settings.pad());
    }

    /**
     * Reads a tokenizer folder: vocab.json and merges.txt or else tokenizer.json, with tokenizer_config.json and
     * special_tokens_map.json where they are there.
     *
     * @throws IOException if a file is missing or is not CLIP's; the message names it
     */
    public static ClipTokenizer read(Path folder) throws IOException {
        BytePairEncoding encoding = BytePairEncoding.read(folder);
        TokenizerFiles.Settings s = TokenizerFiles.readSettings(folder, encoding);
        int length = s.contextLength() == 0 ? CONTEXT_LENGTH : s.contextLength();
        try {
            return new ClipTokenizer(encoding, s.withContextLength(length));
        } catch (IllegalArgumentException e) {
            throw new IOException(folder + ": " + e.getMessage(), e);
        }
    }

    /** Writes a folder that transformers' CLIPTokenizer and AutoTokenizer open, and {@link #read(Path)} too. */
    public void write(Path folder) throws IOException {
        encoding.write(folder);
        TokenizerFiles.writeSettings(folder, settings);
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
            int kept = Math.min(text.length, contextLength - 2);
            int from = b * contextLength;
            ids[from] = startId;
            for (int i = 0; i < kept; i++) ids[from + 1 + i] = text[i];
            ids[from + 1 + kept] = endId;
            lengths[b] = kept + 2;
            cut.add(kept == text.length ? "" : leftOut(text, kept));
        }
        return new TokenBatch(ids, batch, contextLength, lengths, cut);
    }

    /** A character of which only the first bytes are read counts as left out. */
    private String leftOut(int[] text, int kept) {
        int from = kept;
        while (from > 0 && from > kept - 3 && within(text[from])) from--;
        return decode(Arrays.copyOfRange(text, from, text.length));
    }

    private boolean within(int id) {
        return !specialTexts.containsKey(id) && ByteAlphabet.continues(encoding.token(id));
    }

    @Override
    public int[] tokens(String text) {
        List<int[]> runs = new ArrayList<>();
        for (Piece written : SpecialToken.part(text, asWritten)) {
            if (!written.isText()) {
                runs.add(new int[] {written.id()});
                continue;
            }
            for (Piece piece : SpecialToken.part(ClipWords.normalize(written.text()), normalized)) {
                if (!piece.isText()) runs.add(new int[] {piece.id()});
                else for (String word : ClipWords.split(piece.text())) runs.add(encoding.encode(word));
            }
        }
        return runs.stream().flatMapToInt(Arrays::stream).toArray();
    }

    /**
     * The same with a word that was learned as several vectors: it, then {@code word_1}, {@code word_2} …
     *
     * @param firstId of the word; the others follow
     * @throws IllegalArgumentException if the word is a token already
     */
    public ClipTokenizer learning(String word, int firstId, int vectors) {
        List<SpecialToken> all = new ArrayList<>(settings.special());
        String normal = ClipWords.normalize(word);
        boolean known = encoding.id(word) >= 0
                || all.stream()
                        .anyMatch(token -> ClipWords.normalize(token.content()).equals(normal));
        if (known)
            throw new IllegalArgumentException("expected a new word, got '" + word + "', which is a token already");
        for (int i = 0; i < vectors; i++) {
            all.add(new SpecialToken(i == 0 ? word : word + "_" + i, firstId + i, true));
        }
        return new ClipTokenizer(
                encoding,
                new TokenizerFiles.Settings(
                        settings.start(), settings.end(), settings.pad(), contextLength, List.copyOf(all)));
    }

    @Override
    public String expanded(String prompt) {
        Set<String> words = new LinkedHashSet<>();
        for (int id : tokens(prompt)) {
            String word = specialTexts.get(id);
            if (word != null && specialTexts.containsValue(word + "_1")) words.add(word);
        }
        String expanded = prompt;
        for (String word : words) {
            StringBuilder all = new StringBuilder(word);
            for (int i = 1; specialTexts.containsValue(word + "_" + i); i++) {
                all.append(' ').append(word).append('_').append(i);
            }
            // in any case, as it is looked for
            expanded = Pattern.compile(Pattern.quote(word), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                    .matcher(expanded)
                    .replaceAll(Matcher.quoteReplacement(all.toString()));
        }
        return expanded;
    }

    /** Whether the other one gives every text the same ids. */
    public boolean readsAs(ClipTokenizer other) {
        return encoding.merges().equals(other.encoding.merges())
                && vocabularySize == other.vocabularySize
                && contextLength == other.contextLength
                && List.of(startId, endId, padId).equals(List.of(other.startId, other.endId, other.padId));
    }

    @Override
    public String decode(int... ids) {
        List<String> texts = new ArrayList<>(ids.length);
        for (int id : ids) if (!specialTexts.containsKey(id)) texts.add(encoding.token(id));
        return ByteAlphabet.read(texts)
                .replace(BytePairEncoding.END_OF_WORD, " ")
                .strip();
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    /** The same for rows of another length, start and end included. */
    public ClipTokenizer withContextLength(int ids) {
        return new ClipTokenizer(encoding, settings.withContextLength(ids));
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int padId() {
        return padId;
    }

    @Override
    public int endId() {
        return endId;
    }

    /** The id that begins every text. */
    public int startId() {
        return startId;
    }

    private int id(String special) {
        for (SpecialToken token : settings.special()) if (token.content().equals(special)) return token.id();
        throw new IllegalArgumentException("expected '" + special + "' in the vocabulary");
    }

    private static TokenizerFiles.Settings settings(BytePairEncoding encoding, int contextLength, String pad) {
        Map<String, SpecialToken> special = new LinkedHashMap<>();
        for (String text : List.of(BytePairEncoding.START, BytePairEncoding.END, pad)) {
            int id = encoding.id(text);
            if (id < 0) {
                throw new IllegalArgumentException("expected '" + text + "' in the vocabulary of " + encoding.size()
                        + " tokens; '!' and " + BytePairEncoding.END + " are the usual padding");
            }
            special.put(text, new SpecialToken(text, id, false));
        }
        return new TokenizerFiles.Settings(
                BytePairEncoding.START, BytePairEncoding.END, pad, contextLength, List.copyOf(special.values()));
    }
}
