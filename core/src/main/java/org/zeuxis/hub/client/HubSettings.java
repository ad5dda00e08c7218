package org.zeuxis.hub.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.zeuxis.hub.proxy.Proxies;

/**
 * What huggingface_hub reads from the environment, under the same names.
 *
 * @param cache the folder of {@code models--…} folders
 * @param endpoint where the hub is
 * @param token who asks, or empty
 * @param tokenFile what holds the token where {@code token} is empty; need not exist
 * @param offline whether only the cache is used
 * @param timeout how long the hub may be silent
 * @param proxies which way leads there
 */
public record HubSettings(
        Path cache, URI endpoint, String token, Path tokenFile, boolean offline, Duration timeout, Proxies proxies) {
    private static final String ENDPOINT = "https://huggingface.co";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final List<String> YES = List.of("1", "ON", "YES", "TRUE");

    /** @throws IllegalArgumentException if the endpoint is no address of the web */
    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme());
        boolean web = scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
        if (!web || endpoint.getHost() == null || endpoint.getQuery() != null || endpoint.getUserInfo() != null) {
            throw wrong(endpoint.toString());
        }
    }

    /** @throws IllegalArgumentException if a variable holds what cannot be meant */
    public static HubSettings of(Map<String, String> environment) {
        EnvironmentFolders folders = new EnvironmentFolders(environment);
        Path home = folders.of(
                "HF_HOME",
                () -> folders.of("XDG_CACHE_HOME", () -> folders.home().resolve(".cache"))
                        .resolve("huggingface"));
        Path older = folders.of("HUGGINGFACE_HUB_CACHE", () -> home.resolve("hub"));
        String token = first(environment, "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN");
        Path tokenFile = folders.of("HF_TOKEN_PATH", () -> home.resolve("token"));
        return new HubSettings(
                folders.of("HF_HUB_CACHE", () -> older),
                endpoint(value(environment, "HF_ENDPOINT")),
                token,
                tokenFile,
                isTrue(first(environment, "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")),
                timeout(value(environment, "HF_HUB_DOWNLOAD_TIMEOUT")),
                Proxies.of(environment));
    }

    /**
     * The token, or that of its file, or nothing.
     *
     * @throws IOException if the file is there and cannot be read, or the token could not be sent
     */
    String presentToken() throws IOException {
        String present = token.strip();
        String source = "HF_TOKEN";
        if (present.isEmpty() && Files.isRegularFile(tokenFile)) {
            present = Files.readString(tokenFile).strip();
            source = tokenFile.toString();
        }
        // said here, for the HTTP client would say the token
        if (present.chars().allMatch(c -> c > ' ' && c < 127)) return present;
        throw new HubException(source + ": expected a token in one word, got something else; copy it again");
    }

    /** Without the token, which is nobody's business. */
    @Override
    public String toString() {
        return "HubSettings[cache=" + cache + ", endpoint=" + endpoint + ", offline=" + offline + "]";
    }

    private static URI endpoint(String text) {
        if (text.isEmpty()) return URI.create(ENDPOINT);
        try {
            return URI.create(text.replaceAll("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw wrong(text);
        }
    }

    private static IllegalArgumentException wrong(String endpoint) {
        return new IllegalArgumentException("HF_ENDPOINT: expected an address such as " + ENDPOINT + ", got "
                + OneLine.of(endpoint.replaceAll("//[^/]*@", "//")) + "; correct or unset it");
    }

    private static Duration timeout(String text) {
        if (text.isEmpty()) return TIMEOUT;
        if (!text.matches("\\d{1,5}")) {
            throw new IllegalArgumentException("HF_HUB_DOWNLOAD_TIMEOUT: expected a number of seconds such as "
                    + TIMEOUT.toSeconds() + ", got " + OneLine.of(text) + "; correct or unset it");
        }
        Duration said = Duration.ofSeconds(Long.parseLong(text));
        return said.isZero() ? TIMEOUT : said;
    }

    private static boolean isTrue(String text) {
        return YES.contains(text.toUpperCase(Locale.ROOT));
    }

    private static String value(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").strip();
    }

    private static String first(Map<String, String> environment, String name, String otherName) {
        String first = value(environment, name);
        return first.isEmpty() ? value(environment, otherName) : first;
    }
}
