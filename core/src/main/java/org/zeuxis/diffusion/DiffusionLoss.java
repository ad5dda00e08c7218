package org.zeuxis.diffusion;

import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * The simple loss of diffusion: the squared error of a prediction at a time drawn uniformly, weighted.
 *
 * @param times which times are drawn
 * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, equation 14
 */
public record DiffusionLoss(NoiseSchedule schedule, Parameterization predicts, LossWeight weight, Times times) {

    /** Every timestep is drawn, and counts alike. */
    public DiffusionLoss(NoiseSchedule schedule, Parameterization predicts) {
        this(schedule, predicts, LossWeight.UNIFORM, Times.WHOLE);
    }

    /**
     * What a batch cost.
     *
     * @param mean the weighted mean: what to minimise
     * @param perSample [batch] the unweighted mean squared error of each sample
     * @param t [batch] the time each was drawn at, int64 if all are whole
     */
    public record Losses(Tensor mean, Tensor perSample, Tensor t) {}

    /**
     * Draws each sample's time, then its noise, and judges the prediction.
     *
     * @param x0 [batch, …] data
     */
    public Losses of(Network network, Tensor x0, Seed seed) {
        Tensor t = times.draw(schedule.trainSteps(), x0.size(0), seed);
        Tensor eps = seed.randn(x0.shape());
        return of(network, x0, eps, t);
    }

    /**
     * The same for times and noise that are given.
     *
     * @param x0 [batch, …] data
     * @param eps [batch, …] standard normal noise
     * @param t [batch] timesteps, or times between them
     */
    public Losses of(Network network, Tensor x0, Tensor eps, Tensor t) {
        Tensor xt = schedule.addNoise(x0, eps, t);
        Tensor prediction = network.predict(xt, t.to(DType.FLOAT32));
        Tensor error = prediction.minus(predicts.target(schedule, x0, eps, t)).square();
        Tensor perSample = error.reshape(x0.size(0), -1).mean(1).squeeze(1);
        Tensor mean = perSample.times(weights(t)).mean();
        return new Losses(mean, perSample.detach(), t);
    }

    private Tensor weights(Tensor t) {
        float[] steps = t.toFloats();
        float[] weights = new float[steps.length];
        for (int i = 0; i < steps.length; i++) {
            weights[i] = (float) weight.of(schedule.snr(steps[i]), predicts);
        }
        return Tensor.of(weights, weights.length);
    }
}
