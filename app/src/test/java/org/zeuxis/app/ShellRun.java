package org.zeuxis.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A script of the shell in which {@code zeuxis} is the command line as a process of its own, as a user has it: with a locale,
 * signals and limits.
 */
public record ShellRun(int code, String out, String err) {
    private static final List<String> JAVA_OPTIONS = List.of(
            "-XX:-UsePerfData",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");

    /** Runs {@code script} in {@code folder}; {@code $TINY} is the folder of a tiny pipeline. */
    public static ShellRun of(Path folder, String script) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path out = folder.resolve(".out");
        Path err = folder.resolve(".err");
        // in a file, as this process may itself be in a locale without the letters of the script
        Path file = Files.writeString(
                folder.resolve(".script"),
                "zeuxis() { \"$JAVA\" " + String.join(" ", JAVA_OPTIONS) + " org.zeuxis.app.Zeuxis \"$@\"; }\n"
                        + script);
        // a build that runs in the background has Ctrl-C ignored, which its children would inherit
        ProcessBuilder shell = new ProcessBuilder("env", "--default-signal=INT", "bash", file.toString())
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        shell.environment().put("JAVA", java);
        shell.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        shell.environment().put("TINY", Path.of(CommandRun.TINY).toRealPath().toString());
        shell.environment().put("LC_ALL", "C.UTF-8");
        shell.environment().remove("ZEUXIS_TERMINAL");
        // as the launcher does, or a line says that they are not set
        shell.environment()
                .putAll(Map.of(
                        "OMP_WAIT_POLICY", "passive",
                        "OPENBLAS_THREAD_TIMEOUT", "10",
                        "MALLOC_MMAP_MAX_", "0",
                        "MALLOC_TRIM_THRESHOLD_", "10737418240"));
        Process process = shell.start();
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IOException("expected the script to end within 5 minutes: " + script);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return new ShellRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
