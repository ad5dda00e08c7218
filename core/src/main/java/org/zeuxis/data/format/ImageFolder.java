package org.zeuxis.data.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.file.Spelling;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.text.TextFile;

/**
 * Pictures in a folder and its subfolders, in the order of their paths. Captions lie beside them ({@code cat.png} with
 * {@code cat.txt}, {@code .text} or {@code .caption}, one a line, or {@code cat.json} with a caption); if there are none at all, the name
 * of its folder is a picture's caption, and its attribute {@code class}.
 */
public final class ImageFolder implements Dataset {
    private static final List<String> CAPTION_FILES = List.of("txt", "text", "caption");
    private static final Set<String> OTHER_PICTURES =
            Set.of("gif", "bmp", "tif", "tiff", "avif", "heic", "jxl", "jfif", "svg");

    private record Picture(
            Path path,
            String key,
            @Nullable Path captions,
            @Nullable Path json) {
        boolean captioned() {
            return captions != null || json != null;
        }
    }

    private final List<Picture> pictures;
    private final boolean captioned;
    private final List<Problem> problems;

    private ImageFolder(List<Picture> pictures, boolean captioned, List<Problem> problems) {
        this.pictures = List.copyOf(pictures);
        this.captioned = captioned;
        this.problems = List.copyOf(problems);
    }

    /** @throws IOException if the folder cannot be read, has no picture, or something else in it may hold the captions */
    public static ImageFolder open(Path folder) throws IOException {
        Path root = DatasetLocation.existing(folder.toString());
        if (!Files.isDirectory(root)) throw new IOException(folder + ": expected a folder of pictures, got a file");
        List<Path> files = files(root);
        OtherCaptions.refuseTables(folder, files);
        Map<Path, Path> beside = new HashMap<>();
        for (Path file : files) if (!DatasetLocation.isPicture(file)) beside.putIfAbsent(lowerExtension(file), file);
        List<Picture> pictures = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Path file : files) {
            String key = root.relativize(file).toString().replace('\\', '/');
            String extension = DatasetLocation.extension(file);
            if (!Spelling.isFaithful(file)) {
                problems.add(new Problem(key, Spelling.FAULT));
            } else if (OTHER_PICTURES.contains(extension)) {
                problems.add(new Problem(key, "is ." + extension + ", not .png, .jpg or .webp; convert it"));
            } else if (DatasetLocation.isPicture(file)) {
                if (Files.isRegularFile(file)) pictures.add(picture(file, key, beside));
                else problems.add(new Problem(key, "is a link to a file that is not there"));
            }
        }
        if (pictures.isEmpty()) {
            String first = problems.isEmpty() ? DatasetLocation.listing(root) : "; " + problems.get(0);
            throw new IOException(folder + ": " + DatasetLocation.EXPECTED + ", found none" + first);
        }
        pictures.sort(Comparator.comparing(Picture::key));
        boolean captioned = pictures.stream().anyMatch(Picture::captioned);
        if (!captioned) OtherCaptions.refuseAny(folder, files);
        Set<String> lonely = new HashSet<>();
        for (Picture each : pictures) {
            if (!captioned || each.captioned()) continue;
            lonely.add(each.key());
            problems.add(new Problem(each.key(), "has no caption file beside it, as others have"));
        }
        pictures.removeIf(each -> lonely.contains(each.key()));
        return new ImageFolder(pictures, captioned, problems);
    }

    /** The visible files at any depth, links included. */
    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            return walk.filter(path -> visible(root.relativize(path)))
                    .filter(path -> !Files.isDirectory(path))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof FileSystemLoopException loop) {
                throw new IOException(
                        loop.getFile() + ": expected folders, got a link to a folder above; remove it", e);
            }
            throw new IOException(root + ": cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
    }

    /** Whether the names of folders are the captions, as no picture has one of its own. */
    public boolean labelledByFolders() {
        return !captioned;
    }

    @Override
    public int size() {
        return pictures.size();
    }

    @Override
    public String key(int index) {
        return pictures.get(index).key();
    }

    @Override
    public List<Problem> problems() {
        return problems;
    }

    @Override
    public List<String> captions(int index) throws IOException {
        Picture picture = pictures.get(index);
        return captions(picture, attributes(picture));
    }

    @Override
    public CaptionedImage get(int index) throws IOException {
        Picture picture = pictures.get(index);
        Map<String, List<String>> attributes = attributes(picture);
        List<String> captions = captions(picture, attributes);
        return new CaptionedImage(picture.key(), ImageFile.read(picture.path()), captions, attributes);
    }

    private Map<String, List<String>> attributes(Picture picture) throws IOException {
        String folder = folder(picture);
        if (!captioned && !folder.isEmpty()) return Map.of("class", List.of(folder));
        Path json = picture.json();
        if (json == null) return Map.of();
        try {
            return JsonAttributes.parse(TextFile.bytes(json, TextFile.MOST_BYTES));
        } catch (IOException e) {
            throw new IOException(json + ": " + e.getMessage(), e);
        }
    }

    private List<String> captions(Picture picture, Map<String, List<String>> attributes) throws IOException {
        if (!captioned) {
            String name = folder(picture).replace('_', ' ').strip();
            return name.isEmpty() ? List.of() : List.of(name);
        }
        Path captions = picture.captions();
        if (captions == null) return JsonAttributes.captions(attributes);
        try {
            return Utf8.lines(TextFile.bytes(captions, TextFile.MOST_BYTES));
        } catch (IOException e) {
            throw new IOException(captions + ": " + e.getMessage(), e);
        }
    }

    /** The name of the folder it lies in; empty for the dataset's own. */
    private static String folder(Picture picture) {
        int slash = picture.key().lastIndexOf('/');
        return slash < 0 ? "" : picture.key().substring(picture.key().lastIndexOf('/', slash - 1) + 1, slash);
    }

    private static boolean visible(Path relative) {
        for (Path part : relative) if (DatasetLocation.hidden(part)) return false;
        return true;
    }

    private static Picture picture(Path file, String key, Map<Path, Path> beside) {
        Path captions = null;
        for (String extension : CAPTION_FILES) if (captions == null) captions = beside(file, extension, beside);
        return new Picture(file, key, captions, beside(file, "json", beside));
    }

    /** {@code a.txt} or {@code a.png.txt}, in letters of any case, for {@code a.png}. */
    private static @Nullable Path beside(Path picture, String extension, Map<Path, Path> beside) {
        String name = String.valueOf(picture.getFileName());
        String stem = name.substring(0, name.lastIndexOf('.'));
        Path found = beside.get(picture.resolveSibling(stem + "." + extension));
        return found != null ? found : beside.get(picture.resolveSibling(name + "." + extension));
    }

    private static Path lowerExtension(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.') + 1;
        return file.resolveSibling(name.substring(0, dot) + DatasetLocation.extension(file));
    }
}
