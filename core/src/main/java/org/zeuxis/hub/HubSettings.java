package org.zeuxis.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.zeuxis.machine.HomeFolder;

/**
 * What huggingface_hub reads from the environment, under the same names.
 *
 * @param cache the folder of {@code models--…} folders
 * @param endpoint where the hub is
 * @param token who asks, or empty
 * @param tokenFile what holds the token where {@code token} is empty; need not exist
 * @param offline whether only the cache is used
 */
public record HubSettings(Path cache, URI endpoint, String token, Path tokenFile, boolean offline) {
    private static final String ENDPOINT = "https://huggingface.co";
    private static final List<String> YES = List.of("1", "ON", "YES", "TRUE");

    /** @throws IllegalArgumentException if the endpoint is no address of the web */
    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme());
        boolean web = scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
        if (!web || endpoint.getHost() == null || endpoint.getQuery() != null || endpoint.getUserInfo() != null) {
            throw wrong(endpoint.toString());
        }
    }

    /** @throws IllegalArgumentException if {@code HF_ENDPOINT} is no address of the web */
    public static HubSettings of(Map<String, String> environment) {
        Path user = HomeFolder.of(environment);
        Path caches = folder(environment, "XDG_CACHE_HOME", user, user.resolve(".cache"));
        Path home = folder(environment, "HF_HOME", user, caches.resolve("huggingface"));
        Path older = folder(environment, "HUGGINGFACE_HUB_CACHE", user, home.resolve("hub"));
        return new HubSettings(
                folder(environment, "HF_HUB_CACHE", user, older),
                endpoint(value(environment, "HF_ENDPOINT")),
                value(environment, "HF_TOKEN"),
                folder(environment, "HF_TOKEN_PATH", user, home.resolve("token")),
                YES.contains(value(environment, "HF_HUB_OFFLINE").toUpperCase(Locale.ROOT)));
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

    private static String value(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").strip();
    }

    private static Path folder(Map<String, String> environment, String name, Path user, Path otherwise) {
        String said = value(environment, name);
        if (said.isEmpty()) return otherwise;
        if (said.equals("~")) return user;
        return said.startsWith("~/") ? user.resolve(said.substring(2)) : Path.of(said);
    }
}
