package org.zeuxis.text.sentencepiece;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zeuxis.file.Protobuf;
import org.zeuxis.text.SpecialToken;
import org.zeuxis.text.TextFile;

/** The files of a SentencePiece tokenizer: {@code spiece.model}, or transformers' {@code tokenizer.json}. */
final class UnigramFiles {
    private static final String SENTENCE_PIECE = "spiece.model";
    private static final String FAST = "tokenizer.json";
    private static final String CONFIG = "tokenizer_config.json";
    private static final long LARGEST_FILE = 1 << 26;
    private static final int MOST_EXTRA = 10_000;
    private static final int UNIGRAM = 1;
    /** The kinds of piece that are no special tokens: normal, unused, a byte. */
    private static final Set<Long> ORDINARY = Set.of(1L, 5L, 6L);

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param special tokens that are found in a text before it is cut
     * @param contextLength the longest text, 0 if no file says it
     */
    record Contents(Unigram unigram, CharacterMap characters, List<SpecialToken> special, int contextLength) {}

    private UnigramFiles() {}

    /** @throws IOException if the folder has neither file or one asks for what is not done here; the message names it */
    static Contents read(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        JsonNode settings = Files.exists(config) ? json(config) : MissingNode.getInstance();
        Path proto = folder.resolve(SENTENCE_PIECE);
        Path fast = folder.resolve(FAST);
        Path source = Files.exists(proto) ? proto : fast;
        if (!Files.exists(source)) {
            throw new IOException(folder + ": expected " + SENTENCE_PIECE + " or " + FAST
                    + ", got neither; a checkpoint's tokenizer is often in its folder 'tokenizer'");
        }
        try {
            int context = contextLength(config, settings);
            return source == proto ? sentencePiece(proto, settings, context) : fast(json(fast), context);
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

    private static Contents sentencePiece(Path file, JsonNode settings, int context) throws IOException {
        List<Unigram.Piece> pieces = new ArrayList<>();
        List<SpecialToken> special = new ArrayList<>();
        @Nullable CharacterMap characters = null;
        int unknown = -1;
        try {
            Protobuf model = new Protobuf(ByteBuffer.wrap(TextFile.bytes(file, LARGEST_FILE)));
            while (model.next()) {
                switch (model.field()) {
                    case 1 -> piece(new Protobuf(model.message()), pieces, special);
                    case 2 -> unknown = trainer(new Protobuf(model.message()));
                    case 3 -> characters = normalizer(new Protobuf(model.message()));
                    default -> {}
                }
            }
            if (unknown < 0 || characters == null) {
                throw new IllegalArgumentException("expected how it was trained and what it makes of characters");
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "expected a SentencePiece model, got something else: " + e.getMessage() + "; fetch it again", e);
        }
        int extra = settings.path("extra_ids").asInt(100);
        if (extra < 0 || extra > MOST_EXTRA) {
            throw new IllegalArgumentException("expected extra_ids of 0 to " + MOST_EXTRA + ", got " + extra);
        }
        for (int i = extra - 1; i >= 0; i--) {
            String token = "<extra_id_" + i + ">";
            special.add(new SpecialToken(token, pieces.size(), false));
            pieces.add(new Unigram.Piece(token, 0));
        }
        return new Contents(new Unigram(pieces, unknown), characters, special, context);
    }

    private static void piece(Protobuf message, List<Unigram.Piece> pieces, List<SpecialToken> special) {
        String text = "";
        float score = 0;
        long type = 1;
        while (message.next()) {
            if (message.field() == 1) text = message.text();
            if (message.field() == 2) score = message.real();
            if (message.field() == 3) type = message.number();
        }
        if (!ORDINARY.contains(type)) special.add(new SpecialToken(text, pieces.size(), false));
        pieces.add(new Unigram.Piece(text, score));
    }

    /** The number of the unknown piece. */
    private static int trainer(Protobuf message) {
        long unknown = 0;
        while (message.next()) {
            if (message.field() == 3 && message.number() != UNIGRAM) {
                throw new IllegalArgumentException("expected pieces of the kind unigram, got kind " + message.number());
            }
            if (message.field() == 35 && message.number() != 0) {
                throw new IllegalArgumentException("expected no byte_fallback, got one");
            }
            if (message.field() == 40) unknown = message.number();
        }
        return Math.toIntExact(unknown);
    }

    private static CharacterMap normalizer(Protobuf message) {
        CharacterMap characters = CharacterMap.NONE;
        while (message.next()) {
            if (message.field() != 2) continue;
            ByteBuffer compiled = message.message();
            byte[] bytes = new byte[compiled.remaining()];
            compiled.get(bytes);
            characters = CharacterMap.read(bytes);
        }
        return characters;
    }

    private static Contents fast(JsonNode whole, int context) {
        JsonNode model = whole.path("model");
        expect("a model of type", "Unigram", model.path("type").asText("none"));
        expect("byte_fallback", "false", model.path("byte_fallback").asText("false"));
        JsonNode normalizer = whole.path("normalizer");
        if (!normalizer.isNull()) {
            expect(
                    "a normalizer of type",
                    "Precompiled",
                    normalizer.path("type").asText("none"));
        }
        expectWords(whole.path("pre_tokenizer"));
        List<Unigram.Piece> pieces = new ArrayList<>();
        for (JsonNode piece : model.path("vocab")) {
            pieces.add(new Unigram.Piece(piece.path(0).asText(), piece.path(1).asDouble()));
        }
        Map<String, SpecialToken> special = new LinkedHashMap<>();
        for (JsonNode token : whole.path("added_tokens")) {
            String text = token.path("content").asText();
            int id = token.path("id").asInt(-1);
            if (id < 0 || id >= pieces.size() || !pieces.get(id).text().equals(text)) {
                throw new IllegalArgumentException(
                        "expected added tokens to be among the pieces, got '" + TextFile.brief(text) + "'");
            }
            expect(
                    "single_word of '" + TextFile.brief(text) + "'",
                    "false",
                    token.path("single_word").asText("false"));
            special.put(text, new SpecialToken(text, id, false));
        }
        byte[] compiled = Base64.getDecoder()
                .decode(normalizer.path("precompiled_charsmap").asText(""));
        return new Contents(
                new Unigram(pieces, model.path("unk_id").asInt(-1)),
                CharacterMap.read(compiled),
                List.copyOf(special.values()),
                context);
    }

    /** Words by white space, each with a mark before it: all that a sequence of the two of them can ask for. */
    private static void expectWords(JsonNode preTokenizer) {
        List<JsonNode> steps = new ArrayList<>();
        preTokenizer.path("pretokenizers").forEach(steps::add);
        if (steps.isEmpty()) steps.add(preTokenizer);
        for (JsonNode step : steps) {
            String type = step.path("type").asText("none");
            if (type.equals("WhitespaceSplit")) continue;
            expect("a pre_tokenizer of type", "Metaspace", type);
            expect("prepend_scheme", "always", step.path("prepend_scheme").asText("always"));
            expect("add_prefix_space", "true", step.path("add_prefix_space").asText("true"));
            expect("split", "true", step.path("split").asText("true"));
        }
        if (!steps.get(0).path("type").asText().equals("WhitespaceSplit")) {
            throw new IllegalArgumentException("expected a pre_tokenizer that begins with WhitespaceSplit, got "
                    + TextFile.brief(steps.get(0).path("type").asText("none")));
        }
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
