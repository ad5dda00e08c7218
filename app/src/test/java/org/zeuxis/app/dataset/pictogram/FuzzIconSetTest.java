package org.zeuxis.app.dataset.pictogram;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.Fuzzed;
import org.zeuxis.app.dataset.concept.NodeModules;

/** Any bytes as the icons of a set, of which the first are drawn, and as one drawing. */
class FuzzIconSetTest {
    private static final String PACKAGE = "@iconify-json/mdi";
    private static final int DRAWN = 5;

    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "5m")
    void icons(byte[] bytes) throws IOException {
        Path set = Files.createDirectories(folder.resolve(PACKAGE));
        for (String sound : List.of("package.json", "info.json", "chars.json", "metadata.json")) {
            Files.writeString(set.resolve(sound), "{}");
        }
        Path icons = Files.write(set.resolve("icons.json"), bytes);
        List<IconSet.Icon> read = new ArrayList<>();
        String line = Fuzzed.line(() -> read.addAll(
                IconSet.read(new NodeModules(folder, List.of(PACKAGE)), "mdi").icons()));
        if (!line.isEmpty()) assertThat(line).contains(icons.toString());
        for (IconSet.Icon icon : read.subList(0, Math.min(DRAWN, read.size()))) draw(icon.svg());
    }

    @FuzzTest(maxDuration = "5m")
    void svg(byte[] bytes) {
        draw(new String(bytes, StandardCharsets.UTF_8));
    }

    private static void draw(String svg) {
        String line = Fuzzed.line(() -> new Rasterizer(16).draw(svg));
        if (!line.isEmpty()) assertThat(line).contains("SVG");
    }
}
