package org.zeuxis.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.Problem;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Presentation;

class WebDatasetTest {
    @TempDir
    Path folder;

    @Test
    void reads_back_in_any_order_what_was_written() throws IOException {
        assertThat(Drawn.shards(folder, 5, 2)).hasSize(3);
        WebDataset dataset = WebDataset.open(folder.toString());
        assertThat(dataset.size()).isEqualTo(5);
        assertThat(dataset.problems()).isEmpty();
        for (int i : new int[] {4, 0, 3, 1, 2, 4}) {
            CaptionedImage sample = dataset.get(i);
            assertThat(sample.key()).isEqualTo("s" + i).isEqualTo(dataset.key(i));
            assertThat(sample.caption()).isEqualTo("red " + i);
            assertThat(sample.image().sample(0, 0, 0)).isEqualTo(i);
        }
    }

    @Test
    void json_gives_attributes_and_captions_where_there_is_no_text() throws IOException {
        String json =
                "{\"caption\": [\"one\", \"two\"], \"tags\": [\"a\", \"b\"], \"size\": {\"w\": 3}, \"none\": null}";
        try (WebDatasetWriter writer = new WebDatasetWriter(folder, "part", 10)) {
            writer.write("a", Map.of("png", Drawn.png(1), "json", json.getBytes(StandardCharsets.UTF_8)));
            writer.finish();
        }
        CaptionedImage sample = WebDataset.open(folder.toString()).get(0);
        assertThat(sample.captions()).containsExactly("one", "two");
        assertThat(sample.values("tags")).containsExactly("a", "b");
        assertThat(sample.value("size.w", "")).isEqualTo("3");
        assertThat(sample.value("none", "otherwise")).isEqualTo("otherwise");
    }

