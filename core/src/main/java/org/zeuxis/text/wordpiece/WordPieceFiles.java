package org.zeuxis.text.wordpiece;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.text.SpecialToken;
import org.zeuxis.text.TextFile;

/** The files of BERT's tokenizer: transformers' {@code tokenizer.json}, or {@code vocab.txt}. */
final class WordPieceFiles {
    static final String VOCABULARY = "vocab.txt";
    static final String CONFIG = "tokenizer_config.json";
    private static final String FAST = "tokenizer.json";
    private static final long LARGEST_FILE = 1 << 26;
    static final int LONGEST_WORD = 100;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param longestWord characters of the longest word that is looked for
     * @param special tokens that are found in a text before it is cut
     * @param contextLength the longest text, 0 if no file says it
     */
    record Contents(
            Map<String, Integer> vocabulary,
            BertText text,
            int longestWord,
            List<SpecialToken> special,
            int contextLength) {}

    private WordPieceFiles() {}

    /** @throws IOException if the folder has neither file or one asks for what is not done here; the message names it */
    static Contents read(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        JsonNode settings = Files.exists(config) ? json(config) : MissingNode.getInstance();
        Path fast = folder.resolve(FAST);
        Path vocabulary = folder.resolve(VOCABULARY);
        Path source = Files.exists(fast) ? fast : vocabulary;
        if (!Files.exists(source)) {
            throw new IOException(folder + ": expected " + FAST + " or " + VOCABULARY
                    + ", got neither; a checkpoint's tokenizer is often in its folder 'tokenizer'");
        }
        int context = contextLength(config, settings);
        try {
            return source == fast ? fast(json(fast), context) : plain(vocabulary, settings, context);
        } catch (IllegalArgumentException e) {
            throw new IOException(source + ": " + e.getMessage(), e);
        }
    }

    private static int contextLength(Path config, JsonNode settings) throws IOException {
        for (String key : List.of("padding_side", "truncation_side")) {
            if (settings.path(key).asText("right").equals("right")) continue;
            throw new IOException(config + ": expected " + key + " to be right, got "
                    + TextFile.brief(settings.path(key).asText()) + "; choose another checkpoint");
        }
        double length = settings.path("model_max_length").asDouble(0);
        return length < 1 || length > 1 << 20 ? 0 : (int) length;
    }

    private static Contents plain(Path file, JsonNode settings, int context) throws IOException {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (String line : TextFile.lines(file)) vocabulary.put(line, vocabulary.size());
        if (!settings.path("do_basic_tokenize").asBoolean(true)) {
            throw new IllegalArgumentException("expected do_basic_tokenize of tokenizer_config.json to be true, got"
                    + " false; choose another checkpoint");
        }
        boolean lower = settings.path("do_lower_case").asBoolean(true);
        BertText text = new BertText(
                true,
                settings.path("tokenize_chinese_chars").asBoolean(true),
                settings.path("strip_accents").asBoolean(lower),
                lower);
        Map<String, SpecialToken> special = new LinkedHashMap<>();
        for (String token : WordPieceTokenizer.OWN) {
            Integer id = vocabulary.get(token);
            if (id != null) special.put(token, new SpecialToken(token, id, false));
        }
        return new Contents(vocabulary, text, LONGEST_WORD, List.copyOf(special.values()), context);
    }

    private static Contents fast(JsonNode whole, int context) {
        JsonNode model = whole.path("model");
        expect("a model of type", "WordPiece", model.path("type").asText("none"));
        expect(
                "continuing_subword_prefix",
                WordPieceTokenizer.WITHIN,
                model.path("continuing_subword_prefix").asText(WordPieceTokenizer.WITHIN));
        expect("unk_token", WordPieceTokenizer.UNKNOWN, model.path("unk_token").asText(WordPieceTokenizer.UNKNOWN));
        JsonNode normalizer = whole.path("normalizer");
        expect("a normalizer of type", "BertNormalizer", normalizer.path("type").asText("none"));
        expect(
                "a pre_tokenizer of type",
                "BertPreTokenizer",
                whole.path("pre_tokenizer").path("type").asText("none"));
        expectEnds(whole.path("post_processor"));
        boolean lower = normalizer.path("lowercase").asBoolean(true);
        BertText text = new BertText(
                normalizer.path("clean_text").asBoolean(true),
                normalizer.path("handle_chinese_chars").asBoolean(true),
                normalizer.path("strip_accents").asBoolean(lower),
                lower);
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        model.path("vocab")
                .properties()
                .forEach(e -> vocabulary.put(e.getKey(), e.getValue().asInt()));
        Map<String, SpecialToken> special = new LinkedHashMap<>();
        for (JsonNode token : whole.path("added_tokens")) {
            String content = token.path("content").asText();
            for (String key : List.of("lstrip", "normalized", "rstrip", "single_word")) {
                expect(
                        key + " of '" + TextFile.brief(content) + "'",
                        "false",
                        token.path(key).asText("false"));
            }
            if (!Integer.valueOf(token.path("id").asInt(-1)).equals(vocabulary.get(content))) {
                throw new IllegalArgumentException("expected added tokens to be in the vocabulary, got '"
                        + TextFile.brief(content) + "'; choose another checkpoint");
            }
            special.put(content, new SpecialToken(content, token.path("id").asInt(), false));
        }
        return new Contents(
                vocabulary,
                text,
                model.path("max_input_chars_per_word").asInt(LONGEST_WORD),
                List.copyOf(special.values()),
                context);
    }

    /** A text between one token and another, and nothing more. */
    private static void expectEnds(JsonNode processor) {
        String type = processor.path("type").asText("none");
        String start;
        String end;
        if (type.equals("BertProcessing")) {
            start = processor.path("cls").path(0).asText();
            end = processor.path("sep").path(0).asText();
        } else {
            expect("a post_processor of type", "TemplateProcessing", type);
            JsonNode single = processor.path("single");
            expect("parts of post_processor", "3", Integer.toString(single.size()));
            start = single.at("/0/SpecialToken/id").asText();
            end = single.at("/2/SpecialToken/id").asText();
        }
        expect("texts that begin with", WordPieceTokenizer.START, start);
        expect("texts that end with", WordPieceTokenizer.END, end);
    }

    private static void expect(String what, String expected, String got) {
        if (got.equals(expected)) return;
        throw new IllegalArgumentException(
                "expected " + what + " " + expected + ", got " + TextFile.brief(got) + "; choose another checkpoint");
    }

    private static JsonNode json(Path file) throws IOException {
        try {
            return JSON.readTree(TextFile.bytes(file, LARGEST_FILE));
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file + ": expected JSON, got something else: " + TextFile.brief(e.getOriginalMessage()), e);
        }
    }
}
