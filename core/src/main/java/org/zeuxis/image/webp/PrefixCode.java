package org.zeuxis.image.webp;

import java.io.IOException;

/**
 * A canonical prefix code: symbols by the bits that stand for them, a symbol that is alone by none.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9649#section-3.7.2">WebP Image Format</a>, section 3.7.2
 */
final class PrefixCode {
    private static final int LONGEST = 15;
    private static final int QUICK = 8;
    private static final int[] ORDER_OF_LENGTHS = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    private final int[] counts = new int[LONGEST + 1]; // by length
    private final short[] symbols; // by length, then value
    private final int quickBits;
    private final short[] quick; // by the next bits: symbol << 4 | length, 0 where the code is longer

    private PrefixCode(int[] lengths) throws IOException {
        int used = 0;
        int longest = 0;
        for (int length : lengths) {
            if (length == 0) continue;
            counts[length]++;
            used++;
            longest = Math.max(longest, length);
        }
        symbols = new short[used];
        int[] next = new int[LONGEST + 2];
        for (int length = 1; length <= LONGEST; length++) next[length + 1] = next[length] + counts[length];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) symbols[next[lengths[symbol]]++] = (short) symbol;
        }
        if (used <= 1) {
            if (used == 0) throw new IOException("a prefix code of it has no symbol");
            quickBits = 0;
            quick = new short[] {(short) (symbols[0] << 4)};
            return;
        }
        int open = 1;
        for (int length = 1; length <= LONGEST; length++) open = 2 * open - counts[length];
        // more codes than there are, or bits that stand for nothing
        if (open != 0) throw new IOException("a prefix code of it does not come out even");
        quickBits = Math.min(QUICK, longest);
        quick = quick();
    }

    private short[] quick() {
        short[] table = new short[1 << quickBits];
        int code = 0;
        int index = 0;
        for (int length = 1; length <= quickBits; length++) {
            for (int i = 0; i < counts[length]; i++) {
                int first = Integer.reverse(code++) >>> 32 - length;
                for (int bits = first; bits < table.length; bits += 1 << length) {
                    table[bits] = (short) (symbols[index] << 4 | length);
                }
                index++;
            }
            code <<= 1;
        }
        return table;
    }

    /** Reads the code itself. */
    static PrefixCode read(LosslessBits bits, int alphabet) throws IOException {
        if (!bits.flag()) return new PrefixCode(lengths(bits, alphabet));
        int[] lengths = new int[alphabet];
        boolean two = bits.flag();
        int first = bits.take(bits.flag() ? 8 : 1);
        int second = two ? bits.take(8) : first;
        if (Math.max(first, second) >= alphabet) throw new IOException("a prefix code of it has an unknown symbol");
        lengths[first] = 1;
        lengths[second] = 1;
        return new PrefixCode(lengths);
    }

    private static int[] lengths(LosslessBits bits, int alphabet) throws IOException {
        int[] ofLengths = new int[ORDER_OF_LENGTHS.length];
        int given = bits.take(4) + 4;
        for (int i = 0; i < given; i++) ofLengths[ORDER_OF_LENGTHS[i]] = bits.take(3);
        PrefixCode code = new PrefixCode(ofLengths);
        int tokens = bits.flag() ? 2 + bits.take(2 + 2 * bits.take(3)) : alphabet;
        int[] lengths = new int[alphabet];
        int before = 8;
        for (int at = 0; at < alphabet && tokens > 0; tokens--) {
            int length = code.symbol(bits);
            if (length < 16) {
                lengths[at++] = length;
                if (length > 0) before = length;
                continue;
            }
            int times = length == 16 ? 3 + bits.take(2) : length == 17 ? 3 + bits.take(3) : 11 + bits.take(7);
            if (times > alphabet - at) throw new IOException("a prefix code of it has too many symbols");
            for (; times > 0; times--) lengths[at++] = length == 16 ? before : 0;
        }
        return lengths;
    }

    /** Reads one symbol. */
    int symbol(LosslessBits bits) throws IOException {
        int entry = quick[bits.peek(quickBits)];
        if (entry != 0 || quickBits == 0) {
            bits.drop(entry & 15);
            return (entry & 0xffff) >> 4;
        }
        int code = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code = code << 1 | bits.take(1);
            first <<= 1;
            if (code - first < counts[length]) return symbols[index + code - first] & 0xffff;
            index += counts[length];
            first += counts[length];
        }
        throw new IOException("its data have a code that stands for nothing");
    }
}
