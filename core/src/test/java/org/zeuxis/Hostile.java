package org.zeuxis;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/** What may become of a file that holds anything: it is read, or refused in one line that names it. */
public final class Hostile {
    /** Of this thread alone: what else the machine does is not the file's fault. */
    private static final ThreadMXBean CLOCK = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long MOST_NANOS = 2_000_000_000L;
    /** Of the heap, that one refusal may take, whatever the file says of its own size. */
    private static final long MOST_BYTES = 200L << 20;

    /** What reads it. */
    public interface Reading {
        void read() throws IOException;
    }

    private Hostile() {}

    /**
     * Reads; every exception but the documented ones, IOException and IllegalArgumentException itself or ConfigException,
     * goes on to the caller.
     *
     * @param name that the line must have in it
     * @return the line, empty if the file was read
     */
    public static String line(String name, Reading reading) {
        // only while such files are looked for: a machine that replays them may be slow
        boolean timed = System.getenv("JAZZER_FUZZ") != null;
        long begun = CLOCK.getCurrentThreadCpuTime();
        String line = once(name, reading);
        if (timed && CLOCK.getCurrentThreadCpuTime() - begun > MOST_NANOS) {
            // not the first one, which loads classes
            begun = CLOCK.getCurrentThreadCpuTime();
            once(name, reading);
            assertThat(CLOCK.getCurrentThreadCpuTime() - begun)
                    .as("nanoseconds")
                    .isLessThan(MOST_NANOS);
        }
        return line;
    }

    /** The line by which it is refused, as it has to be, with no more memory than that needs. */
    public static String refusal(String name, Reading reading) {
        long thread = Thread.currentThread().getId();
        long before = CLOCK.getThreadAllocatedBytes(thread);
        String line = line(name, reading);
        long taken = CLOCK.getThreadAllocatedBytes(thread) - before;
        assertThat(line).as("the refusal of " + name).isNotEmpty();
        assertThat(taken).as("bytes on the heap to refuse " + name).isLessThan(MOST_BYTES);
        return line;
    }

    private static String once(String name, Reading reading) {
        try {
            reading.read();
            return "";
        } catch (IOException e) {
            return expectLine(name, e);
        } catch (IllegalArgumentException e) {
            String kind = e.getClass().getSimpleName();
            if (!kind.equals("IllegalArgumentException") && !kind.equals("ConfigException")) throw e;
            return expectLine(name, e);
        }
    }

    private static String expectLine(String name, Exception e) {
        String message = e.getMessage();
        assertThat(message).contains(name).doesNotContain("\n", "\r").hasSizeLessThan(1500);
        return message;
    }
}
