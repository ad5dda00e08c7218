package org.zeuxis.data.format;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.text.TextFile;

/** A JSON object as lists of texts by name; names of nested objects are joined by dots. */
final class JsonAttributes {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As long names of nested objects would be repeated for each of their values. */
    private static final int LONGEST_NAME = 500;

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
            throw new IOException(
                    "expected a JSON object, got malformed JSON: " + TextFile.brief(e.getOriginalMessage()), e);
        } catch (CharConversionException e) {
            throw new IOException("expected a JSON object in UTF-8, got another encoding", e);
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

    private static void collect(String name, JsonNode node, Map<String, List<String>> attributes) throws IOException {
        if (name.length() > LONGEST_NAME) {
            throw new IOException(
                    "expected names of at most " + LONGEST_NAME + " letters, got " + TextFile.brief(name));
        }
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                String inner = name.isEmpty() ? field.getKey() : name + "." + field.getKey();
                collect(inner, field.getValue(), attributes);
            }
        } else if (node.isArray()) {
            attributes.computeIfAbsent(name, n -> new ArrayList<>());
            for (JsonNode each : node) collect(name, each, attributes);
        } else if (!node.isNull()) {
            attributes.computeIfAbsent(name, n -> new ArrayList<>()).add(node.asText());
        }
    }
}