    @Test
    void patterns_name_shards() throws IOException {
        Drawn.shards(folder, 4, 1);
        assertThat(WebDataset.open(folder + "/part-{00001..00002}.tar").size()).isEqualTo(2);
        assertThat(WebDataset.open(folder + "/part-*.tar").size()).isEqualTo(4);
        assertThat(WebDataset.open(folder + "/part-0000{0,3}.tar").key(1)).isEqualTo("s3");
        assertThatThrownBy(() -> WebDataset.open(folder + "/part-{00002..00009}.tar"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("part-00004.tar: there is no such file");
        assertThatThrownBy(() -> WebDataset.open(folder + "/other-*.tar"))
                .hasMessageContaining(
                        "matches 'other-*.tar'; it has part-00000.tar, part-00001.tar, part-00002.tar and 1");
    }

    @Test
    void a_truncated_shard_gives_the_samples_before_the_cut_and_says_so() throws IOException {
        Path shard = Drawn.shards(folder, 3, 3).get(0);
        byte[] whole = Files.readAllBytes(shard);
        for (int length = whole.length - 1; length > 512; length -= 97) {
            Files.write(shard, Arrays.copyOf(whole, length));
            WebDataset dataset;
            try {
                dataset = WebDataset.open(shard.toString());
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("found none").hasMessageContaining("is cut");
                continue;
            }
            for (int i = 0; i < dataset.size(); i++) {
                assertThat(dataset.get(i).image().sample(0, 0, 0)).isEqualTo(i);
            }
            if (dataset.size() < 3) assertThat(dataset.problems()).isNotEmpty();
        }
    }

    @Test
    void a_damaged_header_ends_its_shard_only() throws IOException {
        List<Path> shards = Drawn.shards(folder, 6, 3);
        byte[] bytes = Files.readAllBytes(shards.get(0));
        bytes[4 * 512 + 20] ^= 1; // in the header of the second sample's picture
        Files.write(shards.get(0), bytes);
        WebDataset dataset = WebDataset.open(folder.toString());
        assertThat(dataset.size()).isEqualTo(4);
        assertThat(dataset.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.reason()).contains("damaged header at byte"));
    }

    @Test
    void a_damaged_picture_is_named_when_it_is_read() throws IOException {
        Map<String, byte[]> parts = Map.of("png", "no picture".getBytes(StandardCharsets.UTF_8));
        try (WebDatasetWriter writer = new WebDatasetWriter(folder, "part", 10)) {
            writer.write("broken", parts);
            writer.finish();
        }
        WebDataset dataset = WebDataset.open(folder.toString());
        assertThatThrownBy(() -> dataset.get(0))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("broken in ")
                .hasMessageContaining("PNG");
    }

    @Test
    void duplicates_count_once() throws IOException {
        Path shard = folder.resolve("a.tar");
        tar(shard, "x/1.png", Drawn.png(1), "x/1.png", Drawn.png(2), "x/1.txt", bytes("one"), "x/2.txt", bytes("two"));
        WebDataset dataset = WebDataset.open(shard.toString());
        assertThat(dataset.size()).isEqualTo(1);
        assertThat(dataset.get(0).image().sample(0, 0, 0)).isEqualTo(1);
        assertThat(dataset.problems())
                .extracting(Problem::toString)
                .anySatisfy(p -> assertThat(p).startsWith("x/1.png: is there twice"))
                .anySatisfy(p -> assertThat(p).startsWith("x/2: has no picture"));
    }

    @Test
    void keys_with_control_characters_are_left_out() throws IOException {
        Path shard = folder.resolve("a.tar");
        tar(shard, "a\nb.png", Drawn.png(1), "good.png", Drawn.png(2), "good.txt", bytes("one"));
        WebDataset dataset = WebDataset.open(shard.toString());
        assertThat(dataset.size()).isEqualTo(1);
        assertThat(Problem.counted(dataset.problems()))
                .containsExactly("a b.png: expected a name without control characters; rename it");
    }

    @Test
    void long_and_foreign_names_are_read() throws IOException {
        String gnu = "folder-" + "g".repeat(200);
        String posix = "größe-" + "p".repeat(200);
        Path shard = folder.resolve("a.tar");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            entry(out, gnu + ".png", Drawn.png(1));
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            entry(out, posix + ".PNG", Drawn.png(2));
        }
        Files.write(shard, bytes.toByteArray());
        WebDataset dataset = WebDataset.open(shard.toString());
        assertThat(List.of(dataset.key(0), dataset.key(1))).containsExactly(gnu, posix);
        assertThat(dataset.get(1).image().sample(0, 0, 0)).isEqualTo(2);
        assertThat(dataset.get(1).captions()).isEmpty();
    }

    @Test
    void says_what_came_instead_of_a_tar() throws IOException {
        Path shard = folder.resolve("a.tar");
        Files.write(shard, new byte[] {0x1f, (byte) 0x8b, 8, 0});
        assertThatThrownBy(() -> WebDataset.open(shard.toString())).hasMessageContaining("is cut at byte 4");
        byte[] gzip = new byte[2048];
        gzip[0] = 0x1f;
        gzip[1] = (byte) 0x8b;
        Files.write(shard, gzip);
        assertThatThrownBy(() -> WebDataset.open(shard.toString())).hasMessageContaining("gunzip");
        Files.write(shard, new byte[0]);
        assertThatThrownBy(() -> WebDataset.open(shard.toString())).hasMessageContaining("empty file");
    }

