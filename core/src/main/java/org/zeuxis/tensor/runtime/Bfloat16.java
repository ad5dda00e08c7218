package org.zeuxis.tensor.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Whether this processor has instructions that multiply bfloat16 numbers, which oneDNN uses; without them it imitates them,
 * slower than it computes in float32.
 *
 * @param multiplied whether it has
 * @param reason how that is known, for people
 */
public record Bfloat16(boolean multiplied, String reason) {
    private static final Path FLAGS = Path.of("/proc/cpuinfo");
    private static final Set<String> INSTRUCTIONS = Set.of("avx512_bf16", "amx_bf16");
    /** What {@code ONEDNN_MAX_CPU_ISA} may say that leaves those instructions out. */
    private static final Set<String> WITHOUT =
            Set.of("SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI");

    /** Of this machine; {@code oneDnn} is whether LibTorch would give oneDNN products of bfloat16 numbers. */
    public static Bfloat16 here(boolean oneDnn) {
        return of(System.getProperty("os.arch", ""), cpuinfo(), System.getenv(), oneDnn);
    }

    /**
     * @param processor as Java calls it
     * @param cpuinfo what Linux says of the processors; empty on other systems
     */
    static Bfloat16 of(String processor, String cpuinfo, Map<String, String> environment, boolean oneDnn) {
        if (!oneDnn) return new Bfloat16(false, "LibTorch does not give oneDNN bfloat16 products here");
        if (processor.equals("aarch64")) return new Bfloat16(true, "the processor has ARM's bf16");
        String limit = environment
                .getOrDefault("ONEDNN_MAX_CPU_ISA", environment.getOrDefault("DNNL_MAX_CPU_ISA", ""))
                .toUpperCase(Locale.ROOT);
        if (WITHOUT.contains(limit)) return new Bfloat16(false, "oneDNN was told to stop at " + limit);
        if (cpuinfo.isEmpty()) {
            return new Bfloat16(false, "this system does not say whether the processor has avx512_bf16 or amx_bf16");
        }
        Set<String> has = flags(cpuinfo);
        has.retainAll(INSTRUCTIONS);
        return has.isEmpty()
                ? new Bfloat16(false, "the processor has neither avx512_bf16 nor amx_bf16")
                : new Bfloat16(
                        true,
                        "the processor has "
                                + String.join(" and ", has.stream().sorted().toList()));
    }

    /** Those of the first processor. */
    private static Set<String> flags(String cpuinfo) {
        return cpuinfo.lines()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .map(line -> new HashSet<>(Arrays.asList(line.split("\\s+"))))
                .orElseGet(HashSet::new);
    }

    private static String cpuinfo() {
        try {
            return Files.isReadable(FLAGS) ? Files.readString(FLAGS) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
