package org.zeuxis.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What the hub calls the content of a file, and the cache its blob: the SHA-256 of a large file, git's own hash of a small
 * one.
 */
record ContentHash(String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int PIECE = 1 << 20;

    ContentHash {
        if (!isOne(hex)) throw new IllegalArgumentException("expected 40 or 64 hexadecimal digits, got " + hex);
    }

    static boolean isOne(String text) {
        return HEX.matcher(text).matches();
    }

    /** Whether this is the hash of what {@code file} holds. */
    boolean isOf(Path file) throws IOException {
        return hex.equals(like(file));
    }

    /** The hash, of this kind, of what {@code file} holds. */
    String like(Path file) throws IOException {
        MessageDigest digest = digest(hex.length() == 64 ? "SHA-256" : "SHA-1");
        if (hex.length() == 40) {
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] piece = new byte[PIECE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) digest.update(piece, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("expected a Java platform with " + name, e);
        }
    }
}
