package org.zeuxis.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Reads pictures of PNG, JPEG and WebP files. */
public final class ImageFile {
    private ImageFile() {}

    /** @throws IOException if the file cannot be read or holds no picture */
    public static Image read(Path file) throws IOException {
        return decode(Files.readAllBytes(file));
    }

    /** @throws IOException if the bytes are no picture */
    public static Image decode(byte[] bytes) throws IOException {
        BufferedImage picture;
        try {
            picture = ImageIO.read(new ByteArrayInputStream(bytes));
        } catch (RuntimeException e) {
            throw new IOException("expected a PNG, JPEG or WebP picture, it is damaged: " + e.getMessage(), e);
        }
        if (picture == null)
            throw new IOException(
                    "expected a PNG, JPEG or WebP picture, got " + bytes.length + " bytes of something else");
        return Image.of(picture);
    }
}
