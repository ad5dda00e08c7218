package org.zeuxis.checkpoint;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** A model's folder again, its real numbers of another type; all files but safetensors are copied as they are. */
public final class ModelCopy {
    private static final String WEIGHTS = ".safetensors";
    private static final String SHARDED = ".safetensors.index.json";
    private static final String[] COPIED = {".json", ".txt", ".model", ".md"};

    private ModelCopy() {}

    /**
     * @param from a model or a pipeline
     * @param into made here; must not exist
     * @return bytes of the new weights
     * @throws IOException if there are no weights, they are sharded, or the new folder exists
     */
    public static long of(Path from, Path into, DType type) throws IOException {
        ModelFolder.open(from);
        if (Files.exists(into)) throw new FileAlreadyExistsException(into.toString());
        List<Path> files;
        try (Stream<Path> all = Files.walk(from, 2)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        if (files.stream().noneMatch(f -> f.toString().endsWith(WEIGHTS))) {
            throw new IOException(from + ": expected a model with " + WEIGHTS + " files, got none");
        }
        for (Path file : files) {
            if (!file.toString().endsWith(SHARDED)) continue;
            throw new IOException(file + ": expected weights in one file, got several; their index would be wrong");
        }
        long bytes = 0;
        for (Path file : files) {
            String name = file.getFileName().toString();
            Path target = into.resolve(from.relativize(file).toString());
            Files.createDirectories(target.toAbsolutePath().getParent());
            if (name.endsWith(WEIGHTS)) bytes += convert(file, target, type);
            else if (Stream.of(COPIED).anyMatch(name::endsWith)) Files.copy(file, target);
        }
        return bytes;
    }

    private static long convert(Path file, Path target, DType type) throws IOException {
        try (Safetensors weights = Safetensors.open(file);
                Scope scope = new Scope()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            long bytes = 0;
            for (String name : weights.names()) {
                Tensor x = weights.tensor(name);
                Tensor y = x.dtype().isFloat() ? x.to(type) : x;
                tensors.put(name, y);
                bytes += y.count() * y.dtype().bytes();
            }
            SafetensorsWriter.write(target, tensors, weights.metadata());
            return bytes;
        }
    }
}
