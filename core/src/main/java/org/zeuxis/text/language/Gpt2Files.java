package org.zeuxis.text.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.TextFile;

/**
 * A tokenizer in the files of GPT-2, as OPT has it.
 *
 * @param encoding of {@code vocab.json} and {@code merges.txt}
 * @param added as {@code tokenizer.json} would say them
 * @param roles which token begins and ends a text, as {@code tokenizer_config.json} would say
 */
record Gpt2Files(BytePairEncoding encoding, List<JsonNode> added, JsonNode roles) {
    private static final List<String> ROLES = List.of("bos_token", "eos_token", "unk_token", "pad_token");
    private static final String ADDED = "added_tokens.json";
    private static final String SPECIAL = "special_tokens_map.json";
    private static final String END = "<|endoftext|>"; // every role's, unless another is given
    private static final ObjectMapper JSON = new ObjectMapper();

    static boolean in(Path folder) {
        return Files.exists(folder.resolve("vocab.json")) && Files.exists(folder.resolve("merges.txt"));
    }

    /**
     * Reads them.
     *
     * @param config what {@code tokenizer_config.json} says, or nothing
     * @throws IllegalArgumentException if it asks for what is not here
     */
    static Gpt2Files read(Path folder, JsonNode config) throws IOException {
        LanguageTokenizerFile.expect(
                "tokenizer_class", config.path("tokenizer_class"), "GPT2Tokenizer", "GPT2TokenizerFast");
        LanguageTokenizerFile.expect("errors", config.path("errors"), "replace");
        LanguageTokenizerFile.expect("add_eos_token", config.path("add_eos_token"), "false");
        BytePairEncoding encoding = BytePairEncoding.read(folder);
        Map<String, JsonNode> added = declared(folder, config);
        for (JsonNode more : config.path("additional_special_tokens")) special(text(more), encoding, added);
        ObjectNode roles = roles(folder, config);
        for (JsonNode role : roles) special(role.asText(), encoding, added);
        return new Gpt2Files(encoding, List.copyOf(added.values()), roles);
    }

    /** By their texts: those of {@code added_tokens_decoder} and of {@code added_tokens.json}. */
    private static Map<String, JsonNode> declared(Path folder, JsonNode config) throws IOException {
        Map<String, JsonNode> added = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each :
                config.path("added_tokens_decoder").properties()) {
            if (!(each.getValue() instanceof ObjectNode declared)
                    || !each.getKey().matches("\\d{1,9}")) {
                throw new IllegalArgumentException("expected tokens by their ids in added_tokens_decoder, got '"
                        + TextFile.brief(each.getKey()) + "'; check tokenizer_config.json");
            }
            ObjectNode token = declared.deepCopy();
            token.put("id", Integer.parseInt(each.getKey()));
            added.put(token.path("content").asText(), token);
        }
        for (Map.Entry<String, JsonNode> each : optional(folder.resolve(ADDED)).properties()) {
            ObjectNode token = JSON.createObjectNode().put("content", each.getKey());
            token.set("id", each.getValue());
            added.putIfAbsent(each.getKey(), token);
        }
        return added;
    }

    private static ObjectNode roles(Path folder, JsonNode config) throws IOException {
        JsonNode map = optional(folder.resolve(SPECIAL));
        ObjectNode roles = JSON.createObjectNode();
        for (String role : ROLES) {
            JsonNode given = config.has(role) ? config.path(role) : map.path(role);
            String text = given.isMissingNode() && !role.equals("pad_token") ? END : text(given);
            if (!text.isEmpty()) roles.put(role, text);
        }
        return roles;
    }

    private static void special(String text, BytePairEncoding encoding, Map<String, JsonNode> added) {
        if (added.containsKey(text)) return;
        int id = encoding.id(text);
        if (id < 0) {
            throw new IllegalArgumentException("expected the token '" + TextFile.brief(text)
                    + "' in vocab.json or among the added ones, got none; declare it in added_tokens_decoder");
        }
        added.put(
                text, JSON.createObjectNode().put("content", text).put("id", id).put("special", true));
    }

    private static JsonNode optional(Path file) throws IOException {
        return Files.exists(file) ? LanguageTokenizerFile.json(file) : JSON.createObjectNode();
    }

    private static String text(JsonNode token) {
        return token.isTextual() ? token.asText() : token.path("content").asText("");
    }
}
