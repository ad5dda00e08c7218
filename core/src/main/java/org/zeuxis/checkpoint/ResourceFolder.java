package org.zeuxis.checkpoint;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.machine.UnpackedFolder;
import org.zeuxis.text.Words;

/**
 * A folder of the class path as a folder of the disk, so that its files can be mapped: itself where classes lie unpacked,
 * else a copy named by the checksums the jar keeps, made once.
 */
final class ResourceFolder {
    private ResourceFolder() {}

    static Path unpacked(Class<?> anchor, String name, Path cache) throws IOException {
        // by the class loader: a class on the module path finds only what is in its own module
        ClassLoader loader = anchor.getClassLoader();
        URL url = loader == null ? anchor.getResource(name) : loader.getResource(name.substring(1));
        if (url == null) {
            throw new IOException("expected the folder " + name + " on the class path of " + anchor.getName()
                    + ", got none; add the artifact that ships it, or name the folder of a model");
        }
        if (url.getProtocol().equals("file")) {
            try {
                return Path.of(url.toURI());
            } catch (URISyntaxException e) {
                throw new IOException(url + ": expected a folder's address, got " + Words.clean(e.getMessage()), e);
            }
        }
        String[] parts = name.split("/");
        return UnpackedFolder.of(List.of(url), any -> true, cache.resolve("unpacked"), parts[parts.length - 1]);
    }
}
