package org.zeuxis.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
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
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Attention without gradients: its formula operation by operation, LibTorch's kernel, and ours. The column to read is
 * {@code gflop}, which is per second. Nothing else should run meanwhile.
 *
 * <pre>{@code
 * mvn -q -B -pl bench -am package -DskipTests
 * java -jar bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar Attention
 * }</pre>
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0")
@State(org.openjdk.jmh.annotations.Scope.Thread)
public class AttentionBenchmark {
    /** Batch x heads x queries x keys x head width: latents, a lower level, their text, a vision transformer. */
    @Param({"2x8x4096x4096x40", "2x8x1024x1024x80", "2x8x4096x77x40", "64x12x50x50x64"})
    public String shape = "";

    @Param({"FLOAT32", "BFLOAT16"})
    public DType type = DType.FLOAT32;

    private double billions;
    private double scale;
    private Tensor q = Tensor.scalar(0);
    private Tensor k = q;
    private Tensor v = q;
    private org.bytedeco.pytorch.Tensor rawQ = new org.bytedeco.pytorch.Tensor();
    private org.bytedeco.pytorch.Tensor rawK = rawQ;
    private org.bytedeco.pytorch.Tensor rawV = rawQ;
    private Gradients gradients = Gradients.off();

    /** Work done, which the harness divides by the time. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(org.openjdk.jmh.annotations.Scope.Thread)
    public static class Work {
        public double gflop;
    }

    @Setup
    public void draw() {
        gradients = Gradients.off();
        long[] s =
                Arrays.stream(shape.split("x", -1)).mapToLong(Long::parseLong).toArray();
        billions = 4e-9 * s[0] * s[1] * s[2] * s[3] * s[4];
        scale = 1 / Math.sqrt(s[4]);
        q = Seed.of(1).randn(s[0], s[1], s[2], s[4]).to(type);
        k = Seed.of(2).randn(s[0], s[1], s[3], s[4]).to(type);
        v = Seed.of(3).randn(s[0], s[1], s[3], s[4]).to(type);
        ScalarType raw = type == DType.FLOAT32 ? ScalarType.Float : ScalarType.BFloat16;
        rawQ = torch.randn(q.shape()).to(raw);
        rawK = torch.randn(k.shape()).to(raw);
        rawV = torch.randn(v.shape()).to(raw);
    }

    @TearDown
    public void restore() {
        gradients.close();
    }

    @Benchmark
    public double formula(Work work) {
        try (Scope scope = new Scope()) {
            Tensor weights = q.times(scale).matmul(k.transpose(2, 3)).softmax(-1);
            weights.matmul(v);
            return work.gflop += billions;
        }
    }

    @Benchmark
    public double libtorch(Work work) {
        try (Scope scope = new Scope()) {
            torch.scaled_dot_product_attention(rawQ, rawK, rawV);
            return work.gflop += billions;
        }
    }

    @Benchmark
    public double zeuxis(Work work) {
        try (Scope scope = new Scope()) {
            Tensor.attention(q, k, v);
            return work.gflop += billions;
        }
    }
}
