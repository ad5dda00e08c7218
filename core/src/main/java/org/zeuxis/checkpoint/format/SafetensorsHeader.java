package org.zeuxis.checkpoint.format;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.Words;

/**
 * What a safetensors file says about itself, believed only after every number was checked against the file.
 *
 * @param dataStart where the first tensor's bytes begin, in bytes from the start of the file
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, long dataStart) {
    /** The format's own limit, which keeps a hostile file from filling memory. */
    static final long LONGEST = 100_000_000;

    static final String METADATA = "__metadata__";

    /** Of a tensor; those of models have five at most. */
    static final int MOST_AXES = 64;
    /** Of tensors, and of notes; published files have some ten thousand. */
    private static final int MOST_ENTRIES = 100_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /**
     * Where one tensor lies.
     *
     * @param begin first byte, counted from the start of the data
     * @param end byte after the last
     */
    record Entry(DType dtype, long[] shape, long begin, long end) {}

    static SafetensorsHeader read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": expected a safetensors file, got a folder; open it as a ModelFolder");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            ByteBuffer start = read(channel, 0, (int) Math.min(64, size));
            if (size < 10) {
                throw new IOException(file + ": expected a safetensors file, got "
                        + (size == 0 ? "an empty file" : size + " bytes") + "; download or save it again");
            }
            long length = start.getLong(0);
            // the bytes after the length tell a damaged safetensors file from another format
            if (start.get(8) != '{') throw new IOException(file + ": " + FileKind.refusal(start));
            if (length < 2 || length > LONGEST) {
                throw new IOException(file + ": expected a header of 2 to " + LONGEST + " bytes, got "
                        + Long.toUnsignedString(length) + "; the file is damaged, download it again");
            }
            if (length > size - 8) {
                throw new IOException(file + ": expected a header of " + length + " bytes, got a file of " + size
                        + " bytes; it is cut short, download it again");
            }
            // what a download leaves that made the file as long as it was to become, and then broke off
            if (read(channel, 7 + length, 1).get(0) == 0) {
                throw new IOException(file + ": expected a header of " + length
                        + " bytes of text, got zeros; the download did not finish, download it again");
            }
            return new Reading(file, 8 + length, size).parse(read(channel, 8, (int) length));
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": expected a safetensors file, got nothing; check the path", e);
        }
    }

    /** What lies there, fewer bytes at the end of the file. */
    static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
            // until full or at the end
        }
        return buffer.flip();
    }

    /** One pass over the header's text. */
    private record Reading(Path file, long dataStart, long fileSize) {

        SafetensorsHeader parse(ByteBuffer text) throws IOException {
            Map<String, Entry> entries = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            try (JsonParser json = JSON.createParser(text.array(), 0, text.limit())) {
                expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    JsonToken value = json.nextToken();
                    expect(value, JsonToken.START_OBJECT, name);
                    if (entries.size() == MOST_ENTRIES) throw broken("more than " + MOST_ENTRIES + " tensors");
                    if (name.equals(METADATA)) readMetadata(json, metadata);
                    else entries.put(name, readEntry(json, name));
                }
                if (json.nextToken() != null) throw broken("more after the header's closing brace");
            } catch (JacksonException e) {
                throw new IOException(
                        file + ": expected a header in JSON, got " + Words.clean(e)
                                + "; the file is damaged, download it again",
                        e);
            }
            checkLayout(entries);
            return new SafetensorsHeader(
                    Collections.unmodifiableMap(entries), Collections.unmodifiableMap(metadata), dataStart);
        }

        private void readMetadata(JsonParser json, Map<String, String> metadata) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                expect(json.nextToken(), JsonToken.VALUE_STRING, METADATA + " " + key);
                if (metadata.size() == MOST_ENTRIES) throw broken("more than " + MOST_ENTRIES + " notes");
                metadata.put(key, json.getText());
            }
        }

        private Entry readEntry(JsonParser json, String name) throws IOException {
            String dtype = "";
            long[] shape = null;
            long[] offsets = null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                switch (key) {
                    case "dtype" -> {
                        expect(value, JsonToken.VALUE_STRING, name + " dtype");
                        dtype = json.getText();
                    }
                    case "shape" -> shape = numbers(json, name + " shape");
                    case "data_offsets" -> offsets = numbers(json, name + " data_offsets");
                    default -> throw broken("the unknown key " + key + " of " + name);
                }
            }
            if (shape == null) throw broken(name + " without shape");
            if (offsets == null || offsets.length != 2) throw broken(name + " without two data_offsets");
            Entry entry = new Entry(SafetensorsType.of(file, name, dtype), shape, offsets[0], offsets[1]);
            checkSize(name, entry);
            return entry;
        }

        private long[] numbers(JsonParser json, String what) throws IOException {
            expect(json.currentToken(), JsonToken.START_ARRAY, what);
            List<Long> numbers = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
                long number = json.getLongValue();
                if (number < 0) throw broken(number + " in " + what);
                if (numbers.size() == MOST_AXES) throw broken(what + " of more than " + MOST_AXES + " numbers");
                numbers.add(number);
            }
            return numbers.stream().mapToLong(Long::longValue).toArray();
        }

        private void checkSize(String name, Entry entry) throws IOException {
            if (entry.begin > entry.end || entry.end > fileSize - dataStart) {
                throw new IOException(file + ": expected " + Words.clean(name) + " within the file's "
                        + (fileSize - dataStart) + " bytes of data, got bytes " + entry.begin + " to " + entry.end
                        + "; the file is cut short or damaged, download it again");
            }
            long bytes;
            try {
                bytes = entry.dtype.bytes();
                for (long extent : entry.shape) if (extent > 0) bytes = Math.multiplyExact(bytes, extent);
                for (long extent : entry.shape) if (extent == 0) bytes = 0;
            } catch (ArithmeticException e) {
                throw broken("the shape " + Arrays.toString(entry.shape) + " of " + name + ", more than memory holds");
            }
            if (bytes != entry.end - entry.begin) {
                throw broken(entry.end - entry.begin + " bytes for " + name + " " + entry.dtype
                        + Arrays.toString(entry.shape) + ", which takes " + bytes);
            }
        }

        /** Tensors must follow one another without gap or overlap up to the file's last byte. */
        private void checkLayout(Map<String, Entry> entries) throws IOException {
            List<Map.Entry<String, Entry>> inOrder = new ArrayList<>(entries.entrySet());
            inOrder.sort(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin)
                    .thenComparingLong(e -> e.getValue().end));
            long at = 0;
            for (Map.Entry<String, Entry> e : inOrder) {
                if (e.getValue().begin != at) {
                    throw broken(e.getKey() + " beginning at byte " + e.getValue().begin
                            + " where the one before ends at " + at + " (tensors may neither overlap nor leave gaps)");
                }
                at = e.getValue().end;
            }
            if (at != fileSize - dataStart) {
                throw broken((fileSize - dataStart) + " bytes of data where the header speaks of " + at);
            }
        }

        private void expect(JsonToken got, JsonToken wanted, String what) throws IOException {
            if (got != wanted) throw broken(got + " where " + what + " needs " + wanted);
        }

        private IOException broken(String found) {
            return new IOException(file + ": expected a well-formed safetensors header, got " + Words.clean(found)
                    + "; the file is damaged, download or save it again");
        }
    }
}
