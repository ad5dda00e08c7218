package org.zeuxis.data.format;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.image.Image;
import org.zeuxis.text.TextFile;

/**
 * Grey pictures and their classes in a pair of IDX files, gzipped or not, as MNIST and Fashion-MNIST are published:
 * {@code train-images-idx3-ubyte.gz} with {@code train-labels-idx1-ubyte.gz} beside it.
 *
 * <p>A class is named by its line in {@code labels.txt} in the same folder; without that file by Fashion-MNIST's ten
 * names if "fashion" is in the folder's name, and else by its number.
 *
 * @see <a href="http://yann.lecun.com/exdb/mnist/">MNIST</a>, "File formats"
 * @see <a href="https://arxiv.org/abs/1708.07747">Fashion-MNIST</a>, Table 2
 */
public final class IdxDataset implements Dataset {
    private static final Pattern IMAGES = Pattern.compile("(?i).*images[-.]idx3-ubyte(\\.gz)?");
    private static final int IMAGES_MAGIC = 0x0803;
    private static final int LABELS_MAGIC = 0x0801;
    private static final long LIKELY_BYTES = 64 << 20;
    private static final long LIKELY_RATIO = 128;

    private static final List<String> FASHION = List.of(
            "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot");

    private final String name;
    private final int rows;
    private final int columns;
    private final byte[] pixels; // [pictures, rows, columns]
    private final byte[] classes; // [pictures]
    private final List<String> names;

    private IdxDataset(String name, int rows, int columns, byte[] pixels, byte[] classes, List<String> names) {
        this.name = name;
        this.rows = rows;
        this.columns = columns;
        this.pixels = pixels;
        this.classes = classes;
        this.names = names;
    }

    static boolean isOne(Path file) {
        return IMAGES.matcher(String.valueOf(file.getFileName())).matches();
    }

    /**
     * Reads a pair whole into memory.
     *
     * @param location the file of images, or a folder with one such
     * @throws IOException if it is damaged, has no labels beside it or the folder has several
     */
    public static IdxDataset open(Path location) throws IOException {
        Path images = Files.isDirectory(location) ? only(location) : DatasetLocation.existing(location.toString());
        Path labels = labels(images);
        String file = String.valueOf(images.getFileName());
        try (DataInputStream in = content(images);
                DataInputStream inLabels = content(labels)) {
            expectMagic(images, in.readInt(), IMAGES_MAGIC);
            int count = in.readInt();
            int rows = in.readInt();
            int columns = in.readInt();
            long bytes = (long) count * rows * columns;
            boolean sizes = count > 0 && rows > 0 && columns > 0 && bytes / count / rows == columns;
            if (!sizes || bytes > Integer.MAX_VALUE - 8) {
                throw new IOException(
                        images + ": expected 1 to 2^31 pixels in all, got " + count + "x" + rows + "x" + columns);
            }
            expectLikely(images, bytes);
            expectMagic(labels, inLabels.readInt(), LABELS_MAGIC);
            int labelled = inLabels.readInt();
            if (labelled != count) {
                throw new IOException(
                        labels + ": expected a label for each of " + count + " pictures, got " + labelled);
            }
            expectLikely(labels, count);
            byte[] pixels = exactly(images, in, (int) bytes);
            byte[] classes = exactly(labels, inLabels, count);
            List<String> names = names(images);
            String split = file.toLowerCase(Locale.ROOT).replaceFirst("[-.]?images.*", "");
            return new IdxDataset(split, rows, columns, pixels, classes, names);
        } catch (EOFException | ZipException e) {
            throw new IOException(
                    images + ": expected whole IDX files, but they cannot be read (" + e.getMessage()
                            + "); fetch them again",
                    e);
        }
    }

    private static Path only(Path folder) throws IOException {
        List<Path> found =
                DatasetLocation.files(folder).stream().filter(IdxDataset::isOne).toList();
        if (found.size() != 1) {
            throw new IOException(folder + ": expected one file of IDX images, got " + found.size()
                    + (found.isEmpty() ? "" : "; name one, such as " + found.get(0)));
        }
        return found.get(0);
    }

    private static Path labels(Path images) throws IOException {
        String file = String.valueOf(images.getFileName());
        String wanted = file.replace("images", "labels").replace("idx3", "idx1");
        String plain = wanted.replaceFirst("\\.gz$", "");
        for (String each : List.of(wanted, plain, plain + ".gz")) {
            Path labels = images.resolveSibling(each);
            if (!each.equals(file) && Files.isRegularFile(labels)) return labels;
        }
        throw new IOException(images + ": expected its labels beside it in " + wanted + ", but there is no such file");
    }

    private static List<String> names(Path images) throws IOException {
        Path file = images.resolveSibling("labels.txt");
        if (Files.isRegularFile(file)) {
            try {
                return Utf8.text(TextFile.bytes(file, TextFile.MOST_BYTES))
                        .lines()
                        .map(String::strip)
                        .toList();
            } catch (IOException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
        }
        Path folder = images.toAbsolutePath().getParent();
        String name = folder == null ? "" : String.valueOf(folder.getFileName());
        return name.toLowerCase(Locale.ROOT).contains("fashion") ? FASHION : List.of();
    }

    private static DataInputStream content(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        in.mark(2);
        boolean zipped = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return new DataInputStream(zipped ? new GZIPInputStream(in) : in);
    }

    private static void expectMagic(Path file, int got, int expected) throws IOException {
        if (got == expected) return;
        throw new IOException(String.format(
                Locale.ROOT, "%s: expected an IDX file of bytes that begins with %08x, got %08x", file, expected, got));
    }

    /** Gzip packs to a thousandth at best, drawings to a tenth. */
    private static void expectLikely(Path file, long bytes) throws IOException {
        long size = Files.size(file);
        if (bytes <= LIKELY_BYTES + LIKELY_RATIO * size) return;
        throw new IOException(file + ": expected " + bytes + " bytes of content, got a file of " + size
                + " that cannot hold them; fetch it again");
    }

    private static byte[] exactly(Path file, InputStream in, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        int read = in.readNBytes(content, 0, bytes);
        if (read == bytes) return content;
        throw new IOException(file + ": expected " + bytes + " bytes of content, got " + read + "; fetch it again");
    }

    @Override
    public int size() {
        return classes.length;
    }

    @Override
    public String key(int index) {
        return String.format(Locale.ROOT, "%s-%05d", name, index);
    }

    /** Its attributes are {@code label}, the name of its class, and {@code class}, the number. */
    @Override
    public CaptionedImage get(int index) {
        int number = classes[index] & 255;
        String label = number < names.size() ? names.get(number) : Integer.toString(number);
        int size = rows * columns;
        byte[] samples = new byte[3 * size];
        for (int i = 0; i < samples.length; i++) samples[i] = pixels[index * size + i / 3];
        Map<String, List<String>> attributes =
                Map.of("label", List.of(label), "class", List.of(Integer.toString(number)));
        return new CaptionedImage(key(index), new Image(columns, rows, 3, samples), List.of(label), attributes);
    }
}
