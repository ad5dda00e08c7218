package org.zeuxis.app.drawbench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code zeuxis drawbench rate} as a process of its own, to be killed. */
record RatingProcess(Process process, String address) implements AutoCloseable {

    static RatingProcess start(Path folder, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "org.zeuxis.app.Zeuxis",
                "drawbench",
                "rate",
                folder.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader out = process.inputReader();
        String said = String.valueOf(out.readLine());
        if (!said.startsWith("http://127.0.0.1:")) {
            process.destroyForcibly();
            throw new IOException("expected the address of the page, got " + said);
        }
        return new RatingProcess(process, said.substring(0, said.indexOf(' ')));
    }

    int port() {
        return Integer.parseInt(address.replaceAll(".*:(\\d+)/", "$1"));
    }

    /** As kill -9 does. */
    void kill() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }
}
