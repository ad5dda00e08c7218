package org.zeuxis.image.webp;

import java.io.IOException;

/** Bits of a stretch of bytes, the lowest of each byte first; beyond its end there are none. */
final class LosslessBits {
    private final byte[] bytes;
    private final int end;
    private int at;
    private long ahead; // bits taken from the bytes, the next one lowest
    private int held; // how many of them there are

    LosslessBits(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** @param count 0 to 24 */
    int take(int count) throws IOException {
        int bits = peek(count);
        drop(count);
        return bits;
    }

    boolean flag() throws IOException {
        return take(1) == 1;
    }

    /** The next ones, zeros where there are none, still to be taken. */
    int peek(int count) {
        while (held < count && at < end) {
            ahead |= (bytes[at++] & 255L) << held;
            held += 8;
        }
        return (int) (ahead & (1L << count) - 1);
    }

    void drop(int count) throws IOException {
        if (count > held) throw new IOException("its data end early");
        ahead >>>= count;
        held -= count;
    }

    /** How many are left. */
    long left() {
        return held + 8L * (end - at);
    }
}
