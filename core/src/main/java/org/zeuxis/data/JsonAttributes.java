package org.zeuxis.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON object as lists of texts by name; names of nested objects are joined by dots. */
final class JsonAttributes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> CAPTIONS = List.of("caption", "captions", "text");

    private JsonAttributes() {}

    /** What is a caption among attributes; none, if nothing is. */
    static List<String> captions(Map<String, List<String>> attributes) {
        return CAPTIONS.stream()
                .map(name -> attributes.getOrDefault(name, List.of()).stream()
                        .map(String::strip)
                        .filter(caption -> !caption.isEmpty())
                        .toList())
                .filter(captions -> !captions.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** @throws IOException if it is no JSON object */
    static Map<String, List<String>> parse(byte[] json) throws IOException {
        JsonNode node;
        try {
            node = JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IOException("expected a JSON object, got malformed JSON: " + e.getOriginalMessage(), e);
        }
        if (node == null || !node.isObject()) {
            String kind = node == null || node instanceof MissingNode
                    ? "nothing"
                    : node.getNodeType().toString();
            throw new IOException("expected a JSON object, got " + kind);
        }
        Map<String, List<String>> attributes = new LinkedHashMap<>();
        collect("", node, attributes);
        return attributes;
    }

    private static void collect(String name, JsonNode node, Map<String, List<String>> attributes) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> collect(
                            name.isEmpty() ? field.getKey() : name + "." + field.getKey(),
                            field.getValue(),
                            attributes));
        } else if (node.isArray()) {
            attributes.computeIfAbsent(name, n -> new ArrayList<>());
            for (JsonNode each : node) collect(name, each, attributes);
        } else if (!node.isNull()) {
            attributes.computeIfAbsent(name, n -> new ArrayList<>()).add(node.asText());
        }
    }
}
