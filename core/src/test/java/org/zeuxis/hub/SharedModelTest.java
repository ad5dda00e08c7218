package org.zeuxis.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zeuxis.models.clip.ClipFolder;

@Timeout(60)
class SharedModelTest {
    private static final String CLIP = Path.of("src/test/resources/golden/tiny-open-flamingo-gpt-neox/clip")
            .toString();

    @Test
    void aNamedModelIsOpenedOnceAndClosedWithIt() {
        SharedModel<ClipFolder> shared = SharedModel.named(CLIP, ClipFolder.class);
        assertThat(shared.name()).isEqualTo(CLIP);
        ClipFolder first = shared.use(clip -> clip);
        assertThat(shared.<ClipFolder>use(clip -> clip)).isSameAs(first);
        shared.close();
        assertThatThrownBy(() -> first.embedTexts(List.of("a dog"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> shared.use(clip -> clip))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expected the model " + CLIP + " to be open, got one that is closed; make another");
        shared.close();
    }

    @Test
    void aModelThatWasGivenStaysOpen() throws IOException {
        try (ClipFolder clip = ClipFolder.load(Path.of(CLIP))) {
            SharedModel<ClipFolder> shared = SharedModel.of("mine", clip);
            shared.close();
            assertThat(clip.textVectors(List.of("a dog"))).hasSize(1);
            assertThatThrownBy(() -> shared.use(it -> it)).hasMessageContaining("got one that is closed");
        }
    }

    @Test
    void noModelIsNoticedWhenItIsUsed() {
        try (SharedModel<ClipFolder> shared = SharedModel.named("nowhere", ClipFolder.class)) {
            assertThatThrownBy(() -> shared.use(clip -> clip))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("expected pictograms, a folder, a file");
        }
    }

    @Test
    void anotherModelIsRefused() {
        try (SharedModel<ClipFolder> shared = SharedModel.named(CLIP, ClipFolder.class)) {
            shared.expectNamed(null);
            shared.expectNamed(CLIP);
            assertThatThrownBy(() -> shared.expectNamed("gpt-image-1"))
                    .hasMessage("expected the model " + CLIP + ", got gpt-image-1; leave it out");
        }
    }

    @Test
    void oneCallerAtATimeUsesIt() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AutoCloseable nothing = () -> {};
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (SharedModel<AutoCloseable> shared = SharedModel.of("nothing", nothing)) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(threads.submit(() -> shared.use(it -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.yield();
                    return inside.decrementAndGet();
                })));
            }
            for (Future<Integer> each : all) assertThat(each.get()).isZero();
        } finally {
            threads.shutdownNow();
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void whoeverWaitsMayBeInterrupted() throws Exception {
        AutoCloseable nothing = () -> {};
        SharedModel<AutoCloseable> shared = SharedModel.of("nothing", nothing);
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Boolean> holds = threads.submit(() -> shared.use(it -> {
                taken.countDown();
                try {
                    enough.await();
                } catch (InterruptedException e) {
                    return false;
                }
                return true;
            }));
            taken.await();
            Future<Boolean> waits = threads.submit(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> shared.use(it -> it))
                        .isInstanceOf(CancellationException.class)
                        .hasMessage("expected a turn of the model nothing, got interrupted");
                return Thread.interrupted();
            });
            assertThat(waits.get()).isTrue();
            enough.countDown();
            assertThat(holds.get()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }
}
