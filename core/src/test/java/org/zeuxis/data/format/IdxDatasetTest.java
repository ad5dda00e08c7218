package org.zeuxis.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;

class IdxDatasetTest {
    private static final byte[] PIXELS = {0, 1, 2, 3, 4, 5, 10, 20, 30, 40, 50, (byte) 255};

    @TempDir
    Path folder;

    @Test
    void reads_a_zipped_pair_of_a_folder() throws IOException {
        write("train-images-idx3-ubyte.gz", zipped(images(2, 2, 3, PIXELS)));
        write("train-labels-idx1-ubyte.gz", zipped(labels(7, 1)));
        Dataset dataset = DatasetLocation.open(folder.toString());
        assertThat(dataset.size()).isEqualTo(2);
        CaptionedImage second = dataset.get(1);
        assertThat(second.key()).isEqualTo("train-00001");
        assertThat(second.caption()).isEqualTo("1");
        assertThat(second.image().width()).isEqualTo(3);
        assertThat(second.image().height()).isEqualTo(2);
        assertThat(second.image().sample(2, 1, 0)).isEqualTo(255);
        assertThat(second.image().sample(1, 0, 2)).isEqualTo(20);
    }

    @Test
    void names_of_classes_come_from_the_file_beside_or_are_fashions() throws IOException {
        Path fashion = Files.createDirectories(folder.resolve("fashion-mnist"));
        Files.write(fashion.resolve("t10k-images-idx3-ubyte"), images(2, 2, 3, PIXELS));
        Files.write(fashion.resolve("t10k-labels-idx1-ubyte"), labels(9, 0));
        String images = fashion.resolve("t10k-images-idx3-ubyte").toString();
        assertThat(DatasetLocation.open(images).get(0).value("label", "")).isEqualTo("ankle boot");
        Files.writeString(fashion.resolve("labels.txt"), "shirt\n");
        assertThat(DatasetLocation.open(images).get(0).value("label", "")).isEqualTo("9");
        assertThat(DatasetLocation.open(images).get(1).value("label", "")).isEqualTo("shirt");
        assertThat(DatasetLocation.open(images).get(1).value("class", "")).isEqualTo("0");
    }

    @Test
    void a_folder_with_several_asks_for_one() throws IOException {
        write("train-images-idx3-ubyte", images(2, 2, 3, PIXELS));
        write("t10k-images-idx3-ubyte", images(2, 2, 3, PIXELS));
        assertThatThrownBy(() -> DatasetLocation.open(folder.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("got 2; name one, such as")
                .hasMessageContaining("t10k-images-idx3-ubyte");
    }

    @Test
    void what_is_damaged_is_said_in_one_line() throws IOException {
        write("train-images-idx3-ubyte", images(2, 2, 3, PIXELS));
        Path images = folder.resolve("train-images-idx3-ubyte");
        assertThatThrownBy(() -> IdxDataset.open(images)).hasMessageContaining("in train-labels-idx1-ubyte");
        write("train-labels-idx1-ubyte", labels(1));
        assertThatThrownBy(() -> IdxDataset.open(images)).hasMessageContaining("each of 2 pictures, got 1");
        write("train-labels-idx1-ubyte", images(2, 2, 3, PIXELS));
        assertThatThrownBy(() -> IdxDataset.open(images)).hasMessageContaining("begins with 00000801, got 00000803");
        write("train-labels-idx1-ubyte", labels(1, 2));
        write("train-images-idx3-ubyte", Arrays.copyOf(images(2, 2, 3, PIXELS), 20));
        assertThatThrownBy(() -> IdxDataset.open(images)).hasMessageContaining("expected 12 bytes of content, got 4");
        write("train-images-idx3-ubyte", images(70_000, 70_000, 70_000, PIXELS));
        assertThatThrownBy(() -> IdxDataset.open(images)).hasMessageContaining("got 70000x70000x70000");
        byte[] zipped = zipped(images(2, 2, 3, PIXELS));
        write("train-images-idx3-ubyte", Arrays.copyOf(zipped, 14));
        assertThatThrownBy(() -> IdxDataset.open(images))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fetch them again");
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }

    private static byte[] images(int count, int rows, int columns, byte[] pixels) {
        return ByteBuffer.allocate(16 + pixels.length)
                .putInt(0x0803)
                .putInt(count)
                .putInt(rows)
                .putInt(columns)
                .put(pixels)
                .array();
    }

    private static byte[] labels(int... classes) {
        ByteBuffer file = ByteBuffer.allocate(8 + classes.length).putInt(0x0801).putInt(classes.length);
        for (int each : classes) file.put((byte) each);
        return file.array();
    }

    private static byte[] zipped(byte[] content) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(file)) {
            out.write(content);
        }
        return file.toByteArray();
    }
}
