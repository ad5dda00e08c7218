package org.zeuxis.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * A source of random numbers of its own: the same number gives the same draws in every process, whatever the thread count
 * and whatever ran before, and the same as {@code torch.Generator("cpu").manual_seed(n)} gives in Python.
 *
 * <p>It has a position: each draw moves it on. Not for use by several threads at once.
 */
public final class Seed {
    private final long number;
    private final Generator generator;

    private Seed(long number) {
        Engine.start();
        this.number = number;
        generator = torch.createCPUGenerator(number);
        Scope.outlive(generator);
    }

    public static Seed of(long number) {
        return new Seed(number);
    }

    /** The seed of one step or item of something seeded with {@code number}: far apart for near arguments. */
    public static Seed of(long number, long step) {
        return new Seed(mix(number, step));
    }

    /** A well-mixed 63-bit number of two others (the finaliser of SplitMix64). */
    public static long mix(long number, long step) {
        long z = number * 0x9E3779B97F4A7C15L + step * 0xD1B54A32D192ED03L + 0x632BE59BD9B4E019L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return (z ^ z >>> 31) >>> 1;
    }

    /** The number this was made from. */
    public long number() {
        return number;
    }

    /** Standard normal numbers, float32. */
    public Tensor randn(long... shape) {
        return new Tensor(torch.randn(shape, optional(), new TensorOptions(DType.FLOAT32.raw))).to(Device.current());
    }

    /** Numbers uniform in [0, 1), float32. */
    public Tensor rand(long... shape) {
        return new Tensor(torch.rand(shape, optional(), new TensorOptions(DType.FLOAT32.raw))).to(Device.current());
    }

    /** Whole numbers uniform in [low, high), int64. */
    public Tensor randint(long low, long high, long... shape) {
        return new Tensor(torch.randint(low, high, shape, optional(), new TensorOptions(DType.INT64.raw)))
                .to(Device.current());
    }

    /** The whole numbers below {@code n} in random order, int64. */
    public Tensor randperm(long n) {
        return new Tensor(torch.randperm(n, optional(), new TensorOptions(DType.INT64.raw))).to(Device.current());
    }

    private GeneratorOptional optional() {
        return new GeneratorOptional(generator);
    }
}
