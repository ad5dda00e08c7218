package org.zeuxis.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.file.AtomicFile;

/** Writes a {@code config.json}: keys in the order they were put, indented, the file complete or not there at all. */
public final class ConfigWriter {
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    /**
     * @param value a text, number, truth value, enum (as its lower-case name), null, or a list, array, map or writer of these
     * @throws IllegalArgumentException if it is anything else
     */
    public ConfigWriter put(String key, @Nullable Object value) {
        values.put(key, value instanceof ConfigWriter inner ? inner.values : value);
        return this;
    }

    /** The JSON text, ending in a line feed. */
    public String text() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
            DefaultPrettyPrinter pretty = new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
            pretty.indentObjectsWith(indenter);
            json.setPrettyPrinter(pretty);
            write(json, "", values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    /** @throws IOException if the disk refuses; what stood there before is then untouched */
    public void write(Path file) throws IOException {
        AtomicFile.write(file, text());
    }

    private static void write(JsonGenerator json, String key, @Nullable Object value) throws IOException {
        if (value == null) json.writeNull();
        else if (value instanceof String s) json.writeString(s);
        else if (value instanceof Boolean b) json.writeBoolean(b);
        else if (value instanceof Float f) json.writeNumber(finite(key, f).floatValue());
        else if (value instanceof Double d) json.writeNumber(finite(key, d).doubleValue());
        else if (value instanceof Number n) json.writeNumber(n.longValue());
        else if (value instanceof Enum<?> e) json.writeString(e.name().toLowerCase(java.util.Locale.ROOT));
        else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> e : map.entrySet()) {
                json.writeFieldName(String.valueOf(e.getKey()));
                write(json, key + "." + e.getKey(), e.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Iterable<?> items) {
            json.writeStartArray();
            for (Object item : items) write(json, key, item);
            json.writeEndArray();
        } else if (value.getClass().isArray()) {
            json.writeStartArray();
            for (int i = 0; i < Array.getLength(value); i++) write(json, key, Array.get(value, i));
            json.writeEndArray();
        } else {
            throw new IllegalArgumentException("expected a text, number, truth value, list or map for " + key + ", got "
                    + value.getClass().getName());
        }
    }

    private static Number finite(String key, Number value) {
        if (Double.isFinite(value.doubleValue())) return value;
        throw new IllegalArgumentException("expected a finite number for " + key + ", got " + value);
    }
}
