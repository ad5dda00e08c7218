package org.zeuxis.nn;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Seed;

/** Where this thread's new parameters come from, a seed or nowhere, and how many there may be. */
final class Source {
    /** Eight thousand million: more than are trained here. Whoever asks for more has mistyped. */
    private static final long MOST_NUMBERS = 1L << 33;
    /** A hundred thousand parameters are a hundred times those of the largest model. */
    private static final long MOST_TENSORS = 100_000;

    private static final ThreadLocal<Source> CURRENT =
            ThreadLocal.withInitial(() -> new Source(Seed.of(0), Long.MAX_VALUE, Long.MAX_VALUE));

    private final @Nullable Seed seed;
    private final long mostTensors;
    private final long mostNumbers;
    private long tensors;
    private long numbers;

    private Source(@Nullable Seed seed, long mostTensors, long mostNumbers) {
        this.seed = seed;
        this.mostTensors = mostTensors;
        this.mostNumbers = mostNumbers;
    }

    /** The seed for a parameter of this shape; null if it is left as the memory comes. */
    static @Nullable Seed forOne(long... shape) {
        Source source = CURRENT.get();
        source.count(shape);
        return source.seed;
    }

    private void count(long... shape) {
        try {
            for (long extent : shape) {
                if (extent < 0) throw new IllegalArgumentException("expected extents of at least 0, got " + extent);
            }
            numbers = Math.addExact(numbers, Arrays.stream(shape).reduce(1, Math::multiplyExact));
        } catch (ArithmeticException e) {
            numbers = Long.MAX_VALUE;
        }
        if (++tensors <= mostTensors && numbers <= mostNumbers) return;
        throw new IllegalArgumentException("expected a model of at most " + mostTensors + " parameters with "
                + mostNumbers + " numbers in all, but its configuration asks for more; check its widths and layers");
    }

    static <M> M during(Seed seed, Supplier<M> make) {
        return during(new Source(seed, MOST_TENSORS, MOST_NUMBERS), make);
    }

    static <M> M nowhere(long mostTensors, long mostNumbers, Supplier<M> make) {
        return during(new Source(null, mostTensors, mostNumbers), make);
    }

    private static <M> M during(Source source, Supplier<M> make) {
        Source before = CURRENT.get();
        CURRENT.set(source);
        try {
            return make.get();
        } finally {
            CURRENT.set(before);
        }
    }
}
