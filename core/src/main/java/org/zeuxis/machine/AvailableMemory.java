package org.zeuxis.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * How much memory this process may still take before the system ends it: what Linux calls available, or what is left of the limit of
 * a control group it is in, as a container has one, whichever is less. Pages of files count as free, as the system takes them back.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">control groups</a>
 */
public final class AvailableMemory {
    private static final String GROUPS = "sys/fs/cgroup";

    private AvailableMemory() {}

    /** Where the names of a version's files differ. */
    private record Version(String limit, String used, String statistics) {
        static final Version FIRST = new Version("memory.limit_in_bytes", "memory.usage_in_bytes", "total_");
        static final Version SECOND = new Version("memory.max", "memory.current", "");
    }

    /** In bytes; empty where the system does not tell. */
    public static OptionalLong bytes() {
        return bytes(Path.of("/"));
    }

    /** The same of the files under another root. */
    static OptionalLong bytes(Path root) {
        OptionalLong least = field(root.resolve("proc/meminfo"), "MemAvailable:", 1024);
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) continue;
            if (parts[0].equals("0")) {
                least = least(least, left(root.resolve(GROUPS), parts[2], Version.SECOND));
            } else if (List.of(parts[1].split(",")).contains("memory")) {
                least = least(least, left(root.resolve(GROUPS + "/memory"), parts[2], Version.FIRST));
            }
        }
        return least;
    }

    /** Of a group and all above it; of those that cannot be seen from within a container, nothing. */
    private static OptionalLong left(Path top, String group, Version version) {
        OptionalLong least = OptionalLong.empty();
        Path folder = top.resolve(group.replaceFirst("^/+", "")).normalize();
        while (folder != null && folder.startsWith(top)) {
            OptionalLong limit = number(lines(folder.resolve(version.limit)));
            OptionalLong used = number(lines(folder.resolve(version.used)));
            if (limit.isPresent() && used.isPresent()) {
                long files = 0;
                for (String kind : List.of("active_file", "inactive_file")) {
                    files += field(folder.resolve("memory.stat"), version.statistics + kind + " ", 1)
                            .orElse(0);
                }
                least = least(least, OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong() + files)));
            }
            folder = folder.getParent();
        }
        return least;
    }

    private static OptionalLong least(OptionalLong a, OptionalLong b) {
        if (a.isEmpty()) return b;
        return b.isEmpty() || a.getAsLong() < b.getAsLong() ? a : b;
    }

    private static OptionalLong field(Path file, String beginning, long unit) {
        for (String line : lines(file)) {
            if (!line.startsWith(beginning)) continue;
            OptionalLong number = number(List.of(line.substring(beginning.length())));
            return number.isEmpty() ? number : OptionalLong.of(unit * number.getAsLong());
        }
        return OptionalLong.empty();
    }

    /** A group without a limit says "max". */
    private static OptionalLong number(List<String> lines) {
        String first = lines.isEmpty()
                ? ""
                : lines.get(0).replaceAll("(?: kB)?\\s*$", "").strip();
        return first.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(first)) : OptionalLong.empty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
