package org.zeuxis.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.tensor.TensorBytes;

/** A hash, by which contents are told apart: bytes go in, hexadecimal digits come out. */
public final class Digest {
    private static final int PIECE = 1 << 20;

    private final MessageDigest digest;

    private Digest(String algorithm) {
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks " + algorithm + ", which every one must have", e);
        }
    }

    public static Digest sha256() {
        return new Digest("SHA-256");
    }

    /** What git calls contents by. */
    public static Digest sha1() {
        return new Digest("SHA-1");
    }

    public Digest with(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    /** The text in UTF-8. */
    public Digest with(String text) {
        return with(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the file holds, read piece by piece. */
    public Digest with(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] piece = new byte[PIECE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) digest.update(piece, 0, n);
        }
        return this;
    }

    /** The elements in row-major order and their own type. */
    public Digest with(Tensor x) {
        try {
            TensorBytes.write(x, new Sink());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private final class Sink implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) {
            int count = bytes.remaining();
            digest.update(bytes);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** What has been put in until now; the next hash starts empty. */
    public byte[] bytes() {
        return digest.digest();
    }

    /** The same in lower-case hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }
}
