package org.zeuxis.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.zeuxis.file.AtomicFile;

/** The files of a tokenizer folder as transformers reads and writes them. */
final class TokenizerFiles {
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String FAST = "tokenizer.json";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final String ADDED_TOKENS = "added_tokens.json";
    private static final List<String> ROLES = List.of("bos_token", "eos_token", "unk_token", "pad_token");
    private static final int LARGEST_ID = 1 << 22; // four million; a table goes up to the largest there is
    private static final int LONGEST_CONTEXT = 1 << 20;
    private static final double NOT_KNOWN = 1e20; // transformers writes 1e30
    private static final long LARGEST_FILE = 1 << 26;
    /** Of JSON: names, values and brackets. CLIP's have some 300,000. */
    private static final int MOST_TOKENS = 2_000_000;

    /** A vocabulary's tokens are keys that come once: kept for the next time they would only be garbage. */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
            .build());

    /** What the folder says beside the vocabulary; a length of 0 is not given. */
    record Settings(String start, String end, String pad, int contextLength, List<SpecialToken> special) {
        Settings withContextLength(int ids) {
            return new Settings(start, end, pad, ids, special);
        }
    }

    private TokenizerFiles() {}

    static BytePairEncoding readEncoding(Path folder) throws IOException {
        Map<String, Integer> ids = new LinkedHashMap<>();
        List<String> merges = new ArrayList<>();
        Path source = folder.resolve(VOCABULARY);
        if (Files.exists(source) && Files.exists(folder.resolve(MERGES))) {
            for (Map.Entry<String, JsonNode> token : json(source).properties()) {
                ids.put(token.getKey(), id(source, token.getKey(), token.getValue()));
            }
            for (String line : TextFile.lines(folder.resolve(MERGES))) {
                if (!line.startsWith("#version") && !line.isBlank()) merges.add(line);
            }
        } else if (Files.exists(folder.resolve(FAST))) {
            source = folder.resolve(FAST);
            JsonNode model = json(source).path("model");
            String mark = model.path("end_of_word_suffix").asText("");
            if (!model.path("type").asText("BPE").equals("BPE") || !mark.equals(BytePairEncoding.END_OF_WORD)) {
                throw new IOException("expected a BPE model with end_of_word_suffix '</w>' (CLIP's) in " + source
                        + ", got " + TextFile.brief(model.path("type").asText("no type")) + " with '"
                        + TextFile.brief(mark) + "'");
            }
            for (Map.Entry<String, JsonNode> token : model.path("vocab").properties()) {
                ids.put(token.getKey(), id(source, token.getKey(), token.getValue()));
            }
            for (JsonNode merge : model.path("merges")) {
                merges.add(
                        merge.isArray()
                                ? merge.path(0).asText() + " " + merge.path(1).asText()
                                : merge.asText());
            }
        } else {
            throw new IOException("expected " + VOCABULARY + " with " + MERGES + ", or " + FAST + ", in " + folder
                    + "; a checkpoint's tokenizer is often in its folder 'tokenizer'");
        }
        if (ids.isEmpty()) throw new IOException("expected tokens with their ids in " + source + ", got none");
        try {
            return new BytePairEncoding(ids, merges);
        } catch (IllegalArgumentException e) {
            throw new IOException(source + ": " + e.getMessage(), e);
        }
    }

    static void writeEncoding(Path folder, Map<String, Integer> ids, List<String> merges) throws IOException {
        Map<Integer, String> byId = new TreeMap<>();
        ids.forEach((token, id) -> byId.put(id, token));
        ObjectNode vocabulary = JSON.createObjectNode();
        byId.forEach((id, token) -> vocabulary.put(token, id));
        AtomicFile.write(folder.resolve(VOCABULARY), JSON.writeValueAsBytes(vocabulary));
        AtomicFile.write(folder.resolve(MERGES), "#version: 0.2\n" + String.join("\n", merges) + "\n");
    }

    /**
     * The special tokens by the rules of transformers: what {@code added_tokens_decoder} or tokenizer.json declare
     * first; else a role given as an object keeps its {@code normalized}, and one given as bare text is matched as written.
     */
    static Settings readSettings(Path folder, BytePairEncoding encoding) throws IOException {
        JsonNode config = optional(folder.resolve(CONFIG));
        JsonNode fast = optional(folder.resolve(FAST));
        JsonNode roles = config;
        Map<String, SpecialToken> declared = new LinkedHashMap<>();
        JsonNode decoder = config.path("added_tokens_decoder");
        if (decoder.isObject()) {
            for (Map.Entry<String, JsonNode> e : decoder.properties()) {
                long id = e.getKey().matches("\\d{1,9}") ? Long.parseLong(e.getKey()) : -1;
                int known = id(folder.resolve(CONFIG), e.getKey(), id);
                declare(declared, encoding, folder.resolve(CONFIG), e.getValue(), known);
            }
        } else {
            roles = merged(config, optional(folder.resolve(SPECIAL_TOKENS)));
            for (Map.Entry<String, JsonNode> e :
                    optional(folder.resolve(ADDED_TOKENS)).properties()) {
                boolean role = false;
                for (String name : ROLES) role |= content(roles.path(name), "").equals(e.getKey());
                int id = id(folder.resolve(ADDED_TOKENS), e.getKey(), e.getValue());
                if (!e.getKey().isEmpty()) declared.put(e.getKey(), new SpecialToken(e.getKey(), id, !role));
            }
            for (JsonNode token : fast.path("added_tokens")) {
                int id = id(folder.resolve(FAST), "added_tokens", token.path("id"));
                declare(declared, encoding, folder.resolve(FAST), token, id);
            }
        }
        Map<String, SpecialToken> special = new LinkedHashMap<>(declared);
        List<String> texts = new ArrayList<>();
        for (String name : ROLES) {
            String byDefault = name.equals("bos_token") ? BytePairEncoding.START : BytePairEncoding.END;
            JsonNode role = roles.path(name);
            String text = content(role, byDefault);
            texts.add(text);
            if (declared.containsKey(text)) continue;
            int id = text.isEmpty() ? -1 : encoding.id(text);
            if (id < 0) {
                throw new IOException("expected the " + name + " '" + TextFile.brief(text) + "' in the vocabulary of "
                        + folder + "; name one that is there in " + CONFIG);
            }
            special.put(text, new SpecialToken(text, id, role.path("normalized").asBoolean(false)));
        }
        for (String name : ROLES) TokenizerConfig.expectWithinWords(folder.resolve(CONFIG), name, roles.path(name));
        TokenizerConfig.expectKnown(folder.resolve(CONFIG), config, ROLES, special.keySet());
        if (roles != config) {
            JsonNode map = optional(folder.resolve(SPECIAL_TOKENS));
            TokenizerConfig.expectKnown(folder.resolve(SPECIAL_TOKENS), map, ROLES, special.keySet());
        }
        TokenizerConfig.expectSides(folder.resolve(FAST), fast, config);
        String key = config.has("model_max_length") ? "model_max_length" : "max_len";
        double length = config.path(key).asDouble(0);
        if (length > LONGEST_CONTEXT && length < NOT_KNOWN) {
            throw new IOException(folder.resolve(CONFIG) + ": expected a " + key + " of at most " + LONGEST_CONTEXT
                    + ", or 1e30 for not known, got " + config.path(key));
        }
        return new Settings(
                texts.get(0),
                texts.get(1),
                texts.get(3),
                length < 1 || length >= NOT_KNOWN ? 0 : (int) length,
                List.copyOf(special.values()));
    }

    static void writeSettings(Path folder, Settings settings) throws IOException {
        ObjectNode roles = JSON.createObjectNode();
        roles.put("bos_token", settings.start());
        roles.put("eos_token", settings.end());
        roles.put("unk_token", settings.end());
        roles.put("pad_token", settings.pad());
        ObjectNode config = JSON.createObjectNode();
        ObjectNode decoder = config.putObject("added_tokens_decoder");
        for (SpecialToken token : settings.special()) {
            ObjectNode entry = decoder.putObject(Integer.toString(token.id()));
            entry.put("content", token.content());
            entry.put("lstrip", false).put("normalized", token.normalized());
            entry.put("rstrip", false).put("single_word", false).put("special", true);
        }
        config.setAll(roles);
        config.put("do_lower_case", true);
        config.put("model_max_length", settings.contextLength());
        config.put("tokenizer_class", "CLIPTokenizer");
        ObjectMapper indented = JSON.copy().enable(SerializationFeature.INDENT_OUTPUT);
        AtomicFile.write(folder.resolve(CONFIG), indented.writeValueAsBytes(config));
        AtomicFile.write(folder.resolve(SPECIAL_TOKENS), indented.writeValueAsBytes(roles));
    }

    /** One that does not say so itself is looked for in the normalised text unless it is special. */
    private static void declare(
            Map<String, SpecialToken> declared, BytePairEncoding encoding, Path file, JsonNode token, int declaredId)
            throws IOException {
        String text = token.path("content").asText();
        int id = encoding.id(text) >= 0 ? encoding.id(text) : declaredId;
        if (text.isEmpty()) return;
        TokenizerConfig.expectWithinWords(file, text, token);
        boolean special = token.path("special").asBoolean(false);
        declared.put(text, new SpecialToken(text, id, token.path("normalized").asBoolean(!special)));
    }

    private static JsonNode merged(JsonNode config, JsonNode over) {
        ObjectNode all = JSON.createObjectNode();
        for (JsonNode node : List.of(config, over)) node.properties().forEach(e -> all.set(e.getKey(), e.getValue()));
        return all;
    }

    private static String content(JsonNode role, String byDefault) {
        if (role.isTextual()) return role.asText();
        return role.path("content").asText(byDefault);
    }

    private static JsonNode optional(Path file) throws IOException {
        return Files.exists(file) ? json(file) : MissingNode.getInstance();
    }

    private static JsonNode json(Path file) throws IOException {
        try {
            JsonNode node = JSON.readTree(TextFile.bytes(file, LARGEST_FILE));
            if (node.isObject()) return node;
            throw new IOException("expected a JSON object in " + file + ", got " + node.getNodeType());
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "expected JSON in " + file + ", got something else: " + TextFile.brief(e.getOriginalMessage()), e);
        } catch (CharConversionException e) {
            throw new IOException("expected JSON in UTF-8 in " + file + ", got another encoding", e);
        }
    }

    private static int id(Path file, String token, JsonNode id) throws IOException {
        return id(file, token, id.isIntegralNumber() && id.canConvertToLong() ? id.longValue() : -1);
    }

    /** The table of tokens has a place for every id up to the largest. */
    private static int id(Path file, String token, long id) throws IOException {
        if (id >= 0 && id <= LARGEST_ID) return (int) id;
        throw new IOException(file + ": expected ids of 0 to " + LARGEST_ID + ", got another for '"
                + TextFile.brief(token) + "'; fetch it again");
    }
}
