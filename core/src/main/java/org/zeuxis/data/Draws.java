package org.zeuxis.data;

/** Random numbers by SplitMix64: the same from the same seed on every machine and every version of Java. */
final class Draws {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    Draws(long seed) {
        state = seed;
    }

    /** The numbers of one place of something seeded: unrelated for neighbouring places. */
    static Draws at(long seed, long place) {
        return new Draws(mix(mix(seed) + place * GAMMA));
    }

    static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** 0 to bound - 1; its bias is below 2^-32. */
    int below(int bound) {
        return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
    }

    /** 0 up to but not 1. */
    double fraction() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    boolean chance(double probability) {
        return fraction() < probability;
    }

    <T> T of(java.util.List<T> choices) {
        return choices.get(below(choices.size()));
    }
}
