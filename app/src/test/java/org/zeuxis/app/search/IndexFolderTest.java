package org.zeuxis.app.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexFolderTest {
    @TempDir
    private Path index;

    /** A damaged index is named, whatever is damaged; Lucene's own messages name one file of it, or none. */
    @Test
    void aFlippedByteIsHarmlessOrTheIndexIsNamed() throws IOException {
        try (IndexWriter writer = IndexFolder.writer(index, Hnsw.STANDARD)) {
            for (int i = 0; i < 3; i++) {
                IndexedPicture picture = new IndexedPicture(i + ".png", 1, 2, "sha" + i, null);
                writer.addDocument(picture.document(new float[] {1, 0}));
            }
            writer.setLiveCommitData(new IndexMark("clip", "f".repeat(64), "/pictures", true)
                    .data()
                    .entrySet());
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(index)) {
            files = all.filter(file -> !file.endsWith("write.lock")).sorted().toList();
        }
        Random random = new Random(7);
        int refused = 0;
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            for (int round = 0; round < 40; round++) {
                byte[] damaged = whole.clone();
                damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, damaged);
                try (PictureSearch search = PictureSearch.open(index)) {
                    search.nearest(new float[] {1, 0}, 2);
                } catch (IOException e) {
                    assertThat(e.getMessage()).startsWith(index + ": expected").doesNotContain("\n");
                    refused++;
                }
            }
            Files.write(file, whole);
        }
        assertThat(refused).isGreaterThan(20);
    }

    @Test
    void whatAKilledRunLeftHalfWrittenIsNoFault() throws IOException {
        try (IndexWriter writer = IndexFolder.writer(index, Hnsw.STANDARD)) {
            writer.setLiveCommitData(new IndexMark("clip", "f".repeat(64), "/pictures", true)
                    .data()
                    .entrySet());
        }
        Files.writeString(index.resolve("_7.fdt"), "half of a file that was never committed");
        try (PictureSearch search = PictureSearch.open(index)) {
            assertThat(search.size()).isZero();
        }
        IndexFolder.writer(index, Hnsw.STANDARD).close();
    }
}
