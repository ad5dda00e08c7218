package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.tensor.TensorBytes;
import org.zeuxis.text.NearestName;
import org.zeuxis.text.Words;

/**
 * The tensors in a file that {@code torch.save} of PyTorch 1.6 or later or {@code torch.jit.save} wrote, mapped and not copied; nothing in the file is
 * run, and a file that asks for anything but tensors is refused.
 *
 * <p>Names of nested dictionaries are joined by dots, as in {@code state_dict.layers.0.weight}; numbers and texts beside
 * the tensors are its {@link #metadata}.
 */
public final class TorchPickle implements Weights {
    private static final int LARGEST_PICKLE = 64 << 20;
    private static final int MOST_VALUES = 1_000_000;
    /** As of safetensors. */
    private static final int MOST_TENSORS = 100_000;

    private static final int DEEPEST = 16;
    private static final int LONGEST_NAME = 1000;
    /** Of all names together, in characters: each of them begins with those of all that it lies in. */
    private static final int MOST_NAMED = 1 << 25;

    private static final Map<String, DType> STORAGES = Map.of(
            "torch.DoubleStorage", DType.FLOAT64,
            "torch.FloatStorage", DType.FLOAT32,
            "torch.HalfStorage", DType.FLOAT16,
            "torch.BFloat16Storage", DType.BFLOAT16,
            "torch.LongStorage", DType.INT64,
            "torch.IntStorage", DType.INT32,
            "torch.ShortStorage", DType.INT16,
            "torch.CharStorage", DType.INT8,
            "torch.ByteStorage", DType.UINT8,
            "torch.BoolStorage", DType.BOOL);
    private static final Pattern PICKLE = Pattern.compile("[^/]+/data\\.pkl");
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";
    private static final Set<String> ALLOWED = allowed();

    /** Where one tensor lies; {@code offset} in bytes from the start of the file, {@code strides} in elements. */
    private record Entry(DType dtype, long offset, long[] shape, long[] strides) {}

    private final Path file;
    private final TensorBytes bytes;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private TorchPickle(Path file, TensorBytes bytes, Map<String, Entry> entries, Map<String, String> metadata) {
        this.file = file;
        this.bytes = bytes;
        this.entries = Collections.unmodifiableMap(entries);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    private static Set<String> allowed() {
        Set<String> names = new HashSet<>(STORAGES.keySet());
        names.addAll(List.of(TENSOR, PARAMETER, "collections.OrderedDict", "torch.Size", "torch.device"));
        for (String kind : List.of("int", "tensor", "double", "bool"))
            names.add("torch.jit._pickle.build_" + kind + "list");
        // what trainings of Stable Diffusion noted of themselves; names alone, as all of these are
        names.addAll(List.of(
                "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint", "numpy.dtype", "_codecs.encode"));
        names.addAll(List.of("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"));
        return Set.copyOf(names);
    }

    /** Whether there is a file at {@code path}, rather than a folder or nothing. */
    public static boolean isOne(Path path) {
        return Files.isRegularFile(path);
    }

    /** @throws IOException if the file is no such archive, is damaged, or holds anything that could run code */
    public static TorchPickle open(Path file) throws IOException {
        try {
            if (WeightsFile.isArchive(file)) ZipEnd.expectShortList(file);
            // parts announce themselves once more where they begin, which is looked at when one is wanted
            try (ZipFile zip = ZipFile.builder()
                    .setPath(file)
                    .setIgnoreLocalFileHeader(true)
                    .get()) {
                return new Reading(file, zip).read();
            }
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": expected an archive of torch.save, got nothing; check the path", e);
        } catch (ZipException e) {
            throw new IOException(
                    file + ": expected an archive of torch.save, got something else (" + Words.clean(e.getMessage())
                            + "); files of PyTorch before 1.6 must be saved again",
                    e);
        } catch (IOException | RuntimeException e) {
            if (String.valueOf(e.getMessage()).startsWith(file + ":")) throw e;
            throw new IOException(file + ": expected an archive of torch.save, got a broken one; download it again", e);
        }
    }

    /** One pass over an archive. */
    private static final class Reading {
        private final Path file;
        private final ZipFile zip;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private final long fileSize;
        private String root = "";
        private int values;
        private long named;

        Reading(Path file, ZipFile zip) throws IOException {
            this.file = file;
            this.zip = zip;
            fileSize = Files.size(file);
        }

        TorchPickle read() throws IOException {
            ZipArchiveEntry pickle = Collections.list(zip.getEntries()).stream()
                    .filter(e -> PICKLE.matcher(e.getName()).matches())
                    .findFirst()
                    .orElseThrow(() -> broken("a zip archive without data.pkl"));
            root = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
            ZipArchiveEntry order = zip.getEntry(root + "byteorder");
            if (order != null
                    && !new String(content(order), java.nio.charset.StandardCharsets.US_ASCII).equals("little"))
                throw broken("numbers that are not little endian");
            visit("", PickleReader.read(file.toString(), content(pickle), ALLOWED), 0);
            return new TorchPickle(file, TensorBytes.map(file), entries, metadata);
        }

