package org.zeuxis.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageFile;

/**
 * Pictures in a folder and its subfolders, in the order of their paths. Captions lie beside them ({@code cat.png} with
 * {@code cat.txt} or {@code cat.caption}, one a line); if there are none at all, the name of its folder is a picture's
 * caption, and its attribute {@code class}.
 */
public final class ImageFolder implements Dataset {
    private static final List<String> CAPTION_FILES = List.of("txt", "caption");

    private record Picture(Path path, String key, @Nullable Path captions) {}

    private final List<Picture> pictures;
    private final boolean captioned;
    private final List<Problem> problems;

    private ImageFolder(List<Picture> pictures, boolean captioned, List<Problem> problems) {
        this.pictures = List.copyOf(pictures);
        this.captioned = captioned;
        this.problems = List.copyOf(problems);
    }

    /** @throws IOException if the folder cannot be read or has no picture */
    public static ImageFolder open(Path folder) throws IOException {
        Path root = DatasetLocation.existing(folder.toString());
        if (!Files.isDirectory(root)) throw new IOException(folder + ": expected a folder of pictures, got a file");
        List<Picture> pictures = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(root)) {
            walk.filter(DatasetLocation::isPicture)
                    .filter(path -> visible(root.relativize(path)))
                    .filter(Files::isRegularFile)
                    .forEach(path -> pictures.add(new Picture(path, key(root, path), captions(path))));
        } catch (UncheckedIOException e) {
            throw new IOException(folder + ": cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
        if (pictures.isEmpty()) {
            throw new IOException(
                    folder + ": " + DatasetLocation.EXPECTED + ", found none" + DatasetLocation.listing(root));
        }
        pictures.sort(Comparator.comparing(Picture::key));
        boolean captioned = pictures.stream().anyMatch(picture -> picture.captions() != null);
        List<Problem> problems = new ArrayList<>();
        if (captioned) {
            pictures.removeIf(picture -> {
                if (picture.captions() != null) return false;
                problems.add(
                        new Problem(picture.key(), "has no caption file beside it, as others have; it is left out"));
                return true;
            });
        }
        return new ImageFolder(pictures, captioned, problems);
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
    public CaptionedImage get(int index) throws IOException {
        Picture picture = pictures.get(index);
        Image image;
        try {
            image = ImageFile.read(picture.path());
        } catch (IOException e) {
            throw new IOException(picture.path() + ": " + e.getMessage(), e);
        }
        Path captions = picture.captions();
        if (captions != null) {
            return new CaptionedImage(picture.key(), image, WebDataset.lines(Files.readAllBytes(captions)));
        }
        int slash = picture.key().lastIndexOf('/');
        if (captioned || slash < 0) return new CaptionedImage(picture.key(), image, List.of());
        String folder = picture.key().substring(picture.key().lastIndexOf('/', slash - 1) + 1, slash);
        String name = folder.replace('_', ' ').strip();
        return new CaptionedImage(picture.key(), image, List.of(name), Map.of("class", List.of(folder)));
    }

    private static boolean visible(Path relative) {
        for (Path part : relative) if (DatasetLocation.hidden(part)) return false;
        return true;
    }

    private static String key(Path root, Path path) {
        return root.relativize(path).toString().replace('\\', '/');
    }

    private static @Nullable Path captions(Path picture) {
        String name = String.valueOf(picture.getFileName());
        String stem = name.substring(0, name.lastIndexOf('.'));
        for (String extension : CAPTION_FILES) {
            Path beside = picture.resolveSibling(stem + "." + extension);
            if (Files.isRegularFile(beside)) return beside;
        }
        return null;
    }
}
