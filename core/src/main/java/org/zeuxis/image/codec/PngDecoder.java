package org.zeuxis.image.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.zeuxis.image.Image;

/**
 * Reads the picture of a PNG file as Pillow does: no colour management, of 16 bits the upper 8.
 *
 * @see <a href="https://www.w3.org/TR/png-3/">Portable Network Graphics</a>
 */
final class PngDecoder {
    private static final int GREY = 0;
    private static final int PALETTE = 3;
    private static final int MOST_UNPACKED = 1032; // bytes that deflate can make of one
    private static final int[] CHANNELS = {1, 0, 3, 1, 2, 0, 4}; // by colour type
    /** Per pass of Adam7: first column, first row, step of columns, step of rows. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final String name;
    private final long fileBytes;
    private final int width;
    private final int height;
    private final int depth;
    private final int type;
    private final boolean interlaced;
    private final byte[] palette; // RGB triples
    private final byte[] transparency; // content of tRNS, empty if there is none
    private final Deque<ByteBuffer> compressed = new ArrayDeque<>();

    private PngDecoder(List<PngChunk> chunks, long fileBytes, String name, long maxPixels) throws IOException {
        this.name = name;
        this.fileBytes = fileBytes;
        byte[] colours = {};
        byte[] see = {};
        PngChunk first = chunks.get(0);
        if (!first.type().equals("IHDR") || first.data().remaining() != 13) {
            throw new IOException(name + ": expected a PNG file to begin with its header IHDR, got " + first.type());
        }
        ByteBuffer header = first.data().duplicate();
        width = header.getInt();
        height = header.getInt();
        depth = header.get();
        type = header.get();
        int compression = header.get();
        int filter = header.get();
        int interlace = header.get();
        interlaced = interlace == 1;
        boolean depthFits = switch (type) {
            case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case 2, 4, 6 -> depth == 8 || depth == 16;
            default -> false;
        };
        if (compression != 0 || filter != 0 || !depthFits || interlace < 0 || interlace > 1) {
            throw new IOException(name + ": expected a PNG of the standard, got colour type " + type + " with " + depth
                    + " bits, interlace method " + interlace);
        }
        ImageFile.expectSize(name, width, height, maxPixels);
        for (PngChunk chunk : chunks) {
            switch (chunk.type()) {
                case "PLTE" -> colours = chunk.bytes();
                case "tRNS" -> see = chunk.bytes();
                case "IDAT" -> compressed.add(chunk.data().duplicate());
                default -> {}
            }
        }
        if (type == PALETTE && (colours.length == 0 || colours.length % 3 != 0)) {
            throw new IOException(name + ": expected a palette of RGB triples, got " + colours.length + " bytes");
        }
        palette = colours;
        boolean whole = type == PALETTE || type == GREY && see.length >= 2 || type == 2 && see.length >= 6;
        transparency = whole ? see : new byte[0];
    }

    static Image decode(byte[] file, String name, long maxPixels) throws IOException {
        List<PngChunk> chunks = PngChunk.read(file, name);
        Image upright = new PngDecoder(chunks, file.length, name, maxPixels).decode();
        for (PngChunk chunk : chunks) {
            if (chunk.type().equals("eXIf"))
                return Orientation.ofTiff(chunk.data()).upright(upright);
        }
        return upright;
    }

    private Image decode() throws IOException {
        int channels = type >= 4 || transparency.length > 0 ? 4 : 3;
        int bits = depth * CHANNELS[type];
        long packed = compressed.stream().mapToLong(ByteBuffer::remaining).sum();
        if (packed * MOST_UNPACKED < (long) width * height * bits / 8) {
            throw new IOException(name + ": expected " + height + " rows, but the PNG data of " + packed
                    + " bytes cannot hold them; the file is cut short, fetch it again");
        }
        ImageFile.expectRoom(name, fileBytes, width, height, channels);
        byte[] samples = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
        Inflater inflater = new Inflater();
        try {
            for (int[] pass : interlaced ? ADAM7 : new int[][] {{0, 0, 1, 1}}) {
                int columns = (width - pass[0] + pass[2] - 1) / pass[2];
                int rows = (height - pass[1] + pass[3] - 1) / pass[3];
                if (columns <= 0) continue;
                byte[] above = new byte[(int) (((long) columns * bits + 7) / 8)];
                byte[] line = new byte[above.length];
                byte[] filter = new byte[1];
                for (int r = 0; r < rows; r++) {
                    int y = pass[1] + r * pass[3];
                    fill(inflater, filter, y);
                    fill(inflater, line, y);
                    unfilter(filter[0], line, above, Math.max(1, bits / 8));
                    for (int c = 0; c < columns; c++) {
                        put(line, c, samples, (y * width + pass[0] + c * pass[2]) * channels, channels);
                    }
                    byte[] swap = above;
                    above = line;
                    line = swap;
                }
            }
        } finally {
            inflater.end();
        }
        return new Image(width, height, channels, samples);
    }

    private void fill(Inflater inflater, byte[] into, int row) throws IOException {
        int at = 0;
        while (at < into.length) {
            try {
                int n = inflater.inflate(into, at, into.length - at);
                at += n;
                if (n > 0) continue;
            } catch (DataFormatException e) {
                throw new IOException(
                        name + ": expected sound PNG data, but row " + row + " of " + height
                                + " cannot be unpacked; the file is damaged, fetch it again",
                        e);
            }
            ByteBuffer next = inflater.needsInput() ? compressed.poll() : null;
            if (next == null) {
                throw new IOException(name + ": expected " + height + " rows, but the PNG data end at row " + row
                        + "; the file is cut short, fetch it again");
            }
            inflater.setInput(next);
        }
    }

    private void unfilter(byte filter, byte[] line, byte[] above, int step) throws IOException {
        if (filter < 0 || filter > 4) {
            throw new IOException(name + ": expected a PNG filter of 0 to 4, got " + filter + "; the file is damaged");
        }
        for (int i = 0; i < line.length && filter > 0; i++) {
            int left = i < step ? 0 : line[i - step] & 255;
            int up = above[i] & 255;
            int corner = i < step ? 0 : above[i - step] & 255;
            line[i] += (byte)
                    switch (filter) {
                        case 1 -> left;
                        case 2 -> up;
                        case 3 -> (left + up) / 2;
                        default -> paeth(left, up, corner);
                    };
        }
    }

    /** Of the neighbours to the left, above and above to the left, the one nearest to left + up - corner. */
    static int paeth(int left, int up, int corner) {
        int byLeft = Math.abs(up - corner);
        int byUp = Math.abs(left - corner);
        int byCorner = Math.abs(left + up - 2 * corner);
        if (byLeft <= byUp && byLeft <= byCorner) return left;
        return byUp <= byCorner ? up : corner;
    }

