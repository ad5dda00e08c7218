package org.zeuxis.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.models.unclip.Decoder;
import org.zeuxis.models.unclip.Upsampler;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.models.unclip.prior.PriorTransformer;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;

/**
 * Seconds and memory for a stage of unCLIP at Karlo's size, in a folder that {@code tools/golden/real_size_unclip.py} wrote: all 25
 * steps of the prior, one evaluation of the decoder or an upsampler; {@code bench/peers/unclip_stage.py} is the peer.
 *
 * <pre>{@code
 * java -cp bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar org.zeuxis.bench.UnClipStage FOLDER decoder BFLOAT16 3
 * }</pre>
 */
public final class UnClipStage {
    private static final int TOKENS = 77;
    private static final int STEPS = 25;
    private static final double GUIDANCE = 4;
    private static final int WIDTH = 768;
    private static final int TOKEN_WIDTH = 1536;
    private static final int TIME_WIDTH = 1280;

    private UnClipStage() {}

    private static Supplier<Tensor> stage(Path folder, String part, DType type) throws IOException {
        Seed seed = Seed.of(1);
        return switch (part) {
            case "prior" -> {
                PriorTransformer network = ((DiffusionPrior)
                                Prior.all(ModelFolder.open(folder), type).get(0))
                        .network();
                EncodedText both = new EncodedText(
                        seed.randn(2, WIDTH),
                        seed.randn(2, TOKENS, WIDTH),
                        Tensor.ones(2, TOKENS).to(DType.BOOL));
                Tensor x = seed.randn(1, WIDTH);
                yield () -> {
                    Tensor last = x;
                    try (PriorTransformer.Reading read = network.read(both)) {
                        for (int i = 0; i < STEPS; i++) {
                            List<Tensor> halves = read.forward(Tensor.cat(0, last, last), Tensor.full(STEPS - i, 2))
                                    .chunk(2, 0);
                            last = halves.get(0)
                                    .plus(halves.get(1).minus(halves.get(0)).times(GUIDANCE));
                        }
                    }
                    return last;
                };
            }
            case "decoder" -> {
                Decoder network = Decoder.load(ModelFolder.open(folder.resolve(part)), type);
                int size = network.config().size();
                Tensor x = seed.randn(2, 3, size, size);
                int tokens = TOKENS + 4;
                Conditioning told = new Conditioning(
                        seed.randn(2, TIME_WIDTH).to(type),
                        seed.randn(2, tokens, TOKEN_WIDTH).to(type),
                        Tensor.ones(2, tokens).to(DType.BOOL));
                yield () -> network.forward(x, Tensor.full(500, 2), told);
            }
            default -> {
                Upsampler network = Upsampler.load(ModelFolder.open(folder.resolve(part)), type);
                int size = network.config().size();
                Tensor x = seed.randn(1, 3, size, size);
                yield () -> network.forward(x, Tensor.full(500, 1), x);
            }
        };
    }

    /** @param args the folder, the part, the type to compute in, and how many times */
    public static void main(String[] args) throws IOException {
        DType type = DType.valueOf(args.length > 2 ? args[2] : "BFLOAT16");
        int times = args.length > 3 ? Integer.parseInt(args[3]) : 3;
        try (Gradients off = Gradients.off()) {
            Supplier<Tensor> stage = stage(Path.of(args[0]), args[1], type);
            List<Double> seconds = new ArrayList<>();
            for (int i = 0; i <= times; i++) {
                long begin = System.nanoTime();
                try (Scope scope = new Scope()) {
                    Tensor result = stage.get();
                    if (!result.allFinite()) throw new IllegalStateException("expected finite numbers");
                }
                // the first one warms up
                if (i > 0) seconds.add((System.nanoTime() - begin) / 1e9);
            }
            seconds.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "{\"benchmark\": \"unclip_stage\", \"part\": \"%s\", \"type\": \"%s\", \"seconds\": %.3f, \"best\": %.3f,"
                            + " \"peak_mib\": %d}%n",
                    args[1],
                    type,
                    seconds.get(times / 2),
                    seconds.get(0),
                    PeakMemory.bytes() >> 20);
        }
    }
}
