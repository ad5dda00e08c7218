package org.zeuxis.machine;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The user's own folder, found as Python and the shell find it: {@code HOME} ({@code USERPROFILE} on Windows) counts before
 * the list of users that Java asks, which in a container may lack the user, and Java then says {@code ?}.
 */
public final class HomeFolder {
    private HomeFolder() {}

    /** Always absolute; the folder for temporary files where the user has none. */
    public static Path path() {
        return of(System.getenv());
    }

    /** The same in another environment. */
    public static Path of(Map<String, String> environment) {
        String variable = System.getProperty("os.name", "").startsWith("Windows") ? "USERPROFILE" : "HOME";
        return Stream.of(environment.get(variable), System.getProperty("user.home"))
                .map(HomeFolder::absolute)
                .flatMap(Stream::ofNullable)
                .findFirst()
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath());
    }

    private static @Nullable Path absolute(@Nullable String said) {
        if (said == null || said.isBlank()) return null;
        try {
            Path path = Path.of(said);
            return path.isAbsolute() ? path : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
