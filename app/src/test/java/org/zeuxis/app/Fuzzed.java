package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Reads what may be anything: it is read, or refused by an IOException of one line. */
public final class Fuzzed {
    /** Of this thread alone: what else the machine does is not the file's fault. */
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

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
        long begun = CLOCK.getCurrentThreadCpuTime();
        String line = once(reading);
        if (timed && CLOCK.getCurrentThreadCpuTime() - begun > MOST_NANOS) {
            // not the first one, which loads classes
            begun = CLOCK.getCurrentThreadCpuTime();
            once(reading);
            assertThat(CLOCK.getCurrentThreadCpuTime() - begun)
                    .as("nanoseconds")
                    .isLessThan(MOST_NANOS);
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
