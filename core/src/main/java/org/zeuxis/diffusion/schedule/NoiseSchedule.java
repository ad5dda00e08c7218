package org.zeuxis.diffusion.schedule;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * How much of the data is left at each timestep: ᾱ falls from nearly 1 at t = 0 to nearly 0 at t = T − 1.
 *
 * <p>Computed in float32, in the order diffusers does, so that a network meets the very noise it was trained on.
 *
 * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, equation 4
 */
public final class NoiseSchedule {
    /** What sigma-space samplers take for ᾱ where it is 0, as the published ones do: half precision's least number. */
    private static final float LEAST_ALPHA_BAR = 0x1p-24f;

    private final float[] betas;
    private final float[] alphaBar;
    private final float[] logSigmas;

    private NoiseSchedule(float[] betas) {
        this.betas = betas;
        try (Scope scope = new Scope()) {
            alphaBar = alphas(betas).cumprod(0).toFloats();
        }
        logSigmas = new float[betas.length];
        for (int t = 0; t < betas.length; t++) logSigmas[t] = (float) Math.log(wholeSigma(t));
    }

    /**
     * @param betas variances of the steps of the forward process, each above 0 and at most 1
     * @throws IllegalArgumentException if there are fewer than 2 or one is out of range
     */
    public static NoiseSchedule of(float... betas) {
        if (betas.length < 2) {
            throw new IllegalArgumentException("expected at least 2 train timesteps, got " + betas.length);
        }
        for (float beta : betas) {
            if (!(beta > 0 && beta <= 1)) {
                throw new IllegalArgumentException("expected betas above 0 and at most 1, got " + beta);
            }
        }
        return new NoiseSchedule(betas.clone());
    }

    /** Whether it is the same noise at every timestep. */
    public boolean isSame(NoiseSchedule other) {
        return Arrays.equals(betas, other.betas);
    }

    /** β grows evenly: DDPM, with {@code linear(1000, 1e-4, 0.02)}. */
    public static NoiseSchedule linear(int trainSteps, double betaStart, double betaEnd) {
        try (Scope scope = new Scope()) {
            return of(Tensor.linspace(betaStart, betaEnd, trainSteps).toFloats());
        }
    }

