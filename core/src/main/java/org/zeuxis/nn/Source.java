package org.zeuxis.nn;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Seed;

/** Where this thread's new parameters come from: a seed, or nowhere. */
final class Source {
    private static final ThreadLocal<Optional<Seed>> CURRENT = ThreadLocal.withInitial(() -> Optional.of(Seed.of(0)));

    private Source() {}

    static @Nullable Seed current() {
        return CURRENT.get().orElse(null);
    }

    static <M> M during(@Nullable Seed seed, Supplier<M> make) {
        Optional<Seed> before = CURRENT.get();
        CURRENT.set(Optional.ofNullable(seed));
        try {
            return make.get();
        } finally {
            CURRENT.set(before);
        }
    }
}
