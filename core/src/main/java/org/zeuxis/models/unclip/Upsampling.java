package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Inpainting;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Pixels;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * An upsampler with how it is sampled: from a picture to a larger one.
 *
 * @param network of all steps, or of all but the last
 * @param last of the last step; null if {@code network} takes that too
 * @param factor by which pictures grow
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
public record Upsampling(Upsampler network, @Nullable Upsampler last, SchedulerConfig scheduler, int factor)
        implements AutoCloseable {
    private static final int KARLO_STEPS = 7;
    private static final int PAPER_STEPS = 27;
    private static final int PAPER_STEPS_LARGE = 15;
    private static final int LARGE = 512;

    public Upsampling {
        if (factor < 2) throw new IllegalArgumentException("expected to enlarge at least twice, got " + factor);
    }

    /** Opens a folder that {@link #save} wrote, to compute in what is {@linkplain DType#fastest fastest}. */
    public static Upsampling load(Path folder) throws IOException {
        return load(folder, DType.fastest());
    }

    /** The same, to compute in {@code type}. */
    public static Upsampling load(Path folder, DType type) throws IOException {
        return UnClipFolder.upsampling(ModelFolder.open(folder), type);
    }

    /** Writes a pipeline's folder that holds nothing else. */
    public void save(Path folder) throws IOException {
        UnClipFolder.saveUpsampling(this, folder);
    }

    /** Height and columns of the pictures it was made for. */
    public int size() {
        return network.config().size();
    }

    /** Pictures whose height and columns are multiples of this can be enlarged: the network halves them so often. */
    int grain() {
        int halvings = network.config().unet().levels().size() - 1;
        return Math.max(1, (1 << halvings) / factor);
    }

    /** What it is sampled by unless another is asked for: the published scheduler, or the paper's DDIM with few steps. */
    public Sampling own() {
        boolean karlo = scheduler.className().equals("UnCLIPScheduler");
        int steps = karlo ? KARLO_STEPS : size() < LARGE ? PAPER_STEPS : PAPER_STEPS_LARGE;
        return new Sampling(steps, 1, scheduler.sampler());
    }

    /**
     * @param small pictures of −1 to 1, [batch, 3, height, columns]
     * @return [batch, 3, factor · height, factor · columns], −1 to 1
     */
    public Tensor enlarge(Tensor small, Sampling asked, Seed seed, Progress progress) {
        return enlarge(small, null, asked, seed, progress);
    }

    /** The same with a part of the large pictures known; null if nothing is. */
    Tensor enlarge(Tensor small, @Nullable KnownPart part, Sampling asked, Seed seed, Progress progress) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Sampling full = asked.or(own());
            Scheduler sampling = scheduler.named(full.sampler());
            Tensor beside = small.resizeBicubic(factor * small.size(2), factor * small.size(3));
            Tensor xT = seed.randn(beside.shape());
            Inpainting.Known known = part == null ? null : part.under(xT);
            Denoiser denoiser =
                    sampling.thresholding().apply(Denoiser.of((x, t) -> predict(x, t, beside), sampling.predicts()));
            Tensor x0 = sampling.sampler(full.steps().orElseThrow())
                    .sample(
                            known == null ? denoiser : new Inpainting(denoiser, known),
                            sampling.schedule(),
                            Start.noise(xT),
                            seed,
                            progress);
            Tensor whole = known == null ? x0 : known.in(x0);
            return scope.keep(whole.clamp(-1, 1));
        }
    }

    /** The same of one picture, as the model samples by itself. */
    public Image enlarged(Image small, Seed seed) {
        try (Scope scope = new Scope()) {
            Tensor pixels = Normalize.TO_ONE.apply(List.of(small.over(255, 255, 255)));
            return Pixels.toImages(enlarge(pixels, Sampling.OWN, seed, Progress.NONE))
                    .get(0);
        }
    }

    /** As published, the other network is asked at timestep 0. */
    private Tensor predict(Tensor x, Tensor t, Tensor small) {
        if (last != null && t.toFloats()[0] == 0) return last.forward(x, t, small);
        return network.forward(x, t, small);
    }

    @Override
    public void close() {
        network.close();
        if (last != null) last.close();
    }
}
