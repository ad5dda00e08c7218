package org.zeuxis.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTest {
    private static final String FREE = "MemTotal: 16000 kB\nMemFree: 100 kB\nMemAvailable:    8000 kB\n";

    @TempDir
    Path root;

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void whereTheSystemDoesNotTellNobodyKnows() {
        assertThat(AvailableMemory.bytes(root)).isEmpty();
    }

    @Test
    void withoutALimitItIsWhatLinuxCallsAvailable() throws IOException {
        write("proc/meminfo", FREE);
        write("proc/self/cgroup", "0::/user.slice\n");
        write("sys/fs/cgroup/user.slice/memory.max", "max\n");
        write("sys/fs/cgroup/user.slice/memory.current", "4096\n");
        assertThat(AvailableMemory.bytes(root)).hasValue(8_192_000);
    }

    @Test
    void aGroupLeavesWhatItHasNotUsedAndItsPagesOfFiles() throws IOException {
        write("proc/meminfo", FREE);
        write("proc/self/cgroup", "0::/docker/a\n");
        write("sys/fs/cgroup/docker/a/memory.max", "max\n");
        write("sys/fs/cgroup/docker/memory.max", "5000000\n");
        write("sys/fs/cgroup/docker/memory.current", "3000000\n");
        write("sys/fs/cgroup/docker/memory.stat", "anon 9\nfile 9\ninactive_file 20000\nactive_file 3000\n");
        assertThat(AvailableMemory.bytes(root)).hasValue(2_023_000);
    }

    @Test
    void aContainerSeesItsOwnGroupAtTheTop() throws IOException {
        write("proc/meminfo", FREE);
        write("proc/self/cgroup", "0::/a/path/of/the/host\n");
        write("sys/fs/cgroup/memory.max", "1000\n");
        write("sys/fs/cgroup/memory.current", "3000\n");
        assertThat(AvailableMemory.bytes(root)).hasValue(0);
    }

    @Test
    void theFirstVersionOfGroupsIsUnderstood() throws IOException {
        write("proc/meminfo", FREE);
        write("proc/self/cgroup", "5:cpu,cpuacct:/b\n4:memory:/b\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1000\n");
        write("sys/fs/cgroup/memory/b/memory.limit_in_bytes", "6000000\n");
        write("sys/fs/cgroup/memory/b/memory.usage_in_bytes", "2000000\n");
        write("sys/fs/cgroup/memory/b/memory.stat", "inactive_file 7\ntotal_inactive_file 500\n");
        assertThat(AvailableMemory.bytes(root)).hasValue(4_000_500);
    }

    @Test
    void thisMachineTellsOnLinux() {
        if (Files.isReadable(Path.of("/proc/meminfo"))) {
            assertThat(AvailableMemory.bytes().orElseThrow()).isPositive();
        }
    }
}
