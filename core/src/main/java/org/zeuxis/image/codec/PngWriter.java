package org.zeuxis.image.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.zeuxis.image.Image;

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
        long[] sums = new long[FILTERS];
        for (int i = 0; i < line.length; i++) {
            int here = line[i];
            int left = i < step ? 0 : line[i - step] & 255;
            int up = above[i] & 255;
            int corner = i < step ? 0 : above[i - step] & 255;
            sums[0] += Math.abs(filtered[0][i + 1] = (byte) here);
            sums[1] += Math.abs(filtered[1][i + 1] = (byte) (here - left));
            sums[2] += Math.abs(filtered[2][i + 1] = (byte) (here - up));
            sums[3] += Math.abs(filtered[3][i + 1] = (byte) (here - (left + up) / 2));
            sums[4] += Math.abs(filtered[4][i + 1] = (byte) (here - PngDecoder.paeth(left, up, corner)));
        }
        int best = 0;
        for (int filter = 0; filter < FILTERS; filter++) {
            filtered[filter][0] = (byte) filter;
            if (sums[filter] < sums[best]) best = filter;
        }
        return best;
    }
}
