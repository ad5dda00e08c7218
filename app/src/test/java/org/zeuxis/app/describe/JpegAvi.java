package org.zeuxis.app.describe;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * A video of plain colours, one a second, written by hand: JPEGs in an AVI.
 *
 * @see <a href="https://learn.microsoft.com/en-us/windows/win32/directshow/avi-riff-file-reference">AVI RIFF file reference</a>
 */
record JpegAvi(List<Color> colors) {
    private static final int SIZE = 32;

    Path write(Path file) throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (Color color : colors) frames.writeBytes(chunk("00dc", jpeg(color)));
        byte[] header = numbers(1_000_000, 0, 0, 0, colors.size(), 0, 1, 0, SIZE, SIZE, 0, 0, 0, 0);
        byte[] stream =
                joined(latin("vidsMJPG"), numbers(0, 0, 0, 1, 1, 0, colors.size(), 0, -1, 0, 0, SIZE | SIZE << 16));
        byte[] format = joined(numbers(40, SIZE, SIZE, 1 | 24 << 16), latin("MJPG"), numbers(0, 0, 0, 0, 0));
        byte[] streams = list("strl", chunk("strh", stream), chunk("strf", format));
        byte[] all = joined(list("hdrl", chunk("avih", header), streams), list("movi", frames.toByteArray()));
        return Files.write(file, chunk("RIFF", joined(latin("AVI "), all)));
    }

    private static byte[] jpeg(Color color) throws IOException {
        BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(color);
        graphics.fillRect(0, 0, SIZE, SIZE);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(picture, "jpeg", bytes)) throw new IOException("expected a Java runtime that writes JPEG");
        return bytes.toByteArray();
    }

    private static byte[] list(String name, byte[]... chunks) {
        return chunk("LIST", joined(latin(name), joined(chunks)));
    }

    private static byte[] chunk(String name, byte[] content) {
        return joined(latin(name), numbers(content.length), content, new byte[content.length % 2]);
    }

    private static byte[] numbers(int... all) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * all.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int one : all) bytes.putInt(one);
        return bytes.array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
