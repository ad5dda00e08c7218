package org.zeuxis.tensor;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.global.torch;

/**
 * While one is open on this thread, layers that ask for it keep their input alone and compute the rest again when
 * gradients pass back through them: the activations of one layer in memory instead of all, for one more forward pass.
 *
 * @see <a href="https://arxiv.org/abs/1604.06174">Training deep nets with sublinear memory cost</a>
 */
public final class Recomputation implements AutoCloseable {
    private static final ThreadLocal<Boolean> WANTED = ThreadLocal.withInitial(() -> false);

    private final boolean before = WANTED.get();

    private Recomputation() {
        WANTED.set(true);
    }

    /** {@code try (Recomputation on = Recomputation.on()) { … }}, with forward and backward pass inside one {@link Scope}. */
    public static Recomputation on() {
        return new Recomputation();
    }

    /**
     * What a layer makes of {@code x}. While no gradients are recorded nothing it computed on the way outlasts it, so that a
     * model needs the memory of its largest layer, and that stays in the processor's caches.
     *
     * @param layer gives a tensor of its input's shape, the same whenever it is asked
     * @throws IllegalStateException if it is to be computed again, but no {@link Scope} is open that ends after that
     */
    public static Tensor of(UnaryOperator<Tensor> layer, Tensor x) {
        if (!Gradients.recorded() || !WANTED.get() || !x.requiresGrad()) return within(layer, x);
        if (PointerScope.getInnerScope() == null) {
            throw new IllegalStateException(
                    "expected a scope around forward and backward pass, got none; open one around the training step");
        }
        Tensor y;
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            y = scope.keep(uncached(() -> layer.apply(x.detach())));
        }
        // a copy whose values are those of y, so that what comes back to x is the gradient at y, for the hook to change
        Tensor z = x.to(y.dtype()).copy();
        InPlace.assign(z, y.expect("", x.shape()));
        z.raw().register_hook(new Again(layer, x));
        return z;
    }

    /**
     * What a block, which may change the shape, makes of {@code x}. While no gradients are recorded nothing it computed on the way
     * outlasts it; while they are, all of it is kept.
     */
    public static Tensor within(UnaryOperator<Tensor> block, Tensor x) {
        return Gradients.recorded() ? block.apply(x) : Scope.around(block, x);
    }

    /** The same of what nothing else has need of: while no gradients are recorded it goes too. */
    public static Tensor using(UnaryOperator<Tensor> block, Tensor x) {
        if (Gradients.recorded()) return block.apply(x);
        Tensor y = Scope.around(block, x);
        if (y != x) x.free();
        return y;
    }

    /** The same of two; while no gradients are recorded these go too, of which nothing else has need. */
    public static Tensor using(BinaryOperator<Tensor> block, Tensor x, Tensor skip) {
        if (Gradients.recorded()) return block.apply(x, skip);
        Tensor y = using(z -> block.apply(z, skip), x);
        if (y != skip) skip.free();
        return y;
    }

    /**
     * What {@code blocks} make of {@code x} one after the other. While no gradients are recorded each leaves nothing behind but its
     * result, and that goes as soon as the next one has its own.
     */
    public static Tensor through(List<UnaryOperator<Tensor>> blocks, Tensor x) {
        Tensor y = x;
        for (UnaryOperator<Tensor> block : blocks) {
            Tensor next = within(block, y);
            if (y != x && y != next && !Gradients.recorded()) y.free();
            y = next;
        }
        return y;
    }

    /** Without remembering weights cast under {@link Autocast}: cast without gradients, they would be cut off from them. */
    private static Tensor uncached(Supplier<Tensor> pass) {
        boolean remembers = torch.is_autocast_cache_enabled();
        torch.set_autocast_cache_enabled(false);
        try {
            return pass.get();
        } finally {
            torch.set_autocast_cache_enabled(remembers);
        }
    }

    @Override
    public void close() {
        WANTED.set(before);
    }

    /** Turns the gradient at a layer's result into the one at its input, and adds those of its parameters. */
    private static final class Again extends TensorTensorHook {
        private final UnaryOperator<Tensor> layer;
        private final Tensor x;
        private final boolean bfloat16 = Autocast.isOn();

        Again(UnaryOperator<Tensor> layer, Tensor x) {
            this.layer = layer;
            this.x = x;
        }

        @Override
        public TensorBase call(TensorBase gradient) {
            try (Gradients on = Gradients.on();
                    Scope scope = new Scope()) {
                Tensor input = x.detach().recordGradient();
                Tensor y = bfloat16 ? cast(input) : layer.apply(input);
                y.backward(new Tensor(new org.bytedeco.pytorch.Tensor(gradient)));
                Tensor passed = input.grad();
                if (passed == null) throw new IllegalStateException("expected a layer that depends on its input");
                return scope.keep(passed.to(y.dtype())).raw();
            }
        }

        private Tensor cast(Tensor input) {
            try (Autocast cast = Autocast.bfloat16()) {
                return layer.apply(input);
            }
        }
    }
}
