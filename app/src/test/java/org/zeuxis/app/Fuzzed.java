package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** Reads what may be anything: it is read, or refused by an IOException of one line. */
public final class Fuzzed {
    private static final long MOST_NANOS = 2_000_000_000L;

    /** What reads it. */
    public interface Reading {
        void read() throws IOException;
    }

    private Fuzzed() {}

    /** @return the line, empty if it was read */
    public static String line(Reading reading) {
        long begun = System.nanoTime();
        String line = "";
        try {
            reading.read();
        } catch (IOException e) {
            line = String.valueOf(e.getMessage());
            assertThat(line).doesNotContain("\n", "\r").hasSizeLessThan(1500);
        }
        // only while such files are looked for: a machine that replays them may be slow
        if (System.getenv("JAZZER_FUZZ") != null) {
            assertThat(System.nanoTime() - begun).as("nanoseconds").isLessThan(MOST_NANOS);
        }
        return line;
    }
}
