package org.zeuxis.app.dataset.pictogram;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The lines of a list that a person reads and corrects: a resource beside this class, where '#' begins a remark. */
final class WordList {
    private WordList() {}

    static List<String> lines(String resource) {
        try (InputStream in = WordList.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException("expected the resource " + resource + " in this jar");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> words(String resource) {
        return lines(resource).stream()
                .flatMap(line -> List.of(line.strip().split("\\s+")).stream())
                .toList();
    }
}
