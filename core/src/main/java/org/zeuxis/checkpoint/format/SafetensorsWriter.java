package org.zeuxis.checkpoint.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.tensor.TensorBytes;

/**
 * Writes tensors as a safetensors file: byte for byte the same for the same tensors, as Python's own writer orders them.
 *
 * <p>The file appears under its name only when it is complete and on the disk; one that stood there before stays whole
 * until then, and so do tensors mapped from it.
 */
public final class SafetensorsWriter {
    private SafetensorsWriter() {}

    /**
     * @param tensors of any type, layout and device, by the names they get
     * @param metadata notes kept in the header; Python's readers look for {@code format = pt}
     * @throws IOException if the disk refuses; what stood at {@code file} is then untouched
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        write(file, tensors, metadata, Rounding.NONE);
    }

    /**
     * The same with real numbers rounded, one tensor after the other.
     *
     * @throws IOException if a type cannot hold a number, too
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata, Rounding rounding)
            throws IOException {
        List<Map.Entry<String, Tensor>> inOrder = tensors.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, Tensor> e) ->
                                SafetensorsType.of(rounding.of(e.getValue().dtype())))
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        byte[] header = header(file, inOrder, metadata, rounding);
        AtomicFile.write(file, channel -> {
            ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
            start.putLong(header.length).put(header).flip();
            while (start.hasRemaining()) channel.write(start);
            for (Map.Entry<String, Tensor> e : inOrder) {
                long end = channel.position() + bytes(e.getValue(), rounding);
                try (Scope scope = new Scope()) {
                    TensorBytes.write(rounding.of(e.getKey(), e.getValue()), channel);
                }
                if (channel.position() != end) {
                    throw new IOException(file + ": expected " + e.getKey() + " to end at byte " + end + ", got "
                            + channel.position() + "; was the tensor changed meanwhile?");
                }
            }
        });
    }

    private static byte[] header(
            Path file, List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata, Rounding rounding)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> e : new TreeMap<>(metadata).entrySet())
                    json.writeStringField(e.getKey(), e.getValue());
                json.writeEndObject();
            }
            long at = 0;
            for (Map.Entry<String, Tensor> e : tensors) {
                if (e.getKey().equals(SafetensorsHeader.METADATA)) {
                    throw new IllegalArgumentException("expected another name than the format's own " + e.getKey());
                }
                Tensor x = e.getValue();
                long end = at + bytes(x, rounding);
                json.writeObjectFieldStart(e.getKey());
                json.writeStringField(
                        "dtype", SafetensorsType.of(rounding.of(x.dtype())).name());
                json.writeFieldName("shape");
                json.writeArray(x.shape(), 0, x.rank());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {at, end}, 0, 2);
                json.writeEndObject();
                at = end;
            }
            json.writeEndObject();
        }
        while (bytes.size() % 8 != 0) bytes.write(' ');
        if (bytes.size() > SafetensorsHeader.LONGEST) {
            throw new IOException(file + ": expected a header of at most " + SafetensorsHeader.LONGEST + " bytes, got "
                    + bytes.size() + "; shorten the metadata");
        }
        return bytes.toByteArray();
    }

    private static long bytes(Tensor x, Rounding rounding) {
        return Math.multiplyExact(x.count(), (long) rounding.of(x.dtype()).bytes());
    }
}
