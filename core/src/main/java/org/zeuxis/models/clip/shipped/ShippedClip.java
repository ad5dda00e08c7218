package org.zeuxis.models.clip.shipped;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.models.clip.ClipFolder;

/**
 * The CLIP that ships with Zeuxis, where the configuration of a model that was trained over it names it, with its SHA-256, so that it
 * does not lie in that model's folder again.
 */
public final class ShippedClip {
    private static final String NAME = "pictograms";
    /** Libraries skip keys that begin so. */
    private static final String DIGEST = "_clip_sha256";

    private ShippedClip() {}

    /** Whether a configuration names it. */
    public static boolean isNamedIn(Config c) {
        return c.has(DIGEST);
    }

    /**
     * Where it lies.
     *
     * @param key under which the configuration has its name
     * @throws IOException if it is not the very one that the configuration means, in one line
     */
    public static Path folder(Config c, String key) throws IOException {
        if (!c.text(key).equals(NAME)) {
            throw new IOException(c.origin() + ": expected " + key + " to be " + NAME + ", the one that ships, got "
                    + c.text(key) + "; leave " + DIGEST + " out if the folder holds its CLIP");
        }
        String meant = c.text(DIGEST);
        String here = digest();
        if (meant.equals(here)) return ClipFolder.pictogramsFolder();
        throw new IOException(c.origin() + ": expected the CLIP it was trained over, of SHA-256 " + meant
                + ", got that of another zeuxis-pictograms, " + here + "; take both of one version");
    }

    /** What a configuration says of it. */
    public static ConfigWriter named(String key) throws IOException {
        return new ConfigWriter().put(key, NAME).put(DIGEST, digest());
    }

    private static String digest() throws IOException {
        return Digest.sha256()
                .with(ClipFolder.pictogramsFolder().resolve("open_clip_model.safetensors"))
                .hex();
    }
}
