package org.zeuxis.image.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;
import org.zeuxis.image.Video;
import org.zeuxis.image.film.Film;

/**
 * A video as it lies on a disk: an animated GIF, a folder with a picture of each frame, in the order of their names, in which
 * numbers count as numbers, or, if FFmpeg is on the class path, a {@link Film}: an MP4 and its like. Only the frames that are
 * asked for take memory.
 */
public final class VideoFile {
    /** Twenty minutes at 30 frames a second. */
    static final int MOST_FRAMES = 36_000;

    private static final long MOST_BYTES = 1L << 29;
    private static final Set<String> PICTURES = Set.of("png", "jpg", "jpeg", "webp");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private final Path path;
    private final List<Path> pictures; // of a folder
    private final List<GifFrame> animation;
    private final @Nullable Film film;

    private VideoFile(Path path, List<Path> pictures, List<GifFrame> animation, @Nullable Film film) {
        this.path = path;
        this.pictures = pictures;
        this.animation = animation;
        this.film = film;
    }

    /** Whether this is a folder, a {@link Film}, or a GIF, of which {@link #frames} tells whether it moves. */
    public static boolean isOne(Path path) throws IOException {
        if (Files.isDirectory(path) || Film.isOne(path)) return true;
        if (!Files.isRegularFile(path)) return false;
        try (InputStream bytes = Files.newInputStream(path)) {
            return new String(bytes.readNBytes(4), StandardCharsets.ISO_8859_1).equals("GIF8");
        }
    }

    /**
     * Finds its frames without decoding any.
     *
     * @throws IOException if there are none, or too many, in one line
     */
    public static VideoFile open(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        VideoFile video;
        if (folder) video = new VideoFile(path, pictures(path), List.of(), null);
        else if (Film.isOne(path)) video = new VideoFile(path, List.of(), List.of(), Film.open(path, MOST_FRAMES));
        else video = new VideoFile(path, List.of(), GifFrame.all(path, size(path), MOST_FRAMES), null);
        if (video.frames() > MOST_FRAMES) {
            throw new IOException(path + ": expected a video of at most " + MOST_FRAMES
                    + " frames, got more; keep every tenth of them, or a part");
        }
        if (video.frames() == 0) {
            throw new IOException(path + ": expected at least 1 frame, got a video of 0 frames; "
                    + (folder ? "name a folder with a PNG, JPEG or WebP of each frame" : "fetch it again"));
        }
        return video;
    }

    private static long size(Path path) throws IOException {
        long bytes = Files.size(path);
        if (bytes <= MOST_BYTES) return bytes;
        throw new IOException(path + ": expected a video of at most " + (MOST_BYTES >> 20) + " MiB, got "
                + (bytes >> 20) + " MiB; make it smaller or shorter");
    }

    private static List<Path> pictures(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, VideoFile::isPicture)) {
            for (Path file : files) {
                all.add(file);
                if (all.size() > MOST_FRAMES) return all;
            }
        }
        all.sort(Comparator.comparing(VideoFile::place));
        return all;
    }

    private static boolean isPicture(Path file) {
        String name = name(file);
        String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && PICTURES.contains(end) && Files.isRegularFile(file);
    }

    /** Its name with numbers of one length, so that frame 10 comes after frame 2. */
    private static String place(Path file) {
        return NUMBER.matcher(name(file))
                .replaceAll(n -> "0".repeat(Math.max(0, 20 - n.group().length())) + n.group());
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** Whether it is a GIF, which may as well stand still. */
    public boolean isAnimation() {
        return !animation.isEmpty();
    }

    /** How many there are; of a {@link Film} those that are told apart. */
    public int frames() {
        return film == null ? Math.max(pictures.size(), animation.size()) : film.frames();
    }

    /**
     * Decodes {@linkplain Video#spread some frames}.
     *
     * @param most how many at most
     * @throws IOException if one is damaged or too large, in one line
     */
    public Video read(int most) throws IOException {
        int[] seen = Video.spread(frames(), most);
        if (film != null) return new Video(frames(film, seen));
        if (pictures.isEmpty()) return new Video(GifFrame.decode(path, animation, seen));
        List<Image> all = new ArrayList<>();
        long pixels = 0;
        for (int frame : seen) {
            Image image = ImageFile.read(pictures.get(frame));
            pixels += (long) image.width() * image.height();
            expectPixels(path, pixels);
            all.add(image);
        }
        return new Video(all);
    }

    private List<Image> frames(Film film, int[] seen) throws IOException {
        expectPixels(path, (long) seen.length * film.width() * film.height());
        Orientation held = new Orientation(film.orientation());
        return film.read(seen, ImageFile.MAX_PIXELS / seen.length).stream()
                .map(held::upright)
                .toList();
    }

    static void expectPixels(Path path, long pixels) throws IOException {
        if (pixels <= ImageFile.MAX_PIXELS) return;
        throw new IOException(path + ": expected frames that have at most " + ImageFile.MAX_PIXELS
                + " pixels together, got more; scale them down");
    }
}
