package org.zeuxis.checkpoint;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.tensor.Tensor;

/**
 * Tensors that took long to make, kept between runs under names that say all they depend on.
 *
 * @param folder where they are, one to a file; the newest {@value #MOST} stay
 */
public record TensorCache(Path folder) {
    private static final int MOST = 64;
    private static final String KEPT = "kept";

    /** The tensor of this name, or what {@code make} gives, kept for the next time. */
    public Tensor get(String name, Supplier<Tensor> make) {
        Path file = folder.resolve(name + ".safetensors");
        try (Safetensors known = Safetensors.open(file)) {
            return known.tensor(KEPT).copy().outliving();
        } catch (IOException | IllegalArgumentException e) {
            Tensor made = make.get();
            keep(file, made);
            return made;
        }
    }

    /** A cache that cannot be written costs time, and nothing else. */
    private void keep(Path file, Tensor made) {
        try {
            SafetensorsWriter.write(file, Map.of(KEPT, made), Map.of());
            for (Path old : beyondTheNewest()) Files.deleteIfExists(old);
        } catch (IOException e) {
            return;
        }
    }

    private List<Path> beyondTheNewest() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(Path::toFile)
                    .sorted(Comparator.comparing(File::lastModified).reversed())
                    .skip(MOST)
                    .map(File::toPath)
                    .toList();
        }
    }
}
