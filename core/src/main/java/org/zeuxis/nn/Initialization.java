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

    /**
     * Uniform in [−√3/√fanIn, √3/√fanIn), which keeps the variance of what goes through. Along a path without a norm, such as the skips
     * of an autoencoder, a third of it, as PyTorch draws, leaves little of a colour.
     *
     * @see <a href="https://arxiv.org/abs/1502.01852">Delving deep into rectifiers</a>, section 2.2
     */
    static Initialization keepingVariance(long fanIn) {
        Initialization third = fanIn(fanIn);
        return (seed, shape) -> third.draw(seed, shape).times(Math.sqrt(3));
    }

    /**
     * Zero, for what ends a residual branch, so that a network begins as the identity of its skips. Its numbers are drawn all
     * the same: what is drawn later does not depend on it.
     *
     * @see <a href="https://arxiv.org/abs/1901.09321">Fixup initialization</a>
     */
    default Initialization silent() {
        return (seed, shape) -> {
            draw(seed, shape);
            return Tensor.zeros(shape);
        };
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
