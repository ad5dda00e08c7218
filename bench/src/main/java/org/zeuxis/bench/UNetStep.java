package org.zeuxis.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.UNetConfig;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Seconds for one step of Stable Diffusion 1's U-Net, random weights, two latents of 64 × 64 as guidance has them at 512 × 512 pixels;
 * {@code bench/peers/unet_step.py} is the peer.
 *
 * <pre>{@code
 * java -cp bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar org.zeuxis.bench.UNetStep BFLOAT16 5
 * }</pre>
 */
public final class UNetStep {
    private static final int BATCH = 2;
    private static final int SIZE = 64;
    private static final int TOKENS = 77;

    private UNetStep() {}

    /** Weights of about the size that a first draw has; 860 million random numbers would take longer than what is timed. */
    static void draw(Module unet, DType type) {
        Tensor some = Seed.of(1).randn(1 << 20).times(0.02).to(type);
        unet.parameters().values().forEach(p -> {
            long copies = p.count() / some.count() + 1;
            InPlace.become(
                    p,
                    some.repeat(copies)
                            .slice(0, 0, p.count())
                            .reshape(p.shape())
                            .copy());
        });
    }

    /** @param args the type to compute in, and how many steps to time */
    public static void main(String[] args) {
        DType type = DType.valueOf(args.length > 0 ? args[0] : "BFLOAT16");
        int steps = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        UNetConfig config = UNetConfig.STABLE_DIFFUSION_1;
        try (Gradients off = Gradients.off()) {
            DenoisingUNet unet = Initialization.skipped(10_000, 1L << 40, () -> new DenoisingUNet(config));
            draw(unet, type);
            unet.pack();
            Tensor x = Seed.of(2).randn(BATCH, config.inChannels(), SIZE, SIZE).to(type);
            Tensor tokens =
                    Seed.of(3).randn(BATCH, TOKENS, config.contextWidth()).to(type);
            Tensor t = Tensor.full(500, BATCH);
            List<Double> seconds = new ArrayList<>();
            for (int i = 0; i <= steps; i++) {
                long begin = System.nanoTime();
                try (Scope scope = new Scope()) {
                    unet.forward(x, t, tokens);
                }
                // the first one warms up
                if (i > 0) seconds.add((System.nanoTime() - begin) / 1e9);
            }
            seconds.sort(null);
            double median = seconds.get(steps / 2);
            double billions = UNetWork.of(config, BATCH, SIZE, TOKENS) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "{\"benchmark\": \"unet_step\", \"type\": \"%s\", \"seconds\": %.3f, \"best\": %.3f, \"gflop\": %.0f,"
                            + " \"gflop_per_second\": %.0f}%n",
                    type,
                    median,
                    seconds.get(0),
                    billions,
                    billions / median);
        }
    }
}
