package org.zeuxis.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes a picture and its texts as PNG; the same bytes for the same picture on the same Java. */
final class PngWriter {
    private static final int FILTERS = 5;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    static byte[] encode(Image image, PngText text) {
        PngWriter writer = new PngWriter();
        writer.file.writeBytes(PngChunk.SIGNATURE);
        ByteBuffer header = ByteBuffer.allocate(13);
        header.putInt(image.width()).putInt(image.height());
        header.put((byte) 8).put((byte) (image.channels() == 4 ? 6 : 2));
        writer.chunk("IHDR", header.array());
        text.writeTo(writer);
        writer.chunk("IDAT", compress(image));
        writer.chunk("IEND", new byte[0]);
        return writer.file.toByteArray();
    }

    void chunk(String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        file.writeBytes(name);
        file.writeBytes(data);
        file.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static byte[] compress(Image image) {
        int step = image.channels();
        int length = image.width() * step;
        byte[] samples = image.samples();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        Deflater deflater = new Deflater();
        byte[] above = new byte[length];
        byte[] line = new byte[length];
        byte[][] filtered = new byte[FILTERS][length + 1];
        for (int y = 0; y < image.height(); y++) {
            System.arraycopy(samples, y * length, line, 0, length);
            deflater.setInput(filtered[filter(line, above, step, filtered)]);
            while (!deflater.needsInput()) packed.write(buffer, 0, deflater.deflate(buffer));
            byte[] swap = above;
            above = line;
            line = swap;
        }
        deflater.finish();
        while (!deflater.finished()) packed.write(buffer, 0, deflater.deflate(buffer));
        deflater.end();
        return packed.toByteArray();
    }

    /** Filters a row in all five ways; returns the one that leaves the smallest differences. */
    private static int filter(byte[] line, byte[] above, int step, byte[][] filtered) {
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int filter = 0; filter < FILTERS; filter++) {
            byte[] row = filtered[filter];
            row[0] = (byte) filter;
            long sum = 0;
            for (int i = 0; i < line.length; i++) {
                int left = i < step ? 0 : line[i - step] & 255;
                int corner = i < step ? 0 : above[i - step] & 255;
                row[i + 1] = (byte) (line[i] - PngDecoder.predict(filter, left, above[i] & 255, corner));
                sum += Math.abs(row[i + 1]);
            }
            if (sum < least) {
                least = sum;
                best = filter;
            }
        }
        return best;
    }
}
