package org.zeuxis.data;

import java.util.List;

/** Random numbers by SplitMix64: the same from the same seed on every machine and every version of Java. */
public final class Draws {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    public Draws(long seed) {
        state = seed;
    }

    /** The numbers of one place of something seeded: unrelated for neighbouring places. */
    public static Draws at(long seed, long place) {
        return new Draws(mix(mix(seed) + place * GAMMA));
    }

    public static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** 0 to bound - 1; its bias is below 2^-32. */
    public int below(int bound) {
        return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
    }

    /** 0 up to but not 1. */
    public double fraction() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** From {@code low} up to but not {@code high}. */
    public double between(double low, double high) {
        return low + (high - low) * fraction();
    }

    public boolean chance(double probability) {
        return fraction() < probability;
    }

    public <T> T of(List<T> choices) {
        return choices.get(below(choices.size()));
    }
}
