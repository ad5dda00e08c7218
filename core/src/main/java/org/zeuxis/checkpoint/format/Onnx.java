package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zeuxis.file.Protobuf;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.NearestName;
import org.zeuxis.text.Words;

/**
 * The weights in a model that PyTorch exported to ONNX, by the names they had in PyTorch: that of a linear layer has lost its own and
 * lies transposed, but the product it stands in is named after the layer.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">the format</a>
 */
public final class Onnx implements Weights {
    private static final Map<Long, DType> TYPES =
            Map.of(1L, DType.FLOAT32, 7L, DType.INT64, 10L, DType.FLOAT16, 16L, DType.BFLOAT16);
    /** How the exporter calls what has no name. */
    private static final String ANONYMOUS = "onnx::";

    private static final String PRODUCT = "/MatMul";

    /** @param transposed whether it lies the other way round than in PyTorch */
    private record Entry(DType type, long[] shape, ByteBuffer bytes, boolean transposed) {
        Entry of(boolean product) {
            return new Entry(type, product ? new long[] {shape[1], shape[0]} : shape, bytes, product);
        }
    }

    private final Path file;
    private final Map<String, Entry> entries;

    private Onnx(Path file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /** @throws IOException if the file is missing, is no ONNX model, or has weights of a kind that is not read */
    public static Onnx open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new IOException(file + ": expected an ONNX model of at most 2 GB, got " + channel.size()
                        + " bytes; take the model's safetensors variant");
            }
            return new Onnx(file, weights(channel.map(MapMode.READ_ONLY, 0, channel.size())));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException(
                    file + ": expected an ONNX model, got something else: " + Words.clean(e.getMessage())
                            + "; fetch it again",
                    e);
        }
    }

    private static Map<String, Entry> weights(ByteBuffer bytes) {
        Map<String, Entry> initializers = new LinkedHashMap<>();
        Map<String, String> layers = new LinkedHashMap<>(); // of what a product is with, its name
        Protobuf model = new Protobuf(bytes);
        while (model.next()) {
            if (model.field() != 7) continue;
            Protobuf graph = new Protobuf(model.message());
            while (graph.next()) {
                if (graph.field() == 1) node(new Protobuf(graph.message()), layers);
                if (graph.field() == 5) initializer(new Protobuf(graph.message()), initializers);
            }
        }
        Map<String, Entry> named = new LinkedHashMap<>();
        initializers.forEach((name, entry) -> {
            String layer = layers.get(name);
            boolean product = name.startsWith(ANONYMOUS) && layer != null && entry.shape.length == 2;
            if (product) named.put(layer + ".weight", entry.of(true));
            else if (!name.startsWith(ANONYMOUS)) named.put(name, entry);
        });
        if (named.isEmpty()) throw new IllegalArgumentException("expected weights, got none");
        return named;
    }

    /** Of {@code /encoder/layer.0/dense/MatMul} its second input is the weight of encoder.layer.0.dense. */
    private static void node(Protobuf message, Map<String, String> layers) {
        List<String> inputs = new ArrayList<>();
        String name = "";
        while (message.next()) {
            if (message.field() == 1) inputs.add(message.text());
            if (message.field() == 3) name = message.text();
        }
        if (inputs.size() != 2 || !name.startsWith("/") || !name.endsWith(PRODUCT)) return;
        layers.put(
                inputs.get(1),
                name.substring(1, name.length() - PRODUCT.length()).replace('/', '.'));
    }

    private static void initializer(Protobuf message, Map<String, Entry> initializers) {
        List<Long> shape = new ArrayList<>();
        String name = "";
        long type = 0;
        @Nullable ByteBuffer raw = null;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> shape.add(message.number());
                case 2 -> type = message.number();
                case 8 -> name = message.text();
                case 9 -> raw = message.message();
                default -> {}
            }
        }
        DType known = TYPES.get(type);
        long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
        long numbers = Arrays.stream(sizes).reduce(1, Math::multiplyExact);
        if (known == null
                || raw == null
                || numbers < 0
                || Math.multiplyExact(numbers, (long) known.bytes()) != raw.remaining()) {
            throw new IllegalArgumentException("expected the numbers of " + Words.clean(name)
                    + " in the file itself, of float32, float16, bfloat16 or int64, got type " + type + " with "
                    + (raw == null ? 0 : raw.remaining()) + " bytes of " + Arrays.toString(sizes));
        }
        initializers.put(name, new Entry(known, sizes, raw, false));
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public long[] shape(String name) {
        return entry(name).shape.clone();
    }

    @Override
    public DType dtype(String name) {
        return entry(name).type;
    }

    @Override
    public Tensor tensor(String name) {
        Entry entry = entry(name);
        byte[] bytes = new byte[entry.bytes.remaining()];
        entry.bytes.duplicate().get(bytes);
        if (!entry.transposed) return Tensor.of(bytes, entry.type, entry.shape);
        return Tensor.of(bytes, entry.type, entry.shape[1], entry.shape[0])
                .transpose(0, 1)
                .contiguous();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of("format", "pt");
    }

    @Override
    public String origin() {
        return file.toString();
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) throw new IllegalArgumentException(file + " lacks " + NearestName.hint(name, names()));
        return entry;
    }

    @Override
    public void close() {}
}
