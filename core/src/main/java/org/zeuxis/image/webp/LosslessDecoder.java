package org.zeuxis.image.webp;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pixels of WebP's lossless format.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9649#section-3">WebP Image Format</a>, section 3
 */
public final class LosslessDecoder {
    private static final int LITERALS = 256;
    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;
    private static final int SHORTEST_GROUP = 20; // bits: five codes of at least four
    private static final int CACHE_HASH = 0x1e35a7bd;
    /** What a short distance code stands for, the nearest pixel first: rows up and columns to the left. */
    private static final List<int[]> NEARBY = nearby();

    private final LosslessBits bits;

    private LosslessDecoder(LosslessBits bits) {
        this.bits = bits;
    }

    /** The codes of one part of a picture. */
    private record Group(PrefixCode green, PrefixCode red, PrefixCode blue, PrefixCode alpha, PrefixCode distance) {}

    /** All groups, and which of them counts where: one everywhere, or each block's own. */
    private record Groups(Group[] all, int @Nullable [] places, int bits, int blocks) {
        Group at(int x, int y) {
            return places == null ? all[0] : all[places[(y >> bits) * blocks + (x >> bits)] >> 8 & 0xffff];
        }
    }

    /**
     * Decodes what follows the header.
     *
     * @param from its first byte in {@code file}
     * @param end the byte after its last
     * @return ARGB, [height, width]
     * @throws IOException if it is damaged; the message says how, and names no file
     */
    public static int[] decode(byte[] file, int from, int end, int width, int height) throws IOException {
        return new LosslessDecoder(new LosslessBits(file, from, end)).picture(width, height);
    }

    private int[] picture(int width, int height) throws IOException {
        Deque<LosslessTransform> transforms = new ArrayDeque<>();
        Set<Integer> kinds = new HashSet<>();
        int columns = width;
        while (bits.flag()) {
            int kind = bits.take(2);
            if (!kinds.add(kind)) throw new IOException("it has a transform twice");
            LosslessTransform transform = transform(kind, columns, height);
            transforms.push(transform);
            if (transform instanceof LosslessTransform.Palette palette) columns = blocks(width, palette.widthBits());
        }
        int[] pixels = new int[width * height];
        read(pixels, columns, height, true);
        for (LosslessTransform transform : transforms) {
            // what comes before the palette in the file works on numbers of colours
            if (transform instanceof LosslessTransform.Palette) columns = width;
            transform.undo(pixels, columns, height);
        }
        return pixels;
    }

    private LosslessTransform transform(int kind, int width, int height) throws IOException {
        if (kind == 2) return new LosslessTransform.SubtractGreen();
        if (kind == 3) {
            int[] colours = part(bits.take(8) + 1, 1);
            for (int i = 1; i < colours.length; i++) {
                colours[i] = LosslessTransform.sum(colours[i], colours[i - 1]);
            }
            int widthBits = colours.length > 16 ? 0 : colours.length > 4 ? 1 : colours.length > 2 ? 2 : 3;
            return new LosslessTransform.Palette(colours, widthBits);
        }
        int sizeBits = bits.take(3) + 2;
        int[] blocks = part(blocks(width, sizeBits), blocks(height, sizeBits));
        return kind == 0
                ? new LosslessTransform.Prediction(blocks, sizeBits)
                : new LosslessTransform.CrossColour(blocks, sizeBits);
    }

    /** A picture within the picture, of what is told of its blocks. */
    private int[] part(int width, int height) throws IOException {
        int[] pixels = new int[width * height];
        read(pixels, width, height, false);
        return pixels;
    }

    private void read(int[] pixels, int width, int height, boolean whole) throws IOException {
        int cacheBits = bits.flag() ? bits.take(4) : 0;
        if (cacheBits > 11) throw new IOException("it has a colour cache of 2^" + cacheBits);
        int[] cache = cacheBits == 0 ? new int[0] : new int[1 << cacheBits];
        Groups groups = groups(width, height, cache.length, whole);
        int count = width * height;
        int x = 0;
        int y = 0;
        for (int at = 0; at < count; ) {
            Group group = groups.at(x, y);
            int code = group.green.symbol(bits);
            int length = 1;
            if (code < LITERALS) {
                int red = group.red.symbol(bits);
                int blue = group.blue.symbol(bits);
                pixels[at] = group.alpha.symbol(bits) << 24 | red << 16 | code << 8 | blue;
            } else if (code < LITERALS + LENGTHS) {
                length = amount(code - LITERALS);
                int distance = distance(amount(group.distance.symbol(bits)), width);
                if (distance > at || length > count - at) throw new IOException("it copies pixels that are not there");
                for (int i = at; i < at + length; i++) pixels[i] = pixels[i - distance];
            } else {
                pixels[at] = cache[code - LITERALS - LENGTHS];
            }
            if (cacheBits > 0) {
                for (int i = at; i < at + length; i++) cache[CACHE_HASH * pixels[i] >>> 32 - cacheBits] = pixels[i];
            }
            at += length;
            x += length;
            if (x >= width) {
                y += x / width;
                x %= width;
            }
        }
    }

    private Groups groups(int width, int height, int cached, boolean whole) throws IOException {
        int[] places = null;
        int sizeBits = 0;
        int count = 1;
        if (whole && bits.flag()) {
            sizeBits = bits.take(3) + 2;
            places = part(blocks(width, sizeBits), blocks(height, sizeBits));
            for (int place : places) count = Math.max(count, (place >> 8 & 0xffff) + 1);
        }
        if (count > bits.left() / SHORTEST_GROUP + 1) throw new IOException("it has more codes than data");
        Group[] all = new Group[count];
        for (int i = 0; i < count; i++) {
            all[i] = new Group(
                    PrefixCode.read(bits, LITERALS + LENGTHS + cached),
                    PrefixCode.read(bits, LITERALS),
                    PrefixCode.read(bits, LITERALS),
                    PrefixCode.read(bits, LITERALS),
                    PrefixCode.read(bits, DISTANCES));
        }
        return new Groups(all, places, sizeBits, blocks(width, sizeBits));
    }

    /** A length or distance, whose low bits follow its code. */
    private int amount(int code) throws IOException {
        if (code < 4) return code + 1;
        int more = code - 2 >> 1;
        return (2 + (code & 1) << more) + bits.take(more) + 1;
    }

    private static int distance(int code, int width) {
        if (code > NEARBY.size()) return code - NEARBY.size();
        int[] place = NEARBY.get(code - 1);
        return Math.max(1, place[0] * width + place[1]);
    }

    private static List<int[]> nearby() {
        List<int[]> places = new ArrayList<>();
        for (int rows = 0; rows < 8; rows++) {
            for (int columns = rows == 0 ? 1 : -7; columns <= 8; columns++) places.add(new int[] {rows, columns});
        }
        places.sort(Comparator.comparingInt((int[] p) -> p[0] * p[0] + p[1] * p[1])
                .thenComparing(p -> -p[0])
                .thenComparing(p -> -p[1]));
        return places;
    }

    private static int blocks(int extent, int bits) {
        return extent + (1 << bits) - 1 >> bits;
    }
}
