package org.zeuxis.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.SafetensorsWriter;
import org.zeuxis.tensor.Tensor;

/** Where one training run keeps its checkpoints: the last few, each complete. */
public final class RunFolder {
    private static final int KEPT = 2;
    private static final String PREFIX = "checkpoint-";
    private static final String SUFFIX = ".safetensors";

    private final Path folder;

    public RunFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    public Path path() {
        return folder;
    }

    /** The newest checkpoint, or nothing in a new run. */
    Optional<TrainingCheckpoint> newest() throws IOException {
        List<Path> all = checkpoints();
        return all.isEmpty() ? Optional.empty() : Optional.of(new TrainingCheckpoint(all.get(all.size() - 1)));
    }

    void save(long step, long detours, Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve(String.format("%s%09d%s", PREFIX, step, SUFFIX));
        SafetensorsWriter.write(file, tensors, Map.of("step", Long.toString(step), "detours", Long.toString(detours)));
        List<Path> all = checkpoints();
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) Files.deleteIfExists(old);
    }

    private List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = new ArrayList<>(files.filter(f -> {
                        String name = f.getFileName().toString();
                        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
                    })
                    .toList());
            Collections.sort(found);
            return found;
        }
    }
}