    /** √β grows evenly: latent diffusion, with {@code scaledLinear(1000, 0.00085, 0.012)}. */
    public static NoiseSchedule scaledLinear(int trainSteps, double betaStart, double betaEnd) {
        try (Scope scope = new Scope()) {
            return of(Tensor.linspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), trainSteps)
                    .square()
                    .toFloats());
        }
    }

    /**
     * ᾱ falls as a squared cosine, β at most 0.999.
     *
     * @see <a href="https://arxiv.org/abs/2102.09672">Improved DDPM</a>, equation 17
     */
    public static NoiseSchedule cosine(int trainSteps) {
        return falling(trainSteps, u -> {
            double c = Math.cos((u + 0.008) / 1.008 * Math.PI / 2);
            return c * c;
        });
    }

    /** ᾱ falls as e^(−12u), β at most 0.999. */
    public static NoiseSchedule exponential(int trainSteps) {
        return falling(trainSteps, u -> Math.exp(-12 * u));
    }

    /**
     * ᾱ falls as under noise whose log signal-to-noise ratio has a Laplace distribution, β at most 0.999; as diffusers has it,
     * which takes the square root of the paper's.
     *
     * @see <a href="https://arxiv.org/abs/2407.03297">Improved noise schedule for diffusion training</a>, table 1
     */
    public static NoiseSchedule laplace(int trainSteps) {
        return falling(trainSteps, u -> {
            double lambda = -0.5 * Math.copySign(1, 0.5 - u) * Math.log(1 - 2 * Math.abs(0.5 - u) + 1e-6);
            double snr = Math.exp(lambda);
            return Math.sqrt(snr / (1 + snr));
        });
    }

    /** β rises as a sigmoid from {@code betaStart} to {@code betaEnd}: GeoDiff. */
    public static NoiseSchedule sigmoid(int trainSteps, double betaStart, double betaEnd) {
        try (Scope scope = new Scope()) {
            return of(Tensor.linspace(-6, 6, trainSteps)
                    .sigmoid()
                    .times(betaEnd - betaStart)
                    .plus(betaStart)
                    .toFloats());
        }
    }

    /** @param alphaBar of the share of the forward process that is over, 0 to 1 */
    private static NoiseSchedule falling(int trainSteps, DoubleUnaryOperator alphaBar) {
        float[] betas = new float[trainSteps];
        for (int t = 0; t < trainSteps; t++) {
            double ratio =
                    alphaBar.applyAsDouble((t + 1.0) / trainSteps) / alphaBar.applyAsDouble((double) t / trainSteps);
            betas[t] = (float) Math.min(1 - ratio, 0.999);
        }
        return of(betas);
    }

    /**
     * By the fields of a published {@code scheduler_config.json}.
     *
     * @param betaSchedule {@code beta_schedule}; the cosine one has no use for the betas
     * @param trainSteps {@code num_train_timesteps}
     * @param zeroTerminalSnr {@code rescale_betas_zero_snr}
     * @throws IllegalArgumentException if there is no {@code betaSchedule} of that name
     */
    public static NoiseSchedule named(
            String betaSchedule, int trainSteps, double betaStart, double betaEnd, boolean zeroTerminalSnr) {
        NoiseSchedule schedule = switch (betaSchedule) {
            case "linear" -> linear(trainSteps, betaStart, betaEnd);
            case "scaled_linear" -> scaledLinear(trainSteps, betaStart, betaEnd);
            case "squaredcos_cap_v2" -> cosine(trainSteps);
            case "sigmoid" -> sigmoid(trainSteps, betaStart, betaEnd);
            case "laplace" -> laplace(trainSteps);
            case "exp" -> exponential(trainSteps);
            default ->
                throw new IllegalArgumentException(
                        "expected beta_schedule linear, scaled_linear, squaredcos_cap_v2, sigmoid, laplace or exp, got "
                                + betaSchedule);
        };
        return zeroTerminalSnr ? schedule.withZeroTerminalSnr() : schedule;
    }

    /**
     * The schedule whose √ᾱ is shifted and scaled to end at exactly 0, starting where it did.
     *
     * @see <a href="https://arxiv.org/abs/2305.08891">Common diffusion noise schedules are flawed</a>, algorithm 1
     */
    public NoiseSchedule withZeroTerminalSnr() {
        try (Scope scope = new Scope()) {
            Tensor root = alphas(betas).cumprod(0).sqrt();
            int last = trainSteps() - 1;
            Tensor first = root.slice(0, 0, 1);
            Tensor end = root.slice(0, last, last + 1);
            Tensor squared = root.minus(end).times(first.over(first.minus(end))).square();
            Tensor alphas = squared.slice(0, 1, last + 1).over(squared.slice(0, 0, last));
            return of(Tensor.cat(0, squared.slice(0, 0, 1), alphas)
                    .times(-1)
                    .plus(1)
                    .toFloats());
        }
    }

    private static Tensor alphas(float[] betas) {
        return Tensor.of(betas, betas.length).times(-1).plus(1);
    }

    /** T, the number of timesteps of the forward process. */
    public int trainSteps() {
        return betas.length;
    }

    /** The variance that step {@code t} adds. */
    public double beta(int t) {
        return betas[t];
    }

    /** ᾱ at timestep {@code t}, 0 to T − 1. */
    public double alphaBar(int t) {
        if (t < 0 || t >= alphaBar.length) {
            throw new IllegalArgumentException("expected a timestep of 0 to " + (alphaBar.length - 1) + ", got " + t);
        }
        return alphaBar[t];
    }

    /** The same between timesteps too, where it follows from {@link #sigma}. */
    public double alphaBar(double t) {
        int whole = (int) t;
        return whole == t ? alphaBar(whole) : NoiseLevel.ofSigma(t, sigma(t)).alphaBar();
    }

    /** The noise at timestep {@code t}. */
    public NoiseLevel level(int t) {
        return new NoiseLevel(t, alphaBar(t));
    }

    /**
     * σ = √((1 − ᾱ) / ᾱ) at timestep {@code t}, 0 to T − 1, or linearly between two; finite also where ᾱ is 0.
     *
     * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, table 1
     */
    public double sigma(double t) {
        int low = (int) Math.floor(t);
        double from = wholeSigma(low);
        return low == t ? from : from + (t - low) * (wholeSigma(low + 1) - from);
    }

    private double wholeSigma(int t) {
        float kept = alphaBar(t) == 0 ? LEAST_ALPHA_BAR : alphaBar[t];
        return (float) Math.sqrt((1 - kept) / kept);
    }

    /**
     * The timestep, mostly between two whole ones, at which the noise is {@code sigma}, interpolated in log σ.
     *
     * @param sigma outside the schedule's range it is taken to lie at the end of it
     */
    public double timestepOf(double sigma) {
        double log = Math.log(sigma);
        int low = 0;
        int above = trainSteps() - 1;
        while (above - low > 1) {
            int middle = (low + above) / 2;
            if (logSigmas[middle] <= log) low = middle;
            else above = middle;
        }
        double share = (logSigmas[low] - log) / (logSigmas[low] - logSigmas[low + 1]);
        double high = Math.min(1, Math.max(0, share));
        return (1 - high) * low + high * (low + 1);
    }

    /** The level, mostly between two whole timesteps, at which the noise is {@code sigma}. */
    public NoiseLevel levelOf(double sigma) {
        return NoiseLevel.ofSigma((float) timestepOf(sigma), (float) sigma);
    }

    /** ᾱ / (1 − ᾱ) at timestep {@code t}, or between two. */
    public double snr(double t) {
        return alphaBar(t) / (1 - alphaBar(t));
    }

    /**
     * Draws from {@code q(xt | x0)}: √ᾱ x0 + √(1 − ᾱ) eps.
     *
     * @param x0 [batch, …]
     * @param eps [batch, …] standard normal noise
     * @param t [batch] timesteps, or times between them
     * @return [batch, …]
     */
    public Tensor addNoise(Tensor x0, Tensor eps, Tensor t) {
        Tensor alphaBar = alphaBar(t, x0);
        return alphaBar.sqrt().times(x0).plus(oneMinus(alphaBar).sqrt().times(eps));
    }

    /** √ᾱ eps − √(1 − ᾱ) x0; the arguments are those of {@link #addNoise}. */
    public Tensor velocity(Tensor x0, Tensor eps, Tensor t) {
        Tensor alphaBar = alphaBar(t, x0);
        return alphaBar.sqrt().times(eps).minus(oneMinus(alphaBar).sqrt().times(x0));
    }

    /** ᾱ of each sample, [batch, 1, …] of x's rank. */
    public Tensor alphaBar(Tensor t, Tensor x) {
        t.expect("", x.size(0));
        float[] times = t.toFloats();
        float[] values = new float[times.length];
        for (int i = 0; i < times.length; i++) values[i] = (float) alphaBar((double) times[i]);
        long[] shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        shape[0] = times.length;
        return Tensor.of(values, shape);
    }

    private static Tensor oneMinus(Tensor x) {
        return x.times(-1).plus(1);
    }
}
