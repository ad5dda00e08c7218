package org.zeuxis.text.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.zeuxis.text.TextFile;

/**
 * A tokenizer in the files of GPT-2, as OPT has it, told in the words of {@code tokenizer.json}.
 *
 * @param tokenizer what a {@code tokenizer.json} would say
 * @param roles which token ends a text, as {@code tokenizer_config.json} would say
 */
record Gpt2Files(ObjectNode tokenizer, ObjectNode roles) {
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String ADDED = "added_tokens.json";
    private static final String SPECIAL = "special_tokens_map.json";
    private static final String END = "<|endoftext|>"; // every role's, unless another is given
    private static final ObjectMapper JSON = new ObjectMapper();

    static boolean in(Path folder) {
        return Files.exists(folder.resolve(VOCABULARY)) && Files.exists(folder.resolve(MERGES));
    }

    /**
     * @param config what {@code tokenizer_config.json} says, or nothing
     * @throws IllegalArgumentException if it asks for what is not here
     */
    static Gpt2Files read(Path folder, JsonNode config) throws IOException {
        LanguageTokenizerFile.expect(
                "tokenizer_class", config.path("tokenizer_class"), "GPT2Tokenizer", "GPT2TokenizerFast");
        LanguageTokenizerFile.expect("errors", config.path("errors"), "replace");
        LanguageTokenizerFile.expect("add_eos_token", config.path("add_eos_token"), "false");
        ObjectNode tokenizer = JSON.createObjectNode();
        ObjectNode model = tokenizer.putObject("model").put("type", "BPE");
        JsonNode vocabulary = LanguageTokenizerFile.json(folder.resolve(VOCABULARY));
        model.set("vocab", vocabulary);
        ArrayNode merges = model.putArray("merges");
        for (String line : TextFile.lines(folder.resolve(MERGES))) {
            if (!line.startsWith("#version") && !line.isBlank()) merges.add(line);
        }
        tokenizer
                .putObject("pre_tokenizer")
                .put("type", "ByteLevel")
                .put("add_prefix_space", config.path("add_prefix_space").asBoolean(false));
        Map<String, ObjectNode> added = added(folder, config, vocabulary);
        ObjectNode roles = roles(folder, config);
        for (String role : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
            String text = roles.path(role).asText("");
            if (!text.isEmpty()) added.putIfAbsent(text, token(text, vocabulary.path(text), true));
        }
        added.values().forEach(tokenizer.putArray("added_tokens")::add);
        if (config.path("add_bos_token").asBoolean(false)) start(tokenizer, roles, added);
        return new Gpt2Files(tokenizer, roles);
    }

    /** By their texts: those of {@code added_tokens_decoder}, of {@code added_tokens.json}, and further special ones. */
    private static Map<String, ObjectNode> added(Path folder, JsonNode config, JsonNode vocabulary) throws IOException {
        Map<String, ObjectNode> added = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each :
                config.path("added_tokens_decoder").properties()) {
            ObjectNode token = each.getValue().deepCopy();
            token.set("id", JSON.readTree(each.getKey()));
            added.put(token.path("content").asText(), token);
        }
        if (Files.exists(folder.resolve(ADDED))) {
            for (Map.Entry<String, JsonNode> each :
                    LanguageTokenizerFile.json(folder.resolve(ADDED)).properties()) {
                added.putIfAbsent(each.getKey(), token(each.getKey(), each.getValue(), false));
            }
        }
        for (JsonNode more : config.path("additional_special_tokens")) {
            String text = text(more);
            added.putIfAbsent(text, token(text, vocabulary.path(text), true));
        }
        return added;
    }

    private static ObjectNode roles(Path folder, JsonNode config) throws IOException {
        Path special = folder.resolve(SPECIAL);
        JsonNode map = Files.exists(special) ? LanguageTokenizerFile.json(special) : JSON.createObjectNode();
        ObjectNode roles = JSON.createObjectNode();
        for (String role : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
            JsonNode given = config.has(role) ? config.path(role) : map.path(role);
            String text = given.isMissingNode() && !role.equals("pad_token") ? END : text(given);
            if (!text.isEmpty()) roles.put(role, text);
        }
        return roles;
    }

    private static ObjectNode token(String text, JsonNode id, boolean special) {
        if (id.isMissingNode()) {
            throw new IllegalArgumentException("expected the token '" + TextFile.brief(text) + "' in " + VOCABULARY
                    + " or among the added ones, got none; declare it in added_tokens_decoder");
        }
        ObjectNode token = JSON.createObjectNode().put("content", text).put("special", special);
        token.set("id", id);
        return token;
    }

    private static void start(ObjectNode tokenizer, ObjectNode roles, Map<String, ObjectNode> added) {
        String first = roles.path("bos_token").asText("");
        if (first.isEmpty()) return;
        ObjectNode template = tokenizer.putObject("post_processor").put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        single.addObject().putObject("SpecialToken").put("id", first);
        single.addObject().putObject("Sequence");
        template.putObject("special_tokens")
                .putObject(first)
                .putArray("ids")
                .add(Objects.requireNonNull(added.get(first)).path("id"));
    }

    private static String text(JsonNode token) {
        return token.isTextual() ? token.asText() : token.path("content").asText("");
    }
}
