package org.zeuxis.text;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Hostile;

/** Any bytes as the files of a tokenizer, parted by lines of a percent sign; what is read must read a text. */
class FuzzClipTokenizerTest {
    private static final List<String> FILES = List.of(
            "vocab.json",
            "merges.txt",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "tokenizer.json");

    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "5m")
    void files(byte[] bytes) throws IOException {
        String[] parts = new String(bytes, StandardCharsets.ISO_8859_1).split("\n%\n", FILES.size());
        for (int i = 0; i < FILES.size(); i++) {
            Path file = folder.resolve(FILES.get(i));
            if (i < parts.length && !parts[i].isEmpty()) {
                Files.write(file, parts[i].getBytes(StandardCharsets.ISO_8859_1));
            } else {
                Files.deleteIfExists(file);
            }
        }
        ClipTokenizer[] read = new ClipTokenizer[1];
        String refusal = Hostile.line(folder.toString(), () -> read[0] = ClipTokenizer.read(folder));
        if (refusal.isEmpty()) Hostile.line("expected", () -> read[0].encode(List.of("a small red cat, ein Bär")));
    }
}
