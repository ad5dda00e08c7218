package org.zeuxis.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestTest {
    /** The first example of FIPS 180-2. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void text_bytes_and_files_in_any_pieces_hash_alike(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("c"), "c");
        assertThat(Digest.sha256().with("abc").hex()).isEqualTo(ABC);
        assertThat(Digest.sha256()
                        .with("a".getBytes(StandardCharsets.UTF_8))
                        .with("b")
                        .with(file)
                        .hex())
                .isEqualTo(ABC);
    }

    @Test
    void git_names_an_empty_blob_so() {
        assertThat(Digest.sha1().with("blob 0\0").hex()).isEqualTo("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    }
}
