package org.zeuxis.config;

import com.fasterxml.jackson.databind.JsonNode;

/** What a value in JSON is, as a message calls it. */
final class JsonKind {
    private JsonKind() {}

    static String of(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "the list";
            case OBJECT -> "the object";
            case STRING -> "the text";
            case NUMBER -> "the number";
            case BOOLEAN -> "the truth value";
            default -> "nothing";
        };
    }
}
