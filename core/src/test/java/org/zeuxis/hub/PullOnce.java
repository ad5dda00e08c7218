package org.zeuxis.hub;

import java.io.IOException;
import java.nio.file.Path;

/** A process of its own that pulls one model. */
final class PullOnce {
    private PullOnce() {}

    static Process start(String endpoint, Path cache) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder process = new ProcessBuilder(
                java.toString(), "-Xmx64m", "-cp", System.getProperty("java.class.path"), PullOnce.class.getName());
        process.environment().keySet().removeIf(name -> name.startsWith("HF_"));
        process.environment().put("HF_ENDPOINT", endpoint);
        process.environment().put("HF_HOME", cache + "-none");
        process.environment().put("HF_HUB_CACHE", cache.toString());
        return process.redirectErrorStream(true).start();
    }

    /** Reads everything it needs from the environment, as a program outside of tests does. */
    public static void main(String[] arguments) throws IOException {
        Hub.standard().pull(FakeHub.MODEL, PullProgress.NONE);
    }
}
