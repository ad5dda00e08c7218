package org.zeuxis.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.zeuxis.text.NearestName;
import org.zeuxis.text.TextFile;
import org.zeuxis.text.Words;

/**
 * A model's {@code config.json}, which remembers what was read from it.
 *
 * <p>A key whose value is {@code null} counts as absent. Where a getter has no default, an absent key is an error, and so is
 * a value of another type; the message names file and key.
 */
public final class Config {
    private static final long LARGEST_FILE = 64 << 20;
    private static final int MOST_LEVELS = 16;
    private static final String CHECKPOINT = "choose another checkpoint";

    private static final JsonMapper JSON = StrictJson.MAPPER;

    private final String origin;
    private final JsonNode node;
    private final String remedy;
    private final Set<String> read = new LinkedHashSet<>();

    private Config(String origin, JsonNode node, String remedy) {
        this.origin = origin;
        this.node = node;
        this.remedy = remedy;
    }

    /** @throws IOException if there is no such file or it is not a JSON object */
    public static Config read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException(file + ": expected a configuration in JSON, got no such file; check the path");
        }
        return parse(file.toString(), TextFile.bytes(file, LARGEST_FILE));
    }

    /**
     * @param origin how messages call the source
     * @throws IOException if {@code json} is not a JSON object
     */
    public static Config parse(String origin, String json) throws IOException {
        return parse(origin, json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param origin how messages call the source
     * @param values as {@link #values} gives them
     */
    public static Config of(String origin, Map<String, ? extends @Nullable Object> values) {
        return new Config(origin, JSON.valueToTree(values), CHECKPOINT);
    }

    private static Config parse(String origin, byte[] json) throws IOException {
        try {
            JsonNode node = JSON.readTree(json);
            if (node.isObject()) return new Config(origin, node, CHECKPOINT);
            throw new IOException(origin + ": expected a JSON object, got " + JsonKind.of(node) + "; check the file");
        } catch (JacksonException e) {
            throw new IOException(origin + ": expected a JSON object, got " + Words.clean(e) + "; check the file", e);
        } catch (CharConversionException e) {
            throw new IOException(
                    origin + ": expected a JSON object in UTF-8, got " + Words.clean(e) + "; check the file", e);
        }
    }

    /** The same file, of which messages say that {@code remedy} helps where its keys are not supported. */
    public Config remediedBy(String remedy) {
        return new Config(origin, node, remedy);
    }

    /** Where this came from: a file, or a file and the keys that lead into it. */
    public String origin() {
        return origin;
    }

    /** All keys, in the order of the file. */
    public Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** Every key with its value: texts, numbers, truth values, nulls, and lists and maps of these. */
    public Map<String, @Nullable Object> values() {
        return JSON.convertValue(node, new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});
    }

    /** Whether the key is there with a value other than null. */
    public boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** Whether the value is a list. */
    public boolean isList(String key) {
        return node.path(key).isArray();
    }

    /** Whether the value is an object. */
    public boolean isObject(String key) {
        return node.path(key).isObject();
    }

    public int integer(String key) {
        return integer(key, required(key));
    }

    public int integer(String key, int otherwise) {
        JsonNode value = value(key);
        return value == null ? otherwise : integer(key, value);
    }

    /** A whole number of at least 1, such as a width; null, too, is refused. */
    public int size(String key, Size kind) {
        return size(key, required(key), kind);
    }

    public int size(String key, int otherwise, Size kind) {
        read.add(key);
        JsonNode value = node.get(key);
        return value == null ? otherwise : size(key, value, kind);
    }

    /** A list of sizes; a single one counts as a list of one. */
    public List<Integer> sizes(String key, List<Integer> otherwise, Size kind) {
        read.add(key);
        JsonNode value = node.get(key);
        List<Integer> all = value == null ? otherwise : list(key, value, v -> size(key, v, kind));
        if (all.isEmpty() || all.size() > MOST_LEVELS) {
            throw wrong(key, "1 to " + MOST_LEVELS + " whole numbers", required(key));
        }
        return all;
    }

    /** One size, or a list that has it for every level. */
    public int sameSize(String key, int otherwise, Size kind) {
        List<Integer> all = sizes(key, List.of(otherwise), kind);
        if (all.stream().distinct().count() == 1) return all.get(0);
        throw wrong(key, "the same everywhere, for another is not supported", required(key));
    }

    /** A number above 0; null, too, is refused. */
    public double positive(String key, double otherwise) {
        read.add(key);
        JsonNode value = node.get(key);
        if (value == null) return otherwise;
        if (value.isNumber() && value.doubleValue() > 0 && Double.isFinite(value.doubleValue())) {
            return value.doubleValue();
        }
        throw wrong(key, "a number above 0", value);
    }

    /** Refuses a size that does not fall into equal parts: {@code width} is what was read under {@code key}. */
    public void expectEqualParts(String key, int width, String parts, int count) {
        if (width % count == 0) return;
        throw new ConfigException(origin + ": expected " + key + " to be a multiple of " + parts + ", got " + width
                + " and " + count + "; check the file");
    }

    public long wholeNumber(String key) {
        return wholeNumber(key, required(key));
    }

    public long wholeNumber(String key, long otherwise) {
        JsonNode value = value(key);
        return value == null ? otherwise : wholeNumber(key, value);
    }

    public double number(String key) {
        return number(key, required(key));
    }

    public double number(String key, double otherwise) {
        JsonNode value = value(key);
        return value == null ? otherwise : number(key, value);
    }

    public boolean flag(String key) {
        return flag(key, required(key));
    }

    public boolean flag(String key, boolean otherwise) {
        JsonNode value = value(key);
        return value == null ? otherwise : flag(key, value);
    }

    public String text(String key) {
        return text(key, required(key));
    }

    public String text(String key, String otherwise) {
        JsonNode value = value(key);
        return value == null ? otherwise : text(key, value);
    }

    /** A list of whole numbers; a single one counts as a list of one. */
    public List<Integer> integers(String key, List<Integer> otherwise) {
        JsonNode value = value(key);
        return value == null ? otherwise : list(key, value, v -> integer(key, v));
    }

    /** A list of numbers; a single one counts as a list of one. */
    public List<Double> numbers(String key) {
        return list(key, required(key), v -> number(key, v));
    }

    public List<Double> numbers(String key, List<Double> otherwise) {
        JsonNode value = value(key);
        return value == null ? otherwise : list(key, value, v -> number(key, v));
    }

    /** A list of texts; a single one counts as a list of one. */
    public List<String> texts(String key) {
        return list(key, required(key), v -> text(key, v));
    }

    public List<String> texts(String key, List<String> otherwise) {
        JsonNode value = value(key);
        return value == null ? otherwise : list(key, value, v -> text(key, v));
    }

    /** Every value of this object, all of which must be texts, by its key. */
    public Map<String, String> texts() {
        Map<String, String> all = new LinkedHashMap<>();
        for (String key : keys()) all.put(key, text(key));
        return all;
    }

    /** An object within this one. */
    public Config child(String key) {
        JsonNode value = required(key);
        if (!value.isObject()) throw wrong(key, "an object", value);
        return new Config(origin + " " + key, value, remedy);
    }

    /** A list of objects. */
    public List<Config> children(String key) {
        JsonNode value = required(key);
        if (!value.isArray()) throw wrong(key, "a list of objects", value);
        List<Config> all = new ArrayList<>();
        for (JsonNode item : value) {
            if (!item.isObject()) throw wrong(key, "a list of objects", item);
            all.add(new Config(origin + " " + key + "[" + all.size() + "]", item, remedy));
        }
        return all;
    }

    /** The value as it is written, for messages and notes: text without quotes, anything else as JSON. */
    public String literal(String key) {
        JsonNode value = node.path(key);
        read.add(key);
        return value.isTextual() ? value.textValue() : value.toString();
    }

    /**
     * Refuses a value this model cannot honour: where the key is there, it must be one of {@code supported}, or a list of
     * such.
     *
     * @param supported texts, numbers, truth values, or "null", which otherwise is refused as any other value is
     */
    public void expect(String key, Object... supported) {
        read.add(key);
        JsonNode value = node.get(key);
        if (value == null) return;
        boolean fits = true;
        for (JsonNode one : value.isArray() && !value.isEmpty() ? value : List.of(value))
            fits &= Arrays.stream(supported).anyMatch(each -> same(one, each));
        if (fits) return;
        throw new ConfigException(origin + ": expected " + key + " to be "
                + String.join(
                        " or ", Arrays.stream(supported).map(Object::toString).toList()) + ", got "
                + Words.clean(literal(key)) + ", which is not supported; " + remedy);
    }

    private static boolean same(JsonNode value, Object supported) {
        if (supported instanceof Number n) return value.isNumber() && n.doubleValue() == value.doubleValue();
        return (value.isValueNode() ? value.asText() : value.toString()).equals(supported.toString());
    }

    /** Keys that nobody has asked for, without those that begin with an underscore or are null. */
    public Set<String> unread() {
        Set<String> rest = keys();
        rest.removeAll(read);
        rest.removeIf(key -> Bookkeeping.NONE.has(key) || !has(key));
        return rest;
    }

    /**
     * Refuses keys that nobody has asked for: they may mean something this model does not do.
     *
     * @param later further keys that may be there unread
     */
    public void refuseUnread(String... later) {
        refuseUnread(Bookkeeping.NONE, later);
    }

    /** The same of a published file. */
    public void refuseUnread(Bookkeeping harmless, String... later) {
        Set<String> rest = unread();
        rest.removeIf(harmless::has);
        Arrays.asList(later).forEach(rest::remove);
        if (rest.isEmpty()) return;
        List<String> found = new ArrayList<>();
        for (String key : rest) {
            String nearest = NearestName.of(key, read);
            found.add(Words.clean(key + " = " + literal(key))
                    + (nearest == null ? "" : " (nearest key: " + nearest + ")"));
        }
        throw new ConfigException(origin + ": expected only known keys, got " + String.join(", ", found)
                + "; correct them, or " + remedy);
    }

    private @Nullable JsonNode value(String key) {
        read.add(key);
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? null : value;
    }

    private JsonNode required(String key) {
        JsonNode value = value(key);
        if (value == null) {
            throw new ConfigException(origin + ": expected the key " + NearestName.hint(key, keys()) + "; got none");
        }
        return value;
    }

    private int size(String key, JsonNode value, Size kind) {
        boolean whole = value.isIntegralNumber() && value.canConvertToInt();
        if (whole && value.intValue() >= 1 && value.intValue() <= kind.largest()) return value.intValue();
        throw wrong(key, "a whole number from 1 to " + kind.largest(), value);
    }

    private int integer(String key, JsonNode value) {
        long number = wholeNumber(key, value);
        if (number != (int) number) throw wrong(key, "a whole number below 2^31", value);
        return (int) number;
    }

    private long wholeNumber(String key, JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong()) return value.longValue();
        if (value.isFloatingPointNumber()
                && value.doubleValue() == Math.rint(value.doubleValue())
                && Math.abs(value.doubleValue()) < 1L << 53) return (long) value.doubleValue();
        throw wrong(key, "a whole number", value);
    }

    private double number(String key, JsonNode value) {
        if (!value.isNumber()) throw wrong(key, "a number", value);
        return value.doubleValue();
    }

    private boolean flag(String key, JsonNode value) {
        if (!value.isBoolean()) throw wrong(key, "true or false", value);
        return value.booleanValue();
    }

    private String text(String key, JsonNode value) {
        if (!value.isTextual()) throw wrong(key, "a text", value);
        return value.textValue();
    }

    private static <T> List<T> list(String key, JsonNode value, Function<JsonNode, T> item) {
        if (!value.isArray()) return List.of(item.apply(value));
        List<T> all = new ArrayList<>();
        for (JsonNode one : value) all.add(item.apply(one));
        return List.copyOf(all);
    }

    private ConfigException wrong(String key, String expected, JsonNode got) {
        return new ConfigException(origin + ": expected " + key + " to be " + expected + ", got "
                + (got.isNull() ? "null" : JsonKind.of(got) + " " + Words.clean(got.toString())) + "; check the file");
    }
}
