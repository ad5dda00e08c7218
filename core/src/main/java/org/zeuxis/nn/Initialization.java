package org.zeuxis.nn;

import java.util.function.Supplier;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** How a new parameter is drawn. */
@FunctionalInterface
public interface Initialization {
    Tensor draw(Seed seed, long... shape);

    static Initialization zeros() {
        return (seed, shape) -> Tensor.zeros(shape);
    }

    static Initialization ones() {
        return (seed, shape) -> Tensor.ones(shape);
    }

    static Initialization constant(double value) {
        return (seed, shape) -> Tensor.full(value, shape);
    }

    static Initialization normal(double deviation) {
        return (seed, shape) -> seed.randn(shape).times(deviation);
    }

    /** Uniform in [−1/√fanIn, 1/√fanIn): what PyTorch gives to linear and convolution layers. */
    static Initialization fanIn(long fanIn) {
        return uniform(1 / Math.sqrt(fanIn));
    }

    /** Uniform in [−bound, bound). */
    static Initialization uniform(double bound) {
        return (seed, shape) -> seed.rand(shape).times(2 * bound).minus(bound);
    }

    /** Makes a module whose parameters all come from one seed. */
    static <M> M seeded(Seed seed, Supplier<M> make) {
        return Source.during(seed, make);
    }

    /** Makes a module whose parameters have a shape but no memory: every one is about to be loaded. */
    static <M> M skipped(Supplier<M> make) {
        return skipped(Long.MAX_VALUE, Long.MAX_VALUE, make);
    }

    /**
     * The same within limits, as a configuration may ask for any size.
     *
     * @throws IllegalArgumentException if it has more parameters, or more numbers in them all
     */
    static <M> M skipped(long mostTensors, long mostNumbers, Supplier<M> make) {
        return Source.nowhere(mostTensors, mostNumbers, make);
    }

    /** Draws as this thread is told to by {@link #seeded} or {@link #skipped}; else from seed 0. */
    static Tensor draw(Initialization init, long... shape) {
        Seed seed = Source.forOne(shape);
        return seed == null ? Tensor.placeholder(DType.FLOAT32, shape) : init.draw(seed, shape);
    }
}
