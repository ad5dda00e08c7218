package org.zeuxis.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Both towers of CLIP at their published sizes, with random weights. The columns to read are {@code images} and
 * {@code texts}, which are per second; {@code bench/peers/clip_inference.py} is the peer.
 *
 * <pre>{@code
 * java -jar bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar ClipBenchmark -p model=VIT_B_32 -p type=BFLOAT16
 * }</pre>
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1, time = 5)
@Measurement(iterations = 3, time = 5)
@Fork(value = 1, jvmArgs = "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0")
@State(org.openjdk.jmh.annotations.Scope.Thread)
public class ClipBenchmark {
    private static final int BATCH = 32;
    private static final int LAST_TOKEN = 49407;

    /** Published sizes. */
    public enum Size {
        VIT_B_32(
                ClipVisionModel.Config.VIT_B_32,
                new ClipTextModel.Config(49408, 77, 512, 12, 8, 2048, Activation.QUICK_GELU, LAST_TOKEN),
                512),
        VIT_L_14(ClipVisionModel.Config.VIT_L_14, ClipTextModel.Config.VIT_L_14, 768);

        private final Clip.Config config;

        Size(ClipVisionModel.Config vision, ClipTextModel.Config text, int width) {
            config = new Clip.Config(text, vision, width);
        }
    }

    @Param({"VIT_B_32", "VIT_L_14"})
    public Size model = Size.VIT_B_32;

    @Param({"FLOAT32", "BFLOAT16"})
    public DType type = DType.FLOAT32;

    private Clip clip = new Clip(TINY);
    private Tensor pixels = Tensor.scalar(0);
    private Tensor ids = pixels;
    private Gradients gradients = Gradients.off();

    private static final Clip.Config TINY = new Clip.Config(
            new ClipTextModel.Config(8, 4, 8, 1, 1, 8, Activation.QUICK_GELU, 7),
            new ClipVisionModel.Config(8, 8, 8, 1, 1, 8, Activation.QUICK_GELU),
            8);

    /** Work done, which the harness divides by the time. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(org.openjdk.jmh.annotations.Scope.Thread)
    public static class Work {
        public double images;
        public double texts;
    }

    @Setup
    public void draw() {
        gradients = Gradients.off();
        clip = Initialization.seeded(Seed.of(1), () -> new Clip(model.config));
        clip.to(type);
        clip.pack();
        pixels = Seed.of(2).randn(BATCH, 3, 224, 224).to(type);
        long[] tokens = new long[BATCH * 77];
        Arrays.fill(tokens, LAST_TOKEN);
        for (int row = 0; row < BATCH; row++) {
            for (int i = 0; i < 38; i++) tokens[row * 77 + i] = 3 + (row * 977 + i * 131) % 49_000;
        }
        ids = Tensor.of(tokens, BATCH, 77);
    }

    /** Says how much memory the process has had at its most, where Linux tells. */
    @TearDown
    public void tell() throws IOException {
        gradients.close();
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return;
        for (String line : Files.readAllLines(status)) if (line.startsWith("VmHWM")) System.out.println(line);
    }

    @Benchmark
    public double images(Work work) {
        try (Scope scope = new Scope()) {
            clip.embedImages(pixels);
            return work.images += BATCH;
        }
    }

    @Benchmark
    public double texts(Work work) {
        try (Scope scope = new Scope()) {
            clip.embedText(ids);
            return work.texts += BATCH;
        }
    }
}
