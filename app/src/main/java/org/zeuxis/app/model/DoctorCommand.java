package org.zeuxis.app.model;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.app.terminal.Version;
import org.zeuxis.machine.CacheFolder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code zeuxis doctor}: what this machine has for Zeuxis to compute with, and what it lacks. */
@Command(
        name = "doctor",
        description = "Report what this machine computes with, and what it lacks.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    private static final Set<String> PLATFORMS =
            Set.of("linux-x86_64", "macosx-arm64", "macosx-x86_64", "windows-x86_64");
    private static final double GIB = 1 << 30;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final List<String> missing = new ArrayList<>();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        String platform = platform(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        out.println("zeuxis       " + Version.text());
        out.println("java         " + Runtime.version() + " " + System.getProperty("java.vendor"));
        out.println("platform     " + platform);
        out.println("memory       " + memory());
        out.println("processors   " + Runtime.getRuntime().availableProcessors());
        out.println("cache        " + folder(CacheFolder.path()));
        out.println("natives      " + folder(natives()));
        out.flush();
        if (!PLATFORMS.contains(platform)) missing.add(lacking(platform));
        else engine(out);
        if (platform.startsWith("linux") && System.getenv("MALLOC_TRIM_THRESHOLD_") == null) {
            missing.add("MALLOC_TRIM_THRESHOLD_ and its like are not set; start Java with ./zeuxis,"
                    + " which sets them, for speed");
        }
        for (String each : missing) out.println("missing      " + each);
        if (missing.isEmpty()) out.println("nothing is missing");
        out.flush();
        return engineFails() ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private void engine(PrintWriter out) {
        try {
            Engine.start();
            out.println("engine       LibTorch " + Engine.version());
            out.println("instructions " + Engine.instructionSet());
            out.println("computes in  " + DType.fastest().label() + ": "
                    + Engine.bfloat16().reason());
            out.println("threads      " + Engine.threads());
            out.println("cuda devices " + Engine.cudaDevices());
        } catch (LinkageError e) {
            missing.add("engine: expected LibTorch to load, got " + ErrorLine.failure(e));
        }
    }

    private boolean engineFails() {
        return missing.stream().anyMatch(each -> each.startsWith("engine"));
    }

    /** JavaCPP's word for an operating system and processor. */
    public static String platform(String system, String processor) {
        String name = system.toLowerCase(Locale.ROOT);
        String os = name.startsWith("mac") ? "macosx" : name.startsWith("windows") ? "windows" : name;
        String cpu = processor.toLowerCase(Locale.ROOT);
        if (cpu.equals("amd64") || cpu.equals("x86-64")) cpu = "x86_64";
        if (cpu.equals("aarch64")) cpu = "arm64";
        return os + "-" + cpu;
    }

    /** What to say of a platform that LibTorch's binding has no native code for. */
    public static String lacking(String platform) {
        return "engine: expected one of "
                + String.join(", ", PLATFORMS.stream().sorted().toList()) + ", got " + platform
                + ", for which LibTorch's binding has no native code yet; use another machine or an emulated container";
    }

    private String memory() {
        String heap = String.format(
                Locale.ROOT,
                "%.1f GiB for Java's heap at most",
                Runtime.getRuntime().maxMemory() / GIB);
        if (!(ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system)) {
            return heap;
        }
        double free = system.getFreeMemorySize() / GIB;
        double total = system.getTotalMemorySize() / GIB;
        if (total < 3) missing.add("memory: expected 4 GiB or more, got less; ask for small pictures");
        return heap + String.format(Locale.ROOT, ", %.1f GiB in the machine, %.1f free", total, free);
    }

    private String folder(Path path) {
        Path there = path.toAbsolutePath();
        while (there != null && !Files.exists(there)) there = there.getParent();
        if (there == null || !Files.isWritable(there)) {
            missing.add("permission to write " + path + "; allow it, or name another folder with ZEUXIS_CACHE");
        }
        return path + (Files.exists(path) ? "" : " (made when needed)");
    }

    private static Path natives() {
        String said = System.getProperty("org.bytedeco.javacpp.cachedir");
        return said != null ? Path.of(said) : CacheFolder.path().resolve("natives");
    }
}