    @Test
    void a_shard_that_changed_is_refused() throws IOException {
        Path shard = Drawn.shards(folder, 1, 1).get(0);
        WebDataset dataset = WebDataset.open(shard.toString());
        Files.write(shard, new byte[512], java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(() -> dataset.get(0)).hasMessageContaining("has changed since it was opened");
    }

    @Test
    void the_same_samples_give_the_same_bytes() throws IOException {
        byte[] first =
                Files.readAllBytes(Drawn.shards(folder.resolve("a"), 3, 3).get(0));
        byte[] second =
                Files.readAllBytes(Drawn.shards(folder.resolve("b"), 3, 3).get(0));
        assertThat(first).isEqualTo(second);
    }

    @Test
    void shards_appear_only_when_finished_and_replace_older_ones() throws IOException {
        Drawn.shards(folder, 4, 1);
        try (WebDatasetWriter writer = new WebDatasetWriter(folder, "part", 1)) {
            writer.write("new", "txt", "abandoned");
        }
        assertThat(names()).containsExactly("part-00000.tar", "part-00001.tar", "part-00002.tar", "part-00003.tar");
        assertThat(WebDataset.open(folder.toString()).key(0)).isEqualTo("s0");
        Drawn.shards(folder, 2, 1);
        assertThat(names()).containsExactly("part-00000.tar", "part-00001.tar");
    }

    @Test
    void keys_are_checked() throws IOException {
        try (WebDatasetWriter writer = new WebDatasetWriter(folder, "part", 1)) {
            writer.write("a", "txt", "x");
            assertThatThrownBy(() -> writer.write("a", "txt", "x")).hasMessageContaining("'a' was written before");
            assertThatThrownBy(() -> writer.write("a.b", "txt", "x")).hasMessageContaining("without dots and slashes");
            assertThatThrownBy(() -> writer.write("../b", "txt", "x")).hasMessageContaining("without dots and slashes");
            assertThatThrownBy(() -> writer.write("c", Map.of())).hasMessageContaining("no parts");
            assertThatThrownBy(() -> writer.write("c", "t/x", "x")).hasMessageContaining("extension");
        }
    }

    @Test
    void a_key_ends_at_the_first_dot() throws IOException {
        Path shard = folder.resolve("a.tar");
        tar(shard, "s.mask.png", Drawn.png(9), "s.PNG", Drawn.png(1), "s.txt", bytes("one"), "._s.png", bytes("x"));
        WebDataset dataset = WebDataset.open(shard.toString());
        assertThat(dataset.size()).isEqualTo(1);
        assertThat(dataset.get(0).image().sample(0, 0, 0)).isEqualTo(1);
        assertThat(dataset.problems())
                .extracting(Problem::toString)
                .singleElement()
                .satisfies(p -> assertThat(p).startsWith("s.mask.png: is not read; pictures are .png"));
    }

    @Test
    void classes_and_keys_are_no_captions() throws IOException {
        Path shard = folder.resolve("a.tar");
        tar(shard, "s.png", Drawn.png(9), "s.cls", bytes("3"), "t.png", Drawn.png(1), "t.cls", bytes("4"));
        WebDataset dataset = WebDataset.open(shard.toString());
        assertThat(dataset.captions(0)).isEmpty();
        assertThat(dataset.get(0).label()).isEmpty();
        assertThat(dataset.problems().get(0).toString()).startsWith("s.cls: and 1 more entries of .cls are not read");
        assertThatThrownBy(() -> Batches.shuffled(new Captioned(dataset), 2, 1, Presentation.AS_IS)
                        .at(0))
                .hasMessageContaining("expected a caption or label of the picture, got none");
    }

    @Test
    void captions_of_another_encoding_are_refused_by_name() throws IOException {
        Path shard = folder.resolve("a.tar");
        tar(shard, "s.png", Drawn.png(9), "s.txt", "grün".getBytes(StandardCharsets.ISO_8859_1));
        WebDataset dataset = WebDataset.open(shard.toString());
        assertThatThrownBy(() -> dataset.captions(0))
                .hasMessageStartingWith("s in ")
                .hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> dataset.get(0)).hasMessageContaining("expected UTF-8, got another encoding");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void tar(Path shard, Object... namesAndBytes) throws IOException {
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(shard), "UTF-8")) {
            for (int i = 0; i < namesAndBytes.length; i += 2) {
                entry(out, (String) namesAndBytes[i], (byte[]) namesAndBytes[i + 1]);
            }
        }
    }

    private static void entry(TarArchiveOutputStream out, String name, byte[] bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        out.putArchiveEntry(entry);
        out.write(bytes);
        out.closeArchiveEntry();
    }
}
