package org.zeuxis.text.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.SpecialToken;
import org.zeuxis.text.TextFile;
import org.zeuxis.text.Words;
import org.zeuxis.text.language.Spelling.Characters;
import org.zeuxis.text.language.Spelling.Characters.Marked;

/**
 * What a {@code tokenizer.json}, or {@link Gpt2Files}, say, each part of which is honoured or refused by name. Its {@code truncation} and
 * {@code padding} are of a batch that somebody made once; as in transformers, a text has all its tokens. {@code unk_token} and
 * {@code fuse_unk} say what becomes of what has no token: nothing is, as each byte has one.
 *
 * @param composes whether texts are composed (NFC) first
 * @param start ids that every text begins with
 * @param endId -1 for none
 * @param special ids that are no part of the text
 */
record LanguageTokenizerFile(
        BytePairEncoding encoding,
        Spelling spelling,
        boolean composes,
        int[] start,
        int endId,
        List<SpecialToken> added,
        Set<Integer> special) {
    private static final String FILE = "tokenizer.json";
    private static final String CONFIG = "tokenizer_config.json";
    private static final long LARGEST = 1 << 26;
    private static final int LARGEST_ID = 1 << 22;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Set<String> KEYS = Set.of(
            "version",
            "truncation",
            "padding",
            "added_tokens",
            "normalizer",
            "pre_tokenizer",
            "post_processor",
            "decoder",
            "model");

    private static final Set<String> MODEL_KEYS = Set.of(
            "type",
            "dropout",
            "unk_token",
            "continuing_subword_prefix",
            "end_of_word_suffix",
            "fuse_unk",
            "byte_fallback",
            "ignore_merges",
            "vocab",
            "merges");

    static LanguageTokenizerFile read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        Path settings = folder.resolve(CONFIG);
        JsonNode config = Files.exists(settings) ? json(settings) : MissingNode.getInstance();
        if (!Files.exists(file) && Gpt2Files.in(folder)) {
            try {
                return of(Gpt2Files.read(folder, config), config);
            } catch (IllegalArgumentException e) {
                throw new IOException(folder + ": " + e.getMessage(), e);
            }
        }
        if (!Files.exists(file)) {
            throw new IOException(
                    folder + ": expected " + FILE + " of the language model, or vocab.json with merges.txt,"
                            + " got neither; save its tokenizer with transformers' AutoTokenizer into this folder");
        }
        JsonNode json = json(file);
        try {
            return of(json, config);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    static JsonNode json(Path file) throws IOException {
        try {
            return JSON.readTree(TextFile.bytes(file, LARGEST));
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": expected JSON, got " + Words.clean(e) + "; check the file", e);
        }
    }

    private static LanguageTokenizerFile of(JsonNode json, JsonNode config) {
        expectKnown("", json, KEYS);
        JsonNode model = json.path("model");
        expectKnown("model.", model, MODEL_KEYS);
        expect("model.type", model.path("type"), "BPE");
        for (String none : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
            expect("model." + none, model.path(none), "null", "", "0.0");
        }
        expect("model.ignore_merges", model.path("ignore_merges"), "false");
        List<JsonNode> normalizers = parts(json.path("normalizer"), "normalizers");
        JsonNode splits = json.path("pre_tokenizer");
        List<SpecialToken> added = new ArrayList<>();
        Set<Integer> special = new HashSet<>();
        declare(json.path("added_tokens"), added, special);
        BytePairEncoding encoding = encoding(model, added);
        int endId = id("eos_token", config, encoding, added);
        boolean composes = normalizers.stream().anyMatch(it -> type(it).equals("NFC"));
        if (type(splits).equals("ByteLevel")) {
            for (JsonNode one : normalizers) expect("normalizer", one.path("type"), "NFC");
            expect("pre_tokenizer.use_regex", splits.path("use_regex"), "true");
            expectEach("model.vocab", Spelling.Bytes.names(), encoding);
            DecoderKey.expectBytes(json.path("decoder"));
            Spelling bytes = new Spelling.Bytes(splits.path("add_prefix_space").asBoolean(false));
            return new LanguageTokenizerFile(
                    encoding, bytes, composes, start(json), endId, List.copyOf(added), Set.copyOf(special));
        }
        expect(
                "model.byte_fallback",
                model.path("byte_fallback").isMissingNode() ? JSON.nullNode() : model.path("byte_fallback"),
                "true");
        Marked marked = marked(normalizers, splits);
        expectEach("model.vocab", Characters.names(), encoding);
        Spelling characters = new Characters(marked, DecoderKey.strips(json.path("decoder")));
        return new LanguageTokenizerFile(
                encoding, characters, composes, start(json), endId, List.copyOf(added), Set.copyOf(special));
    }

    private static LanguageTokenizerFile of(Gpt2Files files, JsonNode config) {
        List<SpecialToken> added = new ArrayList<>();
        Set<Integer> special = new HashSet<>();
        declare(files.added(), added, special);
        BytePairEncoding encoding = files.encoding();
        expectEach("vocab.json", Spelling.Bytes.names(), encoding);
        int first = id("bos_token", files.roles(), encoding, added);
        return new LanguageTokenizerFile(
                encoding,
                new Spelling.Bytes(config.path("add_prefix_space").asBoolean(false)),
                false,
                config.path("add_bos_token").asBoolean(false) && first >= 0 ? new int[] {first} : new int[0],
                id("eos_token", files.roles(), encoding, added),
                List.copyOf(added),
                Set.copyOf(special));
    }

    private static void declare(Iterable<JsonNode> tokens, List<SpecialToken> added, Set<Integer> special) {
        for (JsonNode token : tokens) {
            String content = token.path("content").asText();
            for (String flag : List.of("lstrip", "rstrip", "single_word")) {
                expect(flag + " of " + content, token.path(flag), "false");
            }
            int id = id(content, token.path("id"));
            added.add(new SpecialToken(content, id, token.path("normalized").asBoolean(false)));
            if (token.path("special").asBoolean(false)) special.add(id);
        }
    }

    private static Marked marked(List<JsonNode> normalizers, JsonNode splits) {
        Marked marked = Marked.NONE;
        boolean spaces = false;
        for (JsonNode one : normalizers) {
            expect("normalizer", one.path("type"), "Prepend", "Replace", "NFC");
            if (type(one).equals("Prepend")) {
                expect("prepend", one.path("prepend"), Characters.SPACE);
                marked = Marked.EACH;
            } else if (type(one).equals("Replace")) {
                expect("pattern", one.path("pattern").path("String"), " ");
                expect("content", one.path("content"), Characters.SPACE);
                spaces = true;
            }
        }
        expect(
                "pre_tokenizer",
                splits.isMissingNode() || splits.isNull() ? JSON.nullNode() : splits.path("type"),
                "null",
                "Metaspace");
        if (type(splits).equals("Metaspace")) {
            expect("pre_tokenizer.replacement", splits.path("replacement"), Characters.SPACE);
            expect("pre_tokenizer.split", splits.path("split"), "false");
            expect("pre_tokenizer.prepend_scheme", splits.path("prepend_scheme"), "first", "never");
            if (splits.path("prepend_scheme").asText("first").equals("first")) marked = Marked.FIRST;
            spaces = true;
        }
        if (spaces) return marked;
        throw new IllegalArgumentException(
                "expected a pre_tokenizer of bytes, or a mark for each space, got neither;" + " choose another model");
    }

    private static BytePairEncoding encoding(JsonNode model, List<SpecialToken> added) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> token : model.path("vocab").properties()) {
            ids.put(token.getKey(), id(token.getKey(), token.getValue()));
        }
        if (ids.isEmpty())
            throw new IllegalArgumentException("expected tokens with their ids in model.vocab, got none");
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            merges.add(
                    merge.isArray()
                            ? merge.path(0).asText() + " " + merge.path(1).asText()
                            : merge.asText());
        }
        return new BytePairEncoding(ids, merges);
    }

    private static int[] start(JsonNode json) {
        for (JsonNode one : parts(json.path("post_processor"), "processors")) {
            expect("post_processor", one.path("type"), "ByteLevel", "TemplateProcessing");
            if (!type(one).equals("TemplateProcessing")) continue;
            List<Integer> ids = new ArrayList<>();
            boolean text = false;
            for (JsonNode step : one.path("single")) {
                text |= step.has("Sequence");
                String token = step.path("SpecialToken").path("id").asText("");
                if (token.isEmpty()) continue;
                // what comes after a text would end a prompt before anything is written
                if (text)
                    throw new IllegalArgumentException("expected a post_processor that adds nothing after a text, got "
                            + TextFile.brief(token) + "; choose another model");
                one.path("special_tokens").path(token).path("ids").forEach(id -> ids.add(id(token, id)));
            }
            return ids.stream().mapToInt(Integer::intValue).toArray();
        }
        return new int[0];
    }

    /** Of the token in a role, or -1. */
    private static int id(String named, JsonNode config, BytePairEncoding encoding, List<SpecialToken> added) {
        JsonNode role = config.path(named);
        String text = role.isTextual() ? role.asText() : role.path("content").asText("");
        for (SpecialToken one : added) if (one.content().equals(text)) return one.id();
        return text.isEmpty() ? -1 : encoding.id(text);
    }

    private static List<JsonNode> parts(JsonNode node, String list) {
        if (node.isMissingNode() || node.isNull()) return List.of();
        if (!type(node).equals("Sequence")) return List.of(node);
        List<JsonNode> all = new ArrayList<>();
        node.path(list).forEach(all::add);
        return all;
    }

    private static String type(JsonNode node) {
        return node.path("type").asText("");
    }

    private static int id(String token, JsonNode value) {
        if (value.isIntegralNumber()
                && value.canConvertToInt()
                && value.intValue() >= 0
                && value.intValue() <= LARGEST_ID) {
            return value.intValue();
        }
        throw new IllegalArgumentException("expected an id from 0 to " + LARGEST_ID + " for '" + TextFile.brief(token)
                + "', got " + TextFile.brief(value.toString()) + "; check the file");
    }

    private static void expectKnown(String path, JsonNode part, Set<String> keys) {
        for (Map.Entry<String, JsonNode> each : part.properties()) {
            if (keys.contains(each.getKey())) continue;
            throw new IllegalArgumentException("expected only known keys, got " + path + TextFile.brief(each.getKey())
                    + "; correct it, or choose another model");
        }
    }

    /** So that nothing is unknown. */
    private static void expectEach(String where, Stream<String> bytes, BytePairEncoding encoding) {
        bytes.filter(each -> encoding.id(each) < 0).findFirst().ifPresent(missing -> {
            throw new IllegalArgumentException(
                    "expected each byte in " + where + ", got none for '" + missing + "'; choose another model");
        });
    }

    static void expect(String name, JsonNode value, String... supported) {
        if (value.isMissingNode()) return;
        String text = value.isTextual() ? value.asText() : value.toString();
        if (List.of(supported).contains(text)) return;
        throw new IllegalArgumentException(
                "expected " + TextFile.brief(name) + " to be " + String.join(" or ", supported) + ", got "
                        + TextFile.brief(text) + ", which is not supported; choose another model");
    }
}
