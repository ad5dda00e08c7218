package org.zeuxis.image.codec;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What the markers of a JPEG file say before its data begin.
 *
 * @param width columns
 * @param height rows
 * @param components 1, 3 or 4
 * @param progressive whether it comes in several scans, which are kept until the last
 * @param lumaAndChroma whether the first three components are Y, Cb, Cr
 * @param orientation how the camera was held
 */
record JpegHeader(
        int width, int height, int components, boolean progressive, boolean lumaAndChroma, Orientation orientation) {
    private static final int MOST_SCANS = 100; // encoders make a dozen
    private static final int MOST_PIXELS_PER_BYTE = 512; // blocks of 64, of a bit each

    static JpegHeader read(byte[] file, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int adobeTransform = -1;
        boolean jfif = false;
        Orientation orientation = Orientation.UPRIGHT;
        int at = 2;
        while (true) {
            while (at < file.length && file[at] != (byte) 0xff) at++;
            while (at < file.length && file[at] == (byte) 0xff) at++;
            if (at + 3 > file.length) throw cutShort(file, name);
            int marker = file[at++] & 255;
            if (marker == 0 || marker == 1 || marker >= 0xd0 && marker <= 0xd8) continue; // no content
            if (marker == 0xd9 || marker == 0xda) {
                throw new IOException(name + ": expected a JPEG header before its data, got none; the file is damaged");
            }
            int length = bytes.getShort(at) & 0xffff;
            if (length < 2 || at + length > file.length) throw cutShort(file, name);
            int from = at + 2;
            if (marker == 0xe0 && ImageFile.startsWith(file, from, ascii("JFIF"))) jfif = true;
            if (marker == 0xe1 && length > 8 && ImageFile.startsWith(file, from, ascii("Exif\0\0"))) {
                orientation = Orientation.ofTiff(bytes.slice(from + 6, length - 8));
            }
            if (marker == 0xee && length >= 14 && ImageFile.startsWith(file, from, ascii("Adobe"))) {
                adobeTransform = file[from + 11] & 255;
            }
            boolean frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            if (frame) return frame(bytes, from, length - 2, marker, name, jfif, adobeTransform, orientation);
            at += length;
        }
    }

    /** Refuses what takes much more memory or time than a file of this length is good for. */
    void expectLikely(byte[] file, String name) throws IOException {
        int perPixel = components + 3 + (progressive ? 2 * components : 0); // as stored, as samples, as coefficients
        ImageFile.expectRoom(name, file.length, width, height, perPixel);
        if ((long) width * height > (long) MOST_PIXELS_PER_BYTE * file.length) {
            throw new IOException(name + ": expected " + height + " rows, but the JPEG data of " + file.length
                    + " bytes cannot hold them; the file is cut short, fetch it again");
        }
        if (scans(file) > MOST_SCANS) {
            throw new IOException(name + ": expected a JPEG of at most " + MOST_SCANS + " scans, got " + scans(file)
                    + "; convert it to PNG");
        }
    }

    private static int scans(byte[] file) {
        int scans = 0;
        for (int at = 2; at + 4 <= file.length; at++) {
            if (file[at] != (byte) 0xff) continue;
            int marker = file[at + 1] & 255;
            if (marker == 0xda) scans++;
            boolean content = marker >= 0xc0 && marker < 0xff && (marker < 0xd0 || marker > 0xd9);
            // what a segment holds, such as a thumbnail, does not count
            if (content) at += 1 + ((file[at + 2] & 255) << 8 | file[at + 3] & 255);
        }
        return scans;
    }

    private static JpegHeader frame(
            ByteBuffer bytes,
            int from,
            int length,
            int marker,
            String name,
            boolean jfif,
            int adobeTransform,
            Orientation orientation)
            throws IOException {
        int components = length < 6 ? 0 : bytes.get(from + 5) & 255;
        if (length < 6 + 3 * components || components == 0) {
            throw new IOException(name + ": expected a JPEG frame header, got a broken one; the file is damaged");
        }
        int bits = bytes.get(from) & 255;
        if (marker > 0xc2 || bits != 8 || components != 1 && components != 3 && components != 4) {
            throw new IOException(name
                    + ": expected a baseline or progressive JPEG of 8 bits with 1, 3 or 4 components,"
                    + " got " + (marker > 0xc2 ? "lossless or arithmetic coding" : "Huffman coding") + ", " + bits
                    + " bits, " + components + " components; convert it to PNG");
        }
        boolean named = components == 3 && bytes.get(from + 6) == 'R' && bytes.get(from + 9) == 'G';
        boolean luma = components == 3
                ? jfif || (adobeTransform >= 0 ? adobeTransform == 1 : !named)
                : components == 4 && adobeTransform == 2;
        int width = bytes.getShort(from + 3) & 0xffff;
        int height = bytes.getShort(from + 1) & 0xffff;
        return new JpegHeader(width, height, components, marker == 0xc2, luma, orientation);
    }

    private static IOException cutShort(byte[] file, String name) {
        return new IOException(name + ": expected a whole JPEG file, but it is cut short after " + file.length
                + " bytes, before its size is told; fetch it again");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
