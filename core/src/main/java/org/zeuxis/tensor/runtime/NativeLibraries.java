package org.zeuxis.tensor.runtime;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.zeuxis.machine.CacheFolder;
import org.zeuxis.machine.UnpackedFolder;

/**
 * The native libraries of LibTorch, and of FFmpeg where it is there, as files. JavaCPP unpacks them one by one under their final names, so that a process killed at
 * it leaves half a library, in which every later one dies; here all are unpacked before JavaCPP looks for them, and it is
 * sent to where they lie.
 */
public final class NativeLibraries {
    private static final String PATHS_FIRST = "org.bytedeco.javacpp.pathsFirst";
    private static final String CACHE = "org.bytedeco.javacpp.cachedir";
    private static final String[] PACKAGES = {"javacpp", "openblas", "pytorch", "ffmpeg"};
    private static final List<String> NEEDLESS = List.of("jniopenblas_full", "jnitorch_gloo", "avfilter", "avdevice");

    private NativeLibraries() {}

    /**
     * Tells JavaCPP's loader where to look, before it has started; one who has told it already, or ships the libraries
     * otherwise than in jars, is left alone.
     */
    public static void unpack() {
        if (System.getProperty(PATHS_FIRST) != null) return;
        // of the loader's own class only this part does not start it
        String platform = Loader.Detector.getPlatform();
        List<URL> folders = new ArrayList<>();
        for (String extension : List.of("", "-gpu")) {
            for (String name : PACKAGES) {
                URL folder = folder("org/bytedeco/" + name + "/" + platform + extension + "/");
                if (folder != null && !folder.getProtocol().equals("jar")) return;
                if (folder != null) folders.add(folder);
            }
        }
        if (folders.isEmpty()) return;
        String said = System.getProperty(CACHE);
        Path cache = said == null ? CacheFolder.path().resolve("natives") : Path.of(said);
        try {
            Path unpacked = UnpackedFolder.of(folders, NativeLibraries::isNeeded, cache, platform);
            linkSecondName(unpacked);
            System.setProperty(PATHS_FIRST, "true");
            System.setProperty("org.bytedeco.javacpp.platform.preloadpath", unpacked.toString());
            // where it would keep more, and makes a folder even for nothing
            if (said == null) System.setProperty(CACHE, cache.toString());
        } catch (IOException e) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError(e.getMessage());
            error.initCause(e);
            throw error;
        }
    }

    /** JavaCPP loads OpenBLAS under this name too: as a copy, with idle threads of its own, unless it is the same file. */
    private static void linkSecondName(Path unpacked) {
        Path second = unpacked.resolve("libopenblas_nolapack.so.0");
        Path library = unpacked.resolve("libopenblas.so.0");
        if (Files.exists(second) || !Files.exists(library)) return;
        try {
            Files.createLink(second, library);
        } catch (IOException | UnsupportedOperationException e) {
            // another process was faster, or the folder is read-only, or its file system has no links
            return;
        }
    }

    private static @Nullable URL folder(String name) {
        ClassLoader loader = Loader.Detector.class.getClassLoader();
        return loader == null ? ClassLoader.getSystemResource(name) : loader.getResource(name);
    }

    private static boolean isNeeded(String name) {
        boolean library = name.matches("[^/]+\\.(so(\\.\\d+)*|dylib|jnilib|dll)");
        return library && NEEDLESS.stream().noneMatch(name::contains);
    }
}
