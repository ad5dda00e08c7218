package org.zeuxis.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** A process of its own that pulls one model. */
final class PullOnce {
    private PullOnce() {}

    static Process start(String endpoint, Path cache) throws IOException {
        return start(endpoint, cache, Map.of());
    }

    static Process start(String endpoint, Path cache, Map<String, String> environment) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder process = new ProcessBuilder(
                java.toString(), "-Xmx64m", "-cp", System.getProperty("java.class.path"), PullOnce.class.getName());
        process.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("HF_") || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        process.environment().put("HF_ENDPOINT", endpoint);
        process.environment().put("HF_HOME", cache + "-none");
        process.environment().put("HF_HUB_CACHE", cache.toString());
        process.environment().putAll(environment);
        return process.redirectErrorStream(true).start();
    }

    /** Reads everything it needs from the environment, as a program outside of tests does. */
    public static void main(String[] arguments) throws IOException {
        Hub.standard().pull(FakeHub.MODEL, PullProgress.NONE);
    }
}
