package org.zeuxis.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.zeuxis.config.Config;
import org.zeuxis.models.imagen.ImagenUNet;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Seconds for one step of a stage of DeepFloyd, random weights, two pictures under a text of 77 tokens, as guidance has them, read
 * beforehand; {@code bench/peers/imagen_step.py} is the peer, which reads it anew at every step.
 *
 * <pre>{@code
 * java -cp bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar org.zeuxis.bench.ImagenStep bench/peers/if-i-m.json BFLOAT16 3
 * }</pre>
 */
public final class ImagenStep {
    private static final int BATCH = 2;
    private static final int TOKENS = 77;

    private ImagenStep() {}

    /** @param args the network's {@code config.json}, the type to compute in, and how many steps to time */
    public static void main(String[] args) throws IOException {
        DType type = DType.valueOf(args.length > 1 ? args[1] : "BFLOAT16");
        int steps = args.length > 2 ? Integer.parseInt(args[2]) : 3;
        ImagenUNet.Config config = ImagenUNet.Config.from(Config.read(Path.of(args[0])));
        try (Gradients off = Gradients.off()) {
            ImagenUNet unet = Initialization.skipped(10_000, 1L << 40, () -> new ImagenUNet(config));
            UNetStep.draw(unet, type);
            unet.pack();
            Tensor x = Seed.of(2)
                    .randn(BATCH, config.unet().inChannels(), config.size(), config.size())
                    .to(type);
            Tensor text = Seed.of(3).randn(BATCH, TOKENS, config.textWidth()).to(type);
            Tensor t = Tensor.full(500, BATCH);
            Tensor level = config.hearsNoise() ? Tensor.full(250, BATCH) : null;
            ImagenUNet.Reading read = unet.read(text);
            List<Double> seconds = new ArrayList<>();
            for (int i = 0; i <= steps; i++) {
                long begin = System.nanoTime();
                try (Scope scope = new Scope()) {
                    unet.forward(x, t, read, level);
                }
                // the first one warms up
                if (i > 0) seconds.add((System.nanoTime() - begin) / 1e9);
            }
            seconds.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "{\"benchmark\": \"imagen_step\", \"parameters\": %d, \"type\": \"%s\", \"seconds\": %.3f, \"best\": %.3f}%n",
                    unet.parameterCount(),
                    type,
                    seconds.get(steps / 2),
                    seconds.get(0));
        }
    }
}
