package org.zeuxis.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** OpenAI's published CLIP vocabulary, and texts of the test resources. */
public final class ClipVocabulary {
    public static final BytePairEncoding ENCODING = BytePairEncoding.clip();

    private ClipVocabulary() {}

    static List<String> lines(String resource) {
        try (InputStream file = Objects.requireNonNull(ClipVocabulary.class.getResourceAsStream(resource), resource);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
            // not readLine(): it would also split at a lone carriage return inside a JSON line
            return List.of(readAll(reader).split("\n", -1)).stream()
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String readAll(BufferedReader reader) throws IOException {
        StringBuilder all = new StringBuilder();
        char[] buffer = new char[1 << 16];
        for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) all.append(buffer, 0, n);
        return all.toString();
    }
}
