package org.zeuxis.app;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The browser that pages are tried in, if this machine has one. */
public final class Chromium {
    private Chromium() {}

    /** Where it is; null if it is not on the PATH. */
    public static @Nullable Path onPath() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(path -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(Path.of(path)::resolve))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
