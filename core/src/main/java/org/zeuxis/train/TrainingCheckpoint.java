package org.zeuxis.train;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.checkpoint.Safetensors;
import org.zeuxis.tensor.Tensor;

/** Everything a training run needs to go on as if it had never stopped. */
final class TrainingCheckpoint implements AutoCloseable {
    private final Safetensors file;
    private final Path path;

    TrainingCheckpoint(Path path) throws IOException {
        this.path = path;
        this.file = Safetensors.open(path);
    }

    long step() {
        return number("step");
    }

    long detours() {
        return number("detours");
    }

    private long number(String key) {
        return Long.parseLong(file.metadata().getOrDefault(key, "0"));
    }

    void restore(String name, Tensor into) throws IOException {
        if (!file.names().contains(name) || file.shape(name)[0] != into.count()) {
            throw new IOException(path + " is the checkpoint of another model: expected " + name + " of " + into.count()
                    + " numbers; train into an empty folder");
        }
        into.assign(file.tensor(name));
    }

    @Override
    public void close() {
        file.close();
    }
}
