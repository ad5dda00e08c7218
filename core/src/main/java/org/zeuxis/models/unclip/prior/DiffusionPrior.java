package org.zeuxis.models.unclip.prior;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Removes the noise from an image embedding, step by step, as the caption has it; of several embeddings the one that is
 * nearest to the caption's stays.
 *
 * @param guidance how much closer to the caption than the network would go by itself; 1 is by itself
 * @param candidates of which one stays
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2, and Figure 2 below the dotted line
 */
public record DiffusionPrior(
        PriorTransformer network, SchedulerConfig scheduler, int steps, double guidance, int candidates)
        implements Prior {
    static final String NAME = "diffusion";

    private static final int PAPER_STEPS = 64;
    private static final int PAPER_CANDIDATES = 2;
    /** What a folder means that does not say its own. */
    public static final double KARLO_GUIDANCE = 4;

    public DiffusionPrior {
        if (candidates < 1) throw new IllegalArgumentException("expected at least 1 candidate, got " + candidates);
        scheduler.own().sampler(steps);
    }

    /** With the paper's 64 steps and two candidates, and Karlo's guidance. */
    public DiffusionPrior(PriorTransformer network, SchedulerConfig scheduler) {
        this(network, scheduler, PAPER_STEPS, KARLO_GUIDANCE, PAPER_CANDIDATES);
    }

    public DiffusionPrior withSteps(int number) {
        return new DiffusionPrior(network, scheduler, number, guidance, candidates);
    }

    @Override
    public Sampling own() {
        return new Sampling(steps, guidance, NAME);
    }

    @Override
    public DiffusionPrior with(Sampling asked) {
        return withSteps(asked.steps().orElse(steps))
                .withGuidance(asked.guidance().orElse(guidance));
    }

    @Override
    public DiffusionPrior withGuidance(double scale) {
        return new DiffusionPrior(network, scheduler, steps, scale, candidates);
    }

    @Override
    public DiffusionPrior withCandidates(int number) {
        return new DiffusionPrior(network, scheduler, steps, guidance, number);
    }

    /** That of an image embedding, as its numbers vary about their means. */
    public double length() {
        return network.length();
    }

    @Override
    public int width() {
        return network.config().width();
    }

    @Override
    public Tensor imageEmbeddings(EncodedText text, EncodedText none, Seed seed, Progress progress) {
        network.expectOpen();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            EncodedText each = text.repeated(candidates);
            Tensor xT = seed.randn(each.batch(), width());
            Scheduler sampling = scheduler.own();
            boolean guided = guidance != 1;
            try (PriorTransformer.Reading read =
                    network.read(guided ? none.repeated(candidates).and(each) : each)) {
                Denoiser plain = sampling.denoiser(read::forward);
                Denoiser denoiser = guided ? Guidance.batched(plain, guidance) : plain;
                Tensor x0 = sampling.sampler(steps)
                        .sample(
                                sampling.thresholding().apply(denoiser),
                                sampling.schedule(),
                                Start.noise(xT),
                                seed,
                                progress);
                return scope.keep(Candidates.nearest(network.unscaled(x0), text.embedding()));
            }
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
