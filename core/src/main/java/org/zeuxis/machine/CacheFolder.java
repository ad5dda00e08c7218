package org.zeuxis.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where files are kept that can be made again: the system property {@code org.zeuxis.cache}, else the variable
 * {@code ZEUXIS_CACHE}, else {@code zeuxis} in the user's cache folder, else, where nobody may
 * write that, in the folder for temporary files.
 */
public final class CacheFolder {
    private CacheFolder() {}

    public static Path path() {
        Path said = either(System.getProperty("org.zeuxis.cache"), System.getenv("ZEUXIS_CACHE"));
        if (said != null) return said;
        Path users = either(System.getenv("XDG_CACHE_HOME"), System.getenv("LOCALAPPDATA"));
        if (users == null) users = HomeFolder.path().resolve(".cache");
        Path folder = users.resolve("zeuxis");
        return Files.exists(folder) || isWritable(folder) ? folder : temporary();
    }

    /** Whether it could be made. */
    private static boolean isWritable(Path folder) {
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) there = there.getParent();
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }

    /** Code is loaded from it, so it must be the user's own. */
    private static Path temporary() {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"))
                .resolve("zeuxis-" + System.getProperty("user.name").replaceAll("\\W", "_"));
        try {
            Files.createDirectories(folder);
            Path mine = Files.createTempFile("zeuxis", null);
            boolean own = Files.getOwner(folder).equals(Files.getOwner(mine));
            Files.delete(mine);
            return own ? folder : Files.createTempDirectory("zeuxis");
        } catch (IOException e) {
            // who unpacks there says that it cannot
            return folder;
        }
    }

    private static @Nullable Path either(@Nullable String first, @Nullable String second) {
        if (first != null && !first.isBlank()) return Path.of(first);
        return second != null && !second.isBlank() ? Path.of(second) : null;
    }
}
