package org.zeuxis.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.hub.client.ContentHash;
import org.zeuxis.hub.client.ModelName;
import org.zeuxis.hub.client.OneLine;

/**
 * The folder in which Python's huggingface_hub keeps models too: contents under their hashes, links to them under their
 * names.
 *
 * <pre>
 * models--organization--name/blobs/HASH
 * models--organization--name/refs/REVISION            holds the commit
 * models--organization--name/snapshots/COMMIT/PATH    links to ../../blobs/HASH
 * .locks/models--organization--name/HASH.lock
 * </pre>
 */
record HubCache(Path folder) {
    private static final long LONGEST_REF = 1000;

    /** Makes a file appear under another path. */
    interface Link {
        void make(Path blob, Path path) throws IOException;
    }

    /** The first that the file system can do. */
    static final List<Link> LINKS = List.of(
            (blob, path) -> Files.createSymbolicLink(path, parent(path).relativize(blob)),
            // Windows lets only some users make symbolic links
            (blob, path) -> Files.createLink(path, blob),
            (blob, path) -> Files.copy(blob, path));

    Path blob(ModelName model, ContentHash hash) {
        return of(model).resolve("blobs").resolve(hash.hex());
    }

    Path lock(ModelName model, ContentHash hash) {
        return folder.resolve(".locks").resolve(directory(model)).resolve(hash.hex() + ".lock");
    }

    Path snapshot(ModelName model, String commit) {
        return of(model).resolve("snapshots").resolve(commit);
    }

    /** The folder of the model as it was last pulled, some of whose files may be lacking. */
    Optional<Path> snapshot(ModelName model) throws IOException {
        String commit = model.namesACommit() ? model.revision() : read(ref(model));
        if (!ModelName.isCommit(commit)) return Optional.empty();
        return Optional.of(snapshot(model, commit)).filter(Files::isDirectory);
    }

    /** Remembers what the revision means now. */
    void remember(ModelName model, String commit) throws IOException {
        Path ref = ref(model);
        if (model.revision().equals(commit) || commit.equals(read(ref))) return;
        AtomicFile.write(ref, commit);
    }

    /** Lets {@code path} be the content {@code blob}. */
    static void link(Path blob, Path path) throws IOException {
        link(blob, path, LINKS);
    }

    static void link(Path blob, Path path, List<Link> links) throws IOException {
        Files.createDirectories(parent(path));
        // left by someone who has removed the blob
        if (Files.isSymbolicLink(path) && !Files.exists(path)) Files.deleteIfExists(path);
        IOException last = new IOException(path + ": expected a way to make a file here, got none");
        for (Link link : links) {
            try {
                link.make(blob, path);
                return;
            } catch (FileAlreadyExistsException e) {
                // another process was faster
                if (Files.exists(path)) return;
                last = e;
            } catch (IOException | UnsupportedOperationException e) {
                last = e instanceof IOException io ? io : new IOException(path + ": " + OneLine.of(e), e);
            }
        }
        throw last;
    }

    static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) throw new IllegalArgumentException("expected a file, got the root folder " + path);
        return parent;
    }

    private Path of(ModelName model) {
        return folder.resolve(directory(model)).toAbsolutePath();
    }

    private static String directory(ModelName model) {
        return "models--" + model.organization() + "--" + model.name();
    }

    private Path ref(ModelName model) {
        return of(model).resolve("refs").resolve(model.revision());
    }

    private static String read(Path ref) throws IOException {
        if (!Files.isRegularFile(ref) || Files.size(ref) > LONGEST_REF) return "";
        return Files.readString(ref).strip();
    }
}
