package org.zeuxis.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The keys of a {@code tokenizer_config.json} besides the vocabulary's own tokens: what they ask for is done here anyway,
 * or they change nothing, or they are refused by name.
 */
final class TokenizerConfig {
    /** What transformers' CLIPTokenizer does not ask for, or what changes nothing of the ids of a text. */
    private static final Set<String> BOOKKEEPING = Set.of(
            "add_bos_token",
            "add_eos_token",
            "add_prefix_space",
            "added_tokens_decoder",
            "auto_map",
            "backend",
            "chat_template",
            "clean_up_tokenization_spaces",
            "do_basic_tokenize",
            "do_lower_case", // CLIP's texts always are
            "errors",
            "fix_text",
            "from_slow",
            "init_inputs",
            "is_local",
            "legacy",
            "local_files_only",
            "max_len",
            "max_length",
            "merges_file",
            "model_input_names",
            "model_max_length",
            "name_or_path",
            "never_split",
            "pad_to_multiple_of",
            "pad_token_type_id",
            "padding",
            "post_processor",
            "processor_class",
            "return_tensors",
            "return_token_type_ids",
            "special_tokens_map_file",
            "stride",
            "strip_accents",
            "tokenize_chinese_chars",
            "tokenizer_file",
            "transformers_version",
            "trim_offsets",
            "truncation",
            "truncation_strategy",
            "trust_remote_code",
            "use_fast",
            "verbose",
            "vocab_file",
            "vocab_size");

    private static final Map<String, List<String>> SUPPORTED = new TreeMap<>(Map.of(
            "padding_side", List.of("right"),
            "split_special_tokens", List.of("false"),
            "tokenizer_class", List.of("CLIPTokenizer", "CLIPTokenizerFast"),
            "truncation_side", List.of("right")));

    private TokenizerConfig() {}

    /**
     * @param file whose keys these are
     * @param roles tokens that the tokenizer itself writes
     * @param declared further tokens that are found in texts
     * @throws IOException if a key asks for another result, naming it
     */
    static void expectKnown(Path file, JsonNode config, List<String> roles, Set<String> declared) throws IOException {
        for (Map.Entry<String, JsonNode> each : config.properties()) {
            String key = each.getKey();
            JsonNode value = each.getValue();
            if (BOOKKEEPING.contains(key) || key.startsWith("_") || value.isNull()) continue;
            if (SUPPORTED.containsKey(key)) expect(file, key, SUPPORTED.get(key), value);
            else if (roles.contains(key)) continue;
            else if (key.endsWith("_token") || key.endsWith("special_tokens")) {
                for (String token : texts(value)) expectDeclared(file, key, token, declared);
            } else {
                throw new IOException(file + ": expected only known keys, got " + TextFile.brief(key) + " = "
                        + TextFile.brief(value.toString()) + "; correct it, or choose another checkpoint");
            }
        }
    }

    /** The same of the stretches of a {@code tokenizer.json} that a configuration without these keys takes over. */
    static void expectSides(Path file, JsonNode whole, JsonNode config) throws IOException {
        for (String stretch : List.of("padding", "truncation")) {
            JsonNode direction = whole.path(stretch).path("direction");
            if (config.has(stretch + "_side") || direction.isMissingNode()) continue;
            expect(file, stretch + " direction", List.of("Right"), direction);
        }
    }

    /** A token that counts only where no letter is beside it would have to be looked for in another way. */
    static void expectWithinWords(Path file, String token, JsonNode declaration) throws IOException {
        JsonNode single = declaration.path("single_word");
        if (single.isMissingNode()) return;
        expect(file, "single_word of " + TextFile.brief(token), List.of("false"), single);
    }

    private static void expect(Path file, String key, List<String> supported, JsonNode value) throws IOException {
        if (supported.contains(value.asText())) return;
        throw new IOException(file + ": expected " + key + " to be " + String.join(" or ", supported) + ", got "
                + TextFile.brief(value.isTextual() ? value.asText() : value.toString())
                + ", which is not supported; choose another checkpoint");
    }

    private static void expectDeclared(Path file, String key, String token, Set<String> declared) throws IOException {
        if (declared.contains(token)) return;
        throw new IOException(file + ": expected " + key + " to be among the added tokens, got '"
                + TextFile.brief(token) + "'; declare it in added_tokens_decoder");
    }

    /** Of a token, a list of tokens, or tokens by their names. */
    private static List<String> texts(JsonNode value) {
        if (value.isTextual()) return List.of(value.asText());
        if (value.has("content")) return List.of(value.path("content").asText());
        List<String> all = new ArrayList<>();
        for (JsonNode each : value) all.addAll(texts(each));
        return all;
    }
}
