package org.zeuxis.diffusion;

import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * The loss of consistency distillation: where a student sees the flow lead from a timestep, it is to see it lead from the one
 * before, to which a step of DDIM by its teacher goes.
 *
 * <p>The student of this moment stands for its average in the paper: an average of itself only slows it down, as was found later.
 *
 * @param timesteps among how many of the schedule's the student learns to jump; the teacher steps from one to the next
 * @param boundary what makes the student say the data at the data
 * @see <a href="https://arxiv.org/abs/2310.04378">Latent consistency models</a>, algorithm 1
 * @see <a href="https://arxiv.org/abs/2310.14189">Improved techniques for training consistency models</a>, sections 3.2 and 3.3
 */
public record ConsistencyLoss(
        NoiseSchedule schedule, Parameterization predicts, int timesteps, ConsistencyBoundary boundary) {
    /** Below it the pseudo-Huber distance is quadratic. */
    private static final double HUBER = 0.001;

    /** @throws IllegalArgumentException if the schedule has fewer timesteps, or there are fewer than 2 */
    public ConsistencyLoss {
        if (timesteps < 2 || timesteps > schedule.trainSteps()) {
            throw new IllegalArgumentException(
                    "expected 2 to " + schedule.trainSteps() + " timesteps to distil at, got " + timesteps);
        }
    }

    /**
     * Draws each sample's timestep, then its noise.
     *
     * @param teacher whose guidance the student takes over
     * @param x0 [batch, …] data
     */
    public Tensor of(Network student, Network teacher, Tensor x0, Seed seed) {
        int stride = schedule.trainSteps() / timesteps;
        Tensor t = seed.randint(1, timesteps + 1, x0.size(0)).times(stride).minus(1);
        Tensor eps = seed.randn(x0.shape());
        return of(student, teacher, x0, eps, t);
    }

    /**
     * The same for timesteps and noise that are given.
     *
     * @param eps [batch, …] standard normal noise
     * @param t [batch] timesteps, int64
     */
    public Tensor of(Network student, Network teacher, Tensor x0, Tensor eps, Tensor t) {
        Tensor xt = schedule.addNoise(x0, eps, t);
        // with gradients first: autocast keeps the weights that it casts, and cast without gradients they would have
        // none
        Tensor seen = end(student, xt, t);
        Tensor target;
        try (Gradients off = Gradients.off()) {
            Tensor before = t.minus(schedule.trainSteps() / timesteps).clamp(0, schedule.trainSteps());
            target = end(student, ddim(teacher, xt, t, before), before);
        }
        Tensor distance = seen.minus(target).square().plus(HUBER * HUBER).sqrt();
        return distance.minus(HUBER).mean();
    }

    /** Where it sees the flow lead. */
    private Tensor end(Network network, Tensor xt, Tensor t) {
        return boundary.of(x0(network, xt, t), xt, t);
    }

    private Tensor x0(Network network, Tensor xt, Tensor t) {
        Tensor prediction = network.predict(xt, t.to(DType.FLOAT32)).to(DType.FLOAT32);
        return predicts.x0(schedule, prediction, xt, t);
    }

    private Tensor ddim(Network teacher, Tensor xt, Tensor t, Tensor next) {
        Tensor x0 = x0(teacher, xt, t);
        Tensor here = schedule.alphaBar(t, xt);
        Tensor there = schedule.alphaBar(next, xt);
        Tensor eps = xt.minus(x0.times(here.sqrt())).over(noise(here));
        return x0.times(there.sqrt()).plus(eps.times(noise(there)));
    }

    private static Tensor noise(Tensor alphaBar) {
        return alphaBar.negate().plus(1).sqrt();
    }
}
