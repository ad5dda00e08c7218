package org.zeuxis.machine;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where files are kept that can be made again: the system property {@code org.zeuxis.cache}, else the variable
 * {@code ZEUXIS_CACHE}, else {@code zeuxis} in the user's cache folder.
 */
public final class CacheFolder {
    private CacheFolder() {}

    public static Path path() {
        Path said = either(System.getProperty("org.zeuxis.cache"), System.getenv("ZEUXIS_CACHE"));
        if (said != null) return said;
        Path users = either(System.getenv("XDG_CACHE_HOME"), System.getenv("LOCALAPPDATA"));
        if (users == null) users = HomeFolder.path().resolve(".cache");
        return users.resolve("zeuxis");
    }

    private static @Nullable Path either(@Nullable String first, @Nullable String second) {
        if (first != null && !first.isBlank()) return Path.of(first);
        return second != null && !second.isBlank() ? Path.of(second) : null;
    }
}
