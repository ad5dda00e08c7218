package org.zeuxis.train;

import org.zeuxis.tensor.Tensor;

/**
 * The exponential moving average of the parameters, which draws better pictures than the parameters themselves.
 *
 * <p>It forgets faster at first: after n steps at most the share (1 + n) / (10 + n) is remembered.
 */
public final class Ema {
    private final double decay;
    private final Tensor average; // [count]

    public Ema(double decay, FlatParameters parameters) {
        if (decay < 0 || decay >= 1) throw new IllegalArgumentException("expected a decay in [0, 1), got " + decay);
        this.decay = decay;
        average = parameters.values().copy().outliving();
    }

    /** @param step counts from 0 */
    public void follow(FlatParameters parameters, long step) {
        double remembered = Math.min(decay, (1.0 + step) / (10.0 + step));
        average.drift(parameters.values(), 1 - remembered);
    }

    public Tensor average() {
        return average;
    }
}
