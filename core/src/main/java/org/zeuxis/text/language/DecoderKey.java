package org.zeuxis.text.language;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.text.TextFile;
import org.zeuxis.text.language.Spelling.Characters;

/** The {@code decoder} of a {@code tokenizer.json}: how tokens become a text again. */
final class DecoderKey {
    /** Spaces for their marks, bytes for their names, all in one. */
    private static final List<String> CHARACTERS = List.of("Replace", "ByteFallback", "Fuse");

    private DecoderKey() {}

    /** @throws IllegalArgumentException unless it reads the characters that bytes are spelled in */
    static void expectBytes(JsonNode decoder) {
        List<JsonNode> parts = parts(decoder);
        if (!types(parts).equals(List.of("ByteLevel"))) throw refused("ByteLevel", decoder, parts);
    }

    /**
     * Whether it drops a space that a text begins with.
     *
     * @throws IllegalArgumentException unless it reads marked spaces and bytes by their names
     */
    static boolean strips(JsonNode decoder) {
        List<JsonNode> parts = parts(decoder);
        boolean last = parts.size() == CHARACTERS.size() + 1
                && types(parts).get(CHARACTERS.size()).equals("Strip");
        if (!types(last ? parts.subList(0, CHARACTERS.size()) : parts).equals(CHARACTERS)) {
            throw refused("Replace, ByteFallback, Fuse and perhaps Strip", decoder, parts);
        }
        LanguageTokenizerFile.expect(
                "decoder.pattern", parts.get(0).path("pattern").path("String"), Characters.SPACE);
        LanguageTokenizerFile.expect("decoder.content", parts.get(0).path("content"), " ");
        if (!last) return false;
        JsonNode strip = parts.get(CHARACTERS.size());
        LanguageTokenizerFile.expect("decoder.content", strip.path("content"), " ");
        LanguageTokenizerFile.expect("decoder.start", strip.path("start"), "0", "1");
        LanguageTokenizerFile.expect("decoder.stop", strip.path("stop"), "0");
        return strip.path("start").asInt() == 1;
    }

    private static List<JsonNode> parts(JsonNode decoder) {
        if (!decoder.path("type").asText("").equals("Sequence")) return List.of(decoder);
        List<JsonNode> all = new ArrayList<>();
        decoder.path("decoders").forEach(all::add);
        return all;
    }

    private static List<String> types(List<JsonNode> parts) {
        return parts.stream().map(part -> part.path("type").asText("none")).toList();
    }

    private static IllegalArgumentException refused(String expected, JsonNode decoder, List<JsonNode> parts) {
        return new IllegalArgumentException("expected decoder to be " + expected + ", got "
                + (decoder.isObject() ? TextFile.brief(String.join(", ", types(parts))) : "none")
                + ", which is not supported; choose another model");
    }
}
