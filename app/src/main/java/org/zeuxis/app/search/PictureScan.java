package org.zeuxis.app.search;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.zeuxis.data.Problem;
import org.zeuxis.file.Spelling;

/**
 * The files below a folder whose names are those of pictures, in the order of their paths, hidden ones left out.
 *
 * @param root the folder, absolute, links resolved
 * @param problems files and folders that cannot be looked at; what the index has of them stays
 */
public record PictureScan(Path root, List<FoundPicture> pictures, List<Problem> problems) {
    private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "webp", "gif", "bmp");

    /** @throws IOException if there is no such folder */
    public static PictureScan of(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": expected a folder of pictures, got "
                    + (Files.exists(folder) ? "a file; name the folder it lies in" : "nothing; check the path"));
        }
        Path root = folder.toRealPath();
        Walk walk = new Walk(root);
        Files.walkFileTree(root, walk);
        walk.pictures.sort(Comparator.comparing(FoundPicture::path));
        return new PictureScan(root, List.copyOf(walk.pictures), List.copyOf(walk.problems));
    }

    public int size() {
        return pictures.size();
    }

    /** @throws IOException if there are pictures and none of them can be read, with the reason of the first */
    public void expectReadable() throws IOException {
        IOException first = null;
        for (FoundPicture found : pictures) {
            try {
                PictureFile.read(found.file());
                return;
            } catch (IOException e) {
                if (first == null) first = e;
            }
        }
        if (first == null) return;
        throw new IOException(
                root + ": expected pictures, got none of " + size() + " that can be read; " + first.getMessage(),
                first);
    }

    /** Whether {@code path} lies where this scan could not look. */
    boolean blindTo(String path) {
        return problems.stream()
                .anyMatch(problem -> path.equals(problem.key()) || path.startsWith(problem.key() + "/"));
    }

    private static final class Walk extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<FoundPicture> pictures = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();

        private Walk(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return hidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (hidden(file) || !EXTENSIONS.contains(extension(file))) return FileVisitResult.CONTINUE;
            try {
                BasicFileAttributes read = attributes.isSymbolicLink()
                        ? Files.readAttributes(file, BasicFileAttributes.class)
                        : attributes;
                if (!read.isRegularFile()) return FileVisitResult.CONTINUE;
                String path = path(file);
                if (!Spelling.isFaithful(file)) {
                    problems.add(new Problem(path, Spelling.FAULT));
                    return FileVisitResult.CONTINUE;
                }
                pictures.add(new FoundPicture(
                        file, path, read.size(), read.lastModifiedTime().toMillis()));
            } catch (IOException e) {
                return visitFileFailed(file, e);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            problems.add(new Problem(
                    path(file), "cannot be looked at (" + e.getClass().getSimpleName() + "); check its permissions"));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException e) {
            if (e != null) visitFileFailed(folder, e);
            return FileVisitResult.CONTINUE;
        }

        private boolean hidden(Path path) {
            Path name = path.getFileName();
            return !path.equals(root) && name != null && name.toString().startsWith(".");
        }

        private String path(Path file) {
            return root.relativize(file).toString().replace(root.getFileSystem().getSeparator(), "/");
        }

        private static String extension(Path file) {
            String name = String.valueOf(file.getFileName());
            return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        }
    }
}
