package org.zeuxis.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.zeuxis.models.t5.T5Encoder;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Packing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Seconds for a prompt and the empty one in the encoder of a T5 v1.1, random weights, 77 tokens each as DeepFloyd reads them, and how near
 * the states of its tokens come to those in float32; {@code bench/peers/t5_encoding.py} is the peer.
 *
 * <pre>{@code
 * java -cp bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar org.zeuxis.bench.T5Encoding SMALL INT8 5
 * }</pre>
 */
public final class T5Encoding {
    private static final int BATCH = 2;
    private static final int TOKENS = 77;

    private T5Encoding() {}

    private static T5Encoder drawn(T5Encoder.Config config) {
        return Initialization.seeded(Seed.of(1), () -> new T5Encoder(config));
    }

    private static T5Encoder in(DType type, T5Encoder.Config config) {
        T5Encoder encoder = drawn(config);
        encoder.to(type == DType.INT8 ? DType.fastest() : type);
        encoder.fillAndPack((key, parameter) -> {}, type == DType.INT8 ? Packing.INT8 : Packing.FASTEST);
        return encoder;
    }

    /** Of each token's state with the expected one, [batch, tokens, 1]. */
    private static Tensor cosines(Tensor states, Tensor expected) {
        Tensor a = states.to(DType.FLOAT32);
        Tensor lengths = a.square().mean(2).times(expected.square().mean(2)).sqrt();
        return a.times(expected).mean(2).over(lengths);
    }

    /** @param args SMALL, LARGE or XXL, the type it is kept in, and how many times */
    public static void main(String[] args) {
        String size = args.length > 0 ? args[0] : "LARGE";
        DType type = DType.valueOf(args.length > 1 ? args[1] : "BFLOAT16");
        int times = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        T5Encoder.Config config = switch (size) {
            case "SMALL" -> T5Encoder.Config.SMALL;
            case "LARGE" -> T5Encoder.Config.LARGE;
            case "XXL" -> T5Encoder.Config.XXL;
            default -> throw new IllegalArgumentException("expected SMALL, LARGE or XXL, got " + size);
        };
        try (Gradients off = Gradients.off()) {
            Tensor ids = Seed.of(2).randint(3, config.vocabulary() - 100, BATCH, TOKENS);
            Tensor words = Tensor.ones(BATCH, TOKENS).to(DType.BOOL);
            Tensor expected;
            try (T5Encoder whole = drawn(config)) {
                expected = whole.forward(ids, words);
            }
            T5Encoder encoder = in(type, config);
            List<Double> seconds = new ArrayList<>();
            Tensor cosines = Tensor.ones(1);
            for (int i = 0; i <= times; i++) {
                long begin = System.nanoTime();
                try (Scope scope = new Scope()) {
                    Tensor states = encoder.forward(ids, words);
                    // the first one warms up
                    if (i > 0) seconds.add((System.nanoTime() - begin) / 1e9);
                    else cosines = scope.keep(cosines(states, expected));
                }
            }
            seconds.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "{\"benchmark\": \"t5_encoding\", \"size\": \"%s\", \"type\": \"%s\", \"seconds\": %.3f, \"best\": %.3f,"
                            + " \"cosine\": %.6f, \"worst\": %.6f}%n",
                    size,
                    type,
                    seconds.get(times / 2),
                    seconds.get(0),
                    cosines.mean().item(),
                    -cosines.negate().max());
        }
    }
}
