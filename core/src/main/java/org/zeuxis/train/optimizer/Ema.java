package org.zeuxis.train.optimizer;

import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/**
 * The exponential moving average of the parameters, which draws better pictures than the parameters themselves.
 *
 * <p>It forgets faster at first, as diffusers' does: of what it was before step n, at most (1 + n) / (10 + n) remains, and
 * nothing of where the parameters began.
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
        InPlace.drift(average, parameters.values(), 1 - remembered(step));
    }

    /** The share of the average that stays at a step. */
    double remembered(long step) {
        return step == 0 ? 0 : Math.min(decay, (1.0 + step) / (10.0 + step));
    }

    public Tensor average() {
        return average;
    }
}
