package org.zeuxis.tensor;

import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Frees every tensor created on this thread since it was opened, except those {@linkplain #keep kept}.
 *
 * <p>Open one around a training step, a sampler step, an evaluation batch. Scopes nest, and belong to the thread that
 * opened them.
 */
public final class Scope implements AutoCloseable {
    private final @Nullable PointerScope parent = PointerScope.getInnerScope();
    private final PointerScope scope = new PointerScope();

    /** Hands {@code x} to the enclosing scope, or to the garbage collector if there is none. */
    public Tensor keep(Tensor x) {
        // detach releases one reference, so the new owner must hold its own first
        if (parent != null) parent.attach(x.raw());
        else x.raw().retainReference();
        scope.detach(x.raw());
        return x;
    }

    /** What {@code layer} makes of {@code x}; all else that it computes goes as soon as it is done. */
    static Tensor around(UnaryOperator<Tensor> layer, Tensor x) {
        try (Scope scope = new Scope()) {
            Tensor y = layer.apply(x);
            return y == x ? x : scope.keep(y);
        }
    }

    /** {@linkplain #keep Keeps} {@code next} and frees {@code old}, which an earlier scope kept: for what a loop carries. */
    public Tensor replace(Tensor old, Tensor next) {
        keep(next);
        if (old != next) old.raw().deallocate();
        return next;
    }

    /** Takes {@code x} out of every scope: it lives as long as the program can reach it. */
    static <P extends Pointer> P outlive(P x) {
        PointerScope inner = PointerScope.getInnerScope();
        if (inner != null) {
            x.retainReference();
            inner.detach(x);
        }
        return x;
    }

    @Override
    public void close() {
        scope.close();
    }
}
