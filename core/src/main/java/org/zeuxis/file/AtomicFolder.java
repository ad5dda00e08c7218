package org.zeuxis.file;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new folder that appears under its name with all that belongs in it, or not at all. */
public final class AtomicFolder {
    private AtomicFolder() {}

    /** What fills the folder. */
    public interface Content {
        /** @param unfinished the folder before it has its name */
        void writeInto(Path unfinished) throws IOException;
    }

    /**
     * @throws FileAlreadyExistsException if there is something of that name
     * @throws IOException if it could not be filled; nothing of it is then left
     */
    public static void write(Path folder, Content content) throws IOException {
        if (Files.exists(folder)) throw new FileAlreadyExistsException(folder.toString());
        Path unfinished = UnfinishedFile.beside(folder);
        UnfinishedFile.makeFolderOf(unfinished);
        try {
            Files.createDirectory(unfinished);
            content.writeInto(unfinished);
            AtomicFile.move(unfinished, folder.toAbsolutePath());
        } catch (IOException e) {
            String said = String.valueOf(e.getMessage());
            if (!said.contains(unfinished.toString())) throw e;
            throw new IOException(said.replace(unfinished.toString(), folder.toString()), e);
        } finally {
            delete(unfinished);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) Files.deleteIfExists(file);
    }
}
