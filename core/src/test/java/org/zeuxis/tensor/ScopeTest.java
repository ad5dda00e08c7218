package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class ScopeTest {
    private static boolean alive(Tensor x) {
        return !x.raw().isNull();
    }

    @Test
    void freesWhatWasMadeInside() {
        Tensor inside;
        try (Scope scope = new Scope()) {
            inside = Tensor.ones(3);
            assertThat(alive(inside)).isTrue();
        }
        assertThat(alive(inside)).isFalse();
    }

    @Test
    void sparesWhatWasMadeOutside() {
        Tensor outside = Tensor.ones(3);
        try (Scope scope = new Scope()) {
            outside.plus(1);
        }
        assertThat(outside.toFloats()).containsExactly(1, 1, 1);
    }

    @Test
    void keepsWithoutAnEnclosingScope() {
        Tensor kept;
        try (Scope scope = new Scope()) {
            kept = scope.keep(Tensor.ones(3).plus(1));
        }
        assertThat(kept.toFloats()).containsExactly(2, 2, 2);
    }

    @Test
    void handsWhatItKeepsToTheEnclosingScope() {
        Tensor kept;
        try (Scope outer = new Scope()) {
            try (Scope inner = new Scope()) {
                kept = inner.keep(Tensor.ones(3));
            }
            assertThat(kept.toFloats()).containsExactly(1, 1, 1);
        }
        assertThat(alive(kept)).isFalse();
    }

    @Test
    void replacesWhatALoopCarries() {
        Tensor x = Tensor.ones(3);
        for (int i = 0; i < 5; i++) {
            try (Scope scope = new Scope()) {
                Tensor old = x;
                x = scope.replace(x, x.times(2));
                assertThat(alive(old)).isFalse();
            }
        }
        assertThat(x.toFloats()).containsExactly(32, 32, 32);
    }

    @Test
    void outlivingTensorsBelongToNoScope() {
        Tensor x;
        try (Scope outer = new Scope();
                Scope inner = new Scope()) {
            x = Tensor.ones(3).outliving();
        }
        assertThat(x.toFloats()).containsExactly(1, 1, 1);
    }

    @Test
    void belongsToItsThread() throws InterruptedException {
        Tensor[] other = new Tensor[1];
        try (Scope scope = new Scope()) {
            Thread thread = new Thread(() -> other[0] = Tensor.ones(3));
            thread.start();
            thread.join();
        }
        assertThat(other[0].toFloats()).containsExactly(1, 1, 1);
    }

    @Test
    void freesWhenAnExceptionLeavesIt() {
        Tensor[] inside = new Tensor[1];
        try (Scope scope = new Scope()) {
            inside[0] = Tensor.ones(3);
            throw new IllegalStateException("on purpose");
        } catch (IllegalStateException expected) {
            assertThat(alive(inside[0])).isFalse();
        }
    }

    @Test
    void memoryStaysFlatOverManyTrainingSteps() {
        Tensor weight = Tensor.ones(1 << 20).recordGradient();
        long before = 0;
        for (int step = 0; step < 120; step++) {
            if (step == 20) before = Pointer.physicalBytes();
            try (Scope scope = new Scope()) {
                weight.times(3).square().mean().gradients(List.of(weight));
            }
        }
        // a step makes 12 MiB or more, so a hundred that leak would show as over a GiB
        assertThat(Pointer.physicalBytes() - before).isLessThan(256L << 20);
    }
}
