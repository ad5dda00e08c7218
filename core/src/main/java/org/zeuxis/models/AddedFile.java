package org.zeuxis.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.zeuxis.checkpoint.Digest;

/**
 * A file that was put into a model when it was opened, and changes what it draws.
 *
 * @param kind {@link #LORA} or {@link #EMBEDDING}
 * @param file its name, without folders
 * @param sha256 of what it holds
 * @param weight how much of it was put in; 1 is as much as it was trained for
 */
public record AddedFile(String kind, String file, String sha256, double weight) {

    public static final String LORA = "lora";
    public static final String EMBEDDING = "embedding";

    /** @throws IOException if the file cannot be read */
    public static AddedFile of(String kind, Path file, double weight) throws IOException {
        return new AddedFile(
                kind,
                String.valueOf(file.getFileName()),
                Digest.sha256().with(file).hex(),
                weight);
    }

    /** As it is asked for, and the beginning of its hash. */
    @Override
    public String toString() {
        String much = weight == 1 ? "" : ":" + weight;
        return String.format(
                Locale.ROOT, "%s %s%s (%s)", kind, file, much, sha256.substring(0, Math.min(10, sha256.length())));
    }
}
