package org.zeuxis.data.series;

import org.zeuxis.data.Draws;

/**
 * An endless shuffled order without memory: where a run stands is one number, its position. Every stretch of
 * {@code size} positions from a multiple of it is one epoch, which has every index once, in an order of its own.
 *
 * <p>The order is a Feistel network over the smallest even number of bits, walked until it falls below the size.
 *
 * @param size at least 1
 * @param seed two seeds give unrelated orders
 */
public record Shuffle(int size, long seed) {
    private static final int ROUNDS = 8;

    public Shuffle {
        if (size < 1) throw new IllegalArgumentException("expected at least 1 sample to shuffle, got " + size);
    }

    /** The index at a position of the endless order, from 0. */
    public int at(long position) {
        if (position < 0) throw new IllegalArgumentException("expected a position from 0, got " + position);
        return index(position / size, (int) (position % size));
    }

    /**
     * The index at a place of one epoch.
     *
     * @param epoch from 0
     * @param place 0 to size - 1
     */
    public int index(long epoch, int place) {
        if (place < 0 || place >= size) {
            throw new IllegalArgumentException("expected a place of 0 to " + (size - 1) + ", got " + place);
        }
        int half = Math.max(1, (33 - Integer.numberOfLeadingZeros(size - 1)) / 2);
        long key = Draws.mix(Draws.mix(seed) + epoch);
        long value = place;
        do {
            value = encrypt(value, half, key);
        } while (value >= size);
        return (int) value;
    }

    /** A permutation of the numbers of {@code 2 * half} bits. */
    private static long encrypt(long value, int half, long key) {
        long mask = (1L << half) - 1;
        long left = value >>> half;
        long right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ Draws.mix(key + right * 0x9E3779B97F4A7C15L + round * 0xD1B54A32D192ED03L) & mask;
            left = right;
            right = next;
        }
        return left << half | right;
    }
}