    /** Writes pixel {@code column} of a row of the file as RGB or RGBA. */
    private void put(byte[] line, int column, byte[] samples, int at, int channels) throws IOException {
        if (type == PALETTE) {
            int colour = bits(line, column);
            if (3 * colour + 3 > palette.length) {
                throw new IOException(name + ": expected colours of a palette of " + palette.length / 3
                        + ", got number " + colour + "; the file is damaged");
            }
            System.arraycopy(palette, 3 * colour, samples, at, 3);
            if (channels == 4) samples[at + 3] = colour < transparency.length ? transparency[colour] : (byte) 255;
            return;
        }
        int wide = depth == 16 ? 2 : 1;
        int of = CHANNELS[type];
        int first = column * of * wide;
        boolean seeThrough = transparency.length > 0;
        for (int c = 0; c < 3; c++) {
            int from = first + (of >= 3 ? c * wide : 0);
            samples[at + c] = depth < 8 ? (byte) (bits(line, column) * 255 / ((1 << depth) - 1)) : line[from];
            seeThrough = seeThrough && matches(line, column, from, of >= 3 ? c : 0);
        }
        if (channels == 4) {
            byte alpha = seeThrough ? 0 : (byte) 255;
            samples[at + 3] = type >= 4 ? line[first + (of - 1) * wide] : alpha;
        }
    }

    private boolean matches(byte[] line, int column, int from, int channel) {
        int wanted = (transparency[2 * channel] & 255) << 8 | transparency[2 * channel + 1] & 255;
        if (depth < 8) return bits(line, column) == wanted;
        return wanted == (depth == 16 ? (line[from] & 255) << 8 | line[from + 1] & 255 : line[from] & 255);
    }

    private int bits(byte[] line, int column) {
        int bit = column * depth;
        return line[bit / 8] >> 8 - depth - bit % 8 & (1 << depth) - 1;
    }
}
