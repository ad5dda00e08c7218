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
        // only while such files are looked for: a machine that replays them may be slow
        boolean timed = System.getenv("JAZZER_FUZZ") != null;
        long begun = System.nanoTime();
        String line = once(reading);
        if (timed && System.nanoTime() - begun > MOST_NANOS) {
            // not the first one, which loads classes
            begun = System.nanoTime();
            once(reading);
            assertThat(System.nanoTime() - begun).as("nanoseconds").isLessThan(MOST_NANOS);
        }
        return line;
    }

    private static String once(Reading reading) {
        try {
            reading.read();
            return "";
        } catch (IOException e) {
            String line = String.valueOf(e.getMessage());
            assertThat(line).doesNotContain("\n", "\r").hasSizeLessThan(1500);
            return line;
        }
    }
}
