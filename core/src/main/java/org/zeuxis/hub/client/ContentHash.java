package org.zeuxis.hub.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.zeuxis.checkpoint.Digest;

/**
 * What the hub calls the content of a file, and the cache its blob: the SHA-256 of a large file, git's own hash of a small
 * one.
 */
public record ContentHash(String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    public ContentHash {
        if (!isOne(hex)) throw new IllegalArgumentException("expected 40 or 64 hexadecimal digits, got " + hex);
    }

    static boolean isOne(String text) {
        return HEX.matcher(text).matches();
    }

    /** Whether this is the hash of what {@code file} holds. */
    public boolean isOf(Path file) throws IOException {
        return hex.equals(like(file));
    }

    /** The hash, of this kind, of what {@code file} holds. */
    public String like(Path file) throws IOException {
        if (hex.length() == 64) return Digest.sha256().with(file).hex();
        return Digest.sha1().with("blob " + Files.size(file) + "\0").with(file).hex();
    }
}
