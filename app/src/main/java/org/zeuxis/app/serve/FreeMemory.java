package org.zeuxis.app.serve;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory that this machine can still give: files that are only kept in it for the next reading count as free. */
final class FreeMemory {
    private static final Path LINUX = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private FreeMemory() {}

    static long available() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            return Math.max(system.getFreeMemorySize(), linux());
        }
        return Math.max(Runtime.getRuntime().freeMemory(), linux());
    }

    private static long linux() {
        try {
            if (!Files.isReadable(LINUX)) return 0;
            for (String line : Files.readAllLines(LINUX)) {
                if (line.startsWith(AVAILABLE)) return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
            }
            return 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
