package org.zeuxis.app.draw;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.Events;

/** A file that shows a picture while it grows, whole after every step, and is gone once nothing grows any more. */
record PreviewFile(Path file) implements AutoCloseable {

    boolean isAt(Path other) {
        return file.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }

    /** Tells {@code events} first, so that what is stopped is not shown. */
    Events after(Events events) {
        return event -> {
            events.tell(event);
            event.preview().get().ifPresent(this::show);
        };
    }

    private void show(Image picture) {
        try {
            ImageFile.write(file, picture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
