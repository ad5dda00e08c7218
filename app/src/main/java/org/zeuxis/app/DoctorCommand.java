package org.zeuxis.app;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.zeuxis.tensor.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code zeuxis doctor}: what this machine has for Zeuxis to compute with. */
@Command(name = "doctor", description = "Say what this machine computes with.", mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println("java         " + Runtime.version() + " " + System.getProperty("java.vendor"));
        out.println("platform     " + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        out.printf(
                Locale.ROOT,
                "memory       %.1f GiB heap at most%s%n",
                Runtime.getRuntime().maxMemory() / (double) (1 << 30),
                physical());
        out.println("processors   " + Runtime.getRuntime().availableProcessors());
        out.flush();
        try {
            Engine.start();
        } catch (LinkageError e) {
            spec.commandLine()
                    .getErr()
                    .println("zeuxis doctor: LibTorch does not load: expected linux-x86_64, macosx-arm64,"
                            + " macosx-x86_64 or windows-x86_64, for which it has native code; " + e.getMessage());
            return 1;
        }
        out.println("engine       LibTorch " + Engine.version());
        out.println("instructions " + Engine.instructionSet());
        out.println("threads      " + Engine.threads());
        out.println("cuda         " + (Engine.hasCuda() ? "yes" : "no"));
        out.println("natives      "
                + System.getProperty(
                        "org.bytedeco.javacpp.cachedir", System.getProperty("user.home") + "/.javacpp/cache"));
        return 0;
    }

    private static String physical() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? String.format(
                        Locale.ROOT, ", %.1f GiB in the machine", system.getTotalMemorySize() / (double) (1 << 30))
                : "";
    }
}