        /** PyTorch packs nothing, so that no part is larger than the file: one that is, unpacks to fill the memory. */
        private byte[] content(ZipArchiveEntry entry) throws IOException {
            long size = entry.getSize();
            if (size < 0 || size > Math.min(LARGEST_PICKLE, fileSize)) {
                throw broken("a " + entry.getName() + " of " + size + " bytes in a file of " + fileSize);
            }
            if (entry.getMethod() != ZipEntry.STORED && entry.getMethod() != ZipEntry.DEFLATED) {
                throw broken("a " + entry.getName() + " packed by method " + entry.getMethod());
            }
            try (InputStream in = zip.getInputStream(entry)) {
                return in.readNBytes((int) size);
            }
        }

        private void visit(String name, @Nullable Object value, int depth) throws IOException {
            named += name.length();
            if (depth > DEEPEST || ++values > MOST_VALUES || name.length() > LONGEST_NAME || named > MOST_NAMED) {
                throw broken("nesting without end");
            }
            String prefix = name.isEmpty() ? "" : name + ".";
            if (value instanceof Map<?, ?> map) {
                for (Map.Entry<?, ?> e : map.entrySet()) visit(prefix + e.getKey(), e.getValue(), depth + 1);
            } else if (value instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) visit(prefix + i, list.get(i), depth + 1);
            } else if (value instanceof PickleReader.Call call && call.name().equals(PARAMETER)) {
                visit(name, call.arguments().get(0), depth + 1);
            } else if (value instanceof PickleReader.Call call && call.name().equals(TENSOR)) {
                if (entries.size() == MOST_TENSORS) throw broken("more than " + MOST_TENSORS + " tensors");
                entries.put(name, tensor(name, call.arguments()));
            } else if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                metadata.put(name, value.toString());
            }
        }

        /** Arguments: storage, its first element used, shape, strides, and more that does not matter here. */
        private Entry tensor(String name, List<@Nullable Object> arguments) throws IOException {
            if (!(arguments.get(0) instanceof PickleReader.Outside outside)
                    || !(outside.id() instanceof List<?> storage)
                    || !(storage.get(1) instanceof PickleReader.Global type)
                    || !(storage.get(2) instanceof String key)
                    || !(arguments.get(1) instanceof Long first)
                    || !STORAGES.containsKey(type.name())) throw broken("a tensor without its storage");
            DType dtype = java.util.Objects.requireNonNull(STORAGES.get(type.name()));
            long[] shape = numbers(arguments.get(2));
            long[] strides = numbers(arguments.get(3));
            if (shape.length != strides.length) throw broken(name + " with as many strides as axes");
            ZipArchiveEntry data = zip.getEntry(root + "data/" + key);
            if (data == null || data.getMethod() != ZipArchiveEntry.STORED) throw broken(name + " without plain data");
            long reach = 1; // from its first number to its last
            long count = 1;
            for (int i = 0; i < shape.length; i++) {
                reach = shape[i] == 0 || reach == 0
                        ? 0
                        : Math.addExact(reach, Math.multiplyExact(shape[i] - 1, strides[i]));
                count = Math.multiplyExact(count, shape[i]);
            }
            long held = data.getSize() / dtype.bytes();
            // with strides of 0 a few numbers would stand for any count of them
            if (first < 0 || first > held || Math.max(count, reach) > held - first) {
                throw broken(
                        name + " of " + Math.max(count, reach) + " numbers from " + first + " in a storage of " + held);
            }
            long begin = begin(data);
            if (begin > fileSize - data.getSize()) throw broken(name + " beyond the end of the file");
            return new Entry(dtype, begin + first * dtype.bytes(), shape, strides);
        }

        /** Where the bytes of a part lie. */
        private long begin(ZipArchiveEntry part) throws IOException {
            zip.getRawInputStream(part).close();
            return part.getDataOffset();
        }

        private long[] numbers(@Nullable Object list) throws IOException {
            if (!(list instanceof List<?> items)) throw broken("something else where a shape belongs");
            if (items.size() > SafetensorsHeader.MOST_AXES) throw broken("a shape of " + items.size() + " numbers");
            long[] numbers = new long[items.size()];
            for (int i = 0; i < numbers.length; i++) {
                if (!(items.get(i) instanceof Long n) || n < 0) throw broken("a shape of other than whole numbers");
                numbers[i] = n;
            }
            return numbers;
        }

        private IOException broken(String found) {
            return new IOException(file + ": expected an archive of torch.save, got " + Words.clean(found)
                    + "; download or save it again");
        }
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
        return entry(name).dtype;
    }

    @Override
    public Tensor tensor(String name) {
        Entry entry = entry(name);
        return bytes.view(entry.dtype, entry.offset, entry.shape, entry.strides);
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
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
    public void close() {
        bytes.close();
    }
}
