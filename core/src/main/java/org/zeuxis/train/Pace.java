package org.zeuxis.train;

/** How fast the last steps were; pauses between them do not count. */
final class Pace {
    private static final int STEPS = 32;

    private final double[] seconds = new double[STEPS];
    private int taken;
    private long begun;

    void begin() {
        begun = System.nanoTime();
    }

    void end() {
        seconds[taken++ % STEPS] = (System.nanoTime() - begun) / 1e9;
    }

    double stepsPerSecond() {
        double sum = 0;
        for (double each : seconds) sum += each;
        return Math.min(taken, STEPS) / Math.max(sum, 1e-9);
    }
}
