package org.zeuxis.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.zeuxis.data.format.WebDatasetWriter;
import org.zeuxis.image.Image;

/** Small pictures and datasets for tests. */
public final class Drawn {
    private Drawn() {}

    /** A 4x3 picture of one colour. */
    public static Image plain(int red, int green, int blue) {
        byte[] samples = new byte[4 * 3 * 3];
        for (int i = 0; i < samples.length; i += 3) {
            samples[i] = (byte) red;
            samples[i + 1] = (byte) green;
            samples[i + 2] = (byte) blue;
        }
        return new Image(4, 3, 3, samples);
    }

    public static byte[] png(Image image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image.toBufferedImage(), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public static byte[] png(int red) {
        return png(plain(red, 0, 0));
    }

    /** Shards of {@code count} red pictures, sample i of redness i and caption "red i". */
    public static List<Path> shards(Path folder, int count, int perShard) throws IOException {
        try (WebDatasetWriter writer = new WebDatasetWriter(folder, "part", perShard)) {
            for (int i = 0; i < count; i++) {
                writer.write("s" + i, Map.of("png", png(i), "txt", ("red " + i).getBytes()));
            }
            return writer.finish();
        }
    }

    /** {@code size} samples in memory, of which some cannot be read. */
    public static Dataset dataset(int size, Set<Integer> unreadable) {
        List<CaptionedImage> samples = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            samples.add(new CaptionedImage("k" + i, plain(i & 255, i >> 8, 0), List.of("caption " + i)));
        }
        return new Dataset() {
            @Override
            public int size() {
                return size;
            }

            @Override
            public String key(int index) {
                return "k" + index;
            }

            @Override
            public CaptionedImage get(int index) throws IOException {
                if (unreadable.contains(index)) throw new IOException("k" + index + ": damaged");
                return samples.get(index);
            }
        };
    }

    /** A 2x2 drawing of one opaque pixel on transparent ground, as the pictogram dataset describes them. */
    public static CaptionedImage drawing(String label, String... tags) {
        byte[] samples = new byte[16];
        samples[0] = (byte) 255;
        samples[3] = (byte) 255;
        return new CaptionedImage(
                label,
                new Image(2, 2, 4, samples),
                List.of(label),
                Map.of(
                        "label", List.of(label),
                        "style", List.of("flat"),
                        "tags", List.of(tags),
                        "mirror", List.of("true"),
                        "group", List.of("objects")));
    }

    public static Dataset drawings(String... labels) {
        return new Dataset() {
            @Override
            public int size() {
                return labels.length;
            }

            @Override
            public CaptionedImage get(int index) {
                return drawing(labels[index], "tag", "other tag");
            }
        };
    }
}
