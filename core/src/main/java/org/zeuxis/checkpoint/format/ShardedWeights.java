package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.NearestName;
import org.zeuxis.text.Words;

/** Weights spread over several files beside an index ({@code model.safetensors.index.json}), safetensors or pickles. */
public final class ShardedWeights implements Weights {
    private final Path index;
    private final Map<String, String> metadata;
    private final Map<String, Weights> shardOf;

    private ShardedWeights(Path index, Map<String, String> metadata, Map<String, Weights> shardOf) {
        this.index = index;
        this.metadata = Collections.unmodifiableMap(metadata);
        this.shardOf = Collections.unmodifiableMap(shardOf);
    }

    /** @throws IOException if the index or one of its files is missing, damaged, or outside the index's own folder */
    public static ShardedWeights open(Path index) throws IOException {
        Map<String, String> files;
        Map<String, String> metadata = new LinkedHashMap<>();
        try {
            Config json = Config.read(index);
            files = json.child("weight_map").texts();
            if (json.has("metadata")) {
                Config notes = json.child("metadata");
                for (String key : notes.keys()) metadata.put(key, notes.literal(key));
            }
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
        Map<String, Weights> shards = new TreeMap<>();
        Map<String, Weights> shardOf = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, String> e : files.entrySet()) {
                Weights shard = shards.get(e.getValue());
                if (shard == null) {
                    shard = openShard(index, e.getValue());
                    shards.put(e.getValue(), shard);
                }
                if (!shard.names().contains(e.getKey())) {
                    throw new IOException(index + ": expected " + Words.clean(e.getKey()) + " in " + e.getValue()
                            + ", got no such tensor; index and files are of different versions, download them again");
                }
                shardOf.put(e.getKey(), shard);
            }
        } catch (IOException | RuntimeException e) {
            shards.values().forEach(Weights::close);
            throw e;
        }
        return new ShardedWeights(index, metadata, shardOf);
    }

    private static Weights openShard(Path index, String file) throws IOException {
        Path shard = beside(index, file);
        if (shard == null) {
            throw new IOException(index + ": expected names of files beside the index, got " + Words.clean(file)
                    + "; do not trust this download");
        }
        if (!Files.exists(shard)) {
            throw new IOException(index + ": expected " + file + " beside it, got no such file; download it too");
        }
        return WeightsFile.of(shard);
    }

    /**
     * Writes {@code stem.safetensors}, or where that would be larger than {@code mostBytes} the files
     * {@code stem-00001-of-0000N.safetensors} and their index, which comes last.
     *
     * @param folder made if need be; files of the other kind that stood there under the same stem are removed
     * @param mostBytes of tensors in one file; a tensor larger than that gets a file of its own
     */
    public static void write(
            Path folder, String stem, Map<String, Tensor> tensors, Map<String, String> metadata, long mostBytes)
            throws IOException {
        List<Map<String, Tensor>> shards = new ArrayList<>();
        long total = 0;
        long inShard = 0;
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            long bytes = e.getValue().count() * e.getValue().dtype().bytes();
            if (shards.isEmpty() || (inShard > 0 && inShard + bytes > mostBytes)) {
                shards.add(new LinkedHashMap<>());
                inShard = 0;
            }
            shards.get(shards.size() - 1).put(e.getKey(), e.getValue());
            inShard += bytes;
            total += bytes;
        }
        Path plain = folder.resolve(stem + ".safetensors");
        Path index = folder.resolve(stem + ".safetensors.index.json");
        if (shards.size() <= 1) {
            SafetensorsWriter.write(plain, tensors, metadata);
            Files.deleteIfExists(index);
            return;
        }
        Map<String, String> fileOf = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String file = String.format(Locale.ROOT, "%s-%05d-of-%05d.safetensors", stem, i + 1, shards.size());
            SafetensorsWriter.write(folder.resolve(file), shards.get(i), metadata);
            for (String name : shards.get(i).keySet()) fileOf.put(name, file);
        }
        new ConfigWriter()
                .put("metadata", Map.of("total_size", total))
                .put("weight_map", fileOf)
                .write(index);
        Files.deleteIfExists(plain);
    }

    @Override
    public Set<String> names() {
        return shardOf.keySet();
    }

    @Override
    public long[] shape(String name) {
        return shard(name).shape(name);
    }

    @Override
    public DType dtype(String name) {
        return shard(name).dtype(name);
    }

    @Override
    public Tensor tensor(String name) {
        return shard(name).tensor(name);
    }

    @Override
    public Tensor copy(String name, DType type) {
        return shard(name).copy(name, type);
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public String origin() {
        return index.toString();
    }

    private Weights shard(String name) {
        Weights shard = shardOf.get(name);
        if (shard == null) throw new IllegalArgumentException(index + " lacks " + NearestName.hint(name, names()));
        return shard;
    }

    @Override
    public void close() {
        shardOf.values().forEach(Weights::close);
    }

    /** The file of this name in the folder of the index; null if it may mean one elsewhere, or none. */
    private static @Nullable Path beside(Path index, String file) {
        boolean plain = !file.isBlank()
                && !file.startsWith(".")
                && file.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
        try {
            return plain ? index.resolveSibling(file) : null;
        } catch (InvalidPathException e) {
            return null; // letters that no file has here
        }
    }
}
