package org.zeuxis.app.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zeuxis.models.Events;
import org.zeuxis.models.StepEvent;

/** Of work that computes nothing, but takes steps as a sampler does. */
@Timeout(60)
class GenerationQueueTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final List<Ticket.State> over = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch gate = new CountDownLatch(1);
    private GenerationQueue queue = start(new QueueLimits(10, 1000, LONG));

    private GenerationQueue start(QueueLimits limits) {
        return GenerationQueue.start(limits, () -> {}, ticket -> over.add(ticket.state()));
    }

    private void limits(int places, long bytes, Duration time) {
        queue.close();
        queue = start(new QueueLimits(places, bytes, time));
    }

    @AfterEach
    void stop() {
        gate.countDown();
        queue.close();
    }

    private Ticket<String> submit(String caller, String name) {
        return queue.submit(caller, 1, ticket -> {
            order.add(name);
            return name;
        });
    }

    /** Has the queue compute something that goes on until the gate opens. */
    private Ticket<String> hold() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Ticket<String> ticket = queue.submit("holder", 1, own -> {
            begun.countDown();
            gate.await();
            own.goOn();
            return "held";
        });
        begun.await();
        return ticket;
    }

    /** Steps without end. */
    private Ticket<String> endless() {
        return queue.submit("endless", 1, ticket -> {
            Events events = ticket.events(0, Events.NONE);
            for (int step = 1; ; step++) {
                events.tell(new StepEvent("", step, 1_000_000, Optional::empty));
                Thread.sleep(1);
            }
        });
    }

    @Test
    void callersTakeTurns() throws Exception {
        Ticket<String> held = hold();
        List<Ticket<String>> all = new ArrayList<>();
        for (String name : List.of("a1", "a2", "a3", "b1", "c1", "b2")) all.add(submit(name.substring(0, 1), name));
        assertThat(all.stream().map(queue::position)).containsExactly(1, 4, 6, 2, 3, 5);
        assertThat(queue.position(held)).isZero();
        assertThat(queue.waiting()).isEqualTo(6);
        gate.countDown();
        for (Ticket<String> ticket : all) assertThat(ticket.await()).hasSize(2);
        assertThat(order).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
        assertThat(held.state()).isEqualTo(Ticket.State.FINISHED);
    }

    @Test
    void aGreedyCallerLeavesPlacesToOthers() throws Exception {
        limits(4, 1000, LONG);
        hold();
        submit("a", "a1");
        submit("a", "a2");
        RefusedException greedy = catchThrowableOfType(RefusedException.class, () -> submit("a", "a3"));
        assertThat(greedy)
                .hasMessageStartingWith(
                        "expected to wait with fewer than places are free, got 2 of yours and 2 free; ask again in ");
        assertThat(greedy.reason()).isEqualTo(RefusedException.Reason.FULL);
        assertThat(greedy.seconds()).isPositive();
        submit("b", "b1");
        submit("c", "c1");
        assertThatThrownBy(() -> submit("d", "d1"))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("expected a place in the queue, got one that is full with 4; ask again in ");
        gate.countDown();
    }

    @Test
    void whatWaitsHoldsNoMoreMemoryThanThereIs() throws Exception {
        hold();
        Ticket<String> large = queue.submit("a", 900, ticket -> "large");
        assertThatThrownBy(() -> queue.submit("b", 200, ticket -> "too large")).isInstanceOf(RefusedException.class);
        queue.cancel(large);
        Ticket<String> fits = queue.submit("b", 200, ticket -> "fits");
        gate.countDown();
        assertThat(fits.await()).isEqualTo("fits");
        assertThat(queue.submit("a", 900, ticket -> "room again").await()).isEqualTo("room again");
    }

    @Test
    void aCancelledOneLeavesTheQueueOrStopsAtItsNextStep() throws Exception {
        Ticket<String> running = endless();
        Ticket<String> waiting = submit("a", "never");
        while (running.progress().step() < 2) running.awaitChange(running.progress(), 0, Duration.ofSeconds(1));
        queue.cancel(waiting);
        assertThat(waiting.state()).isEqualTo(Ticket.State.CANCELLED);
        assertThatThrownBy(waiting::await).hasMessage("got cancelled before its turn");
        queue.cancel(running);
        assertThatThrownBy(running::await)
                .satisfies(e -> assertThat(rootOf(e)).isInstanceOf(CancellationException.class));
        assertThat(submit("b", "next").await()).isEqualTo("next");
        assertThat(running.state()).isEqualTo(Ticket.State.CANCELLED);
        assertThat(running.failure()).hasMessageContaining("got cancelled after");
        assertThat(order).containsExactly("next");
        assertThat(queue.find(running.id())).contains(running);
    }

    private static Throwable rootOf(Throwable e) {
        return e.getCause() == null ? e : rootOf(e.getCause());
    }

    @Test
    void whatTakesTooLongIsStopped() throws Exception {
        limits(4, 1000, Duration.ofSeconds(1));
        Ticket<String> slow = endless();
        assertThatThrownBy(slow::await)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(TimeLimitException.class)
                .hasMessageMatching(
                        "expected to end within 1 s, expected to run 1000000 steps, got cancelled after \\d+;"
                                + " ask for fewer steps or a smaller picture");
        assertThat(slow.state()).isEqualTo(Ticket.State.FAILED);
    }

    @Test
    void oneThatFailsKeepsNoneFromComing() throws Exception {
        Ticket<String> failing = queue.submit("a", 1, ticket -> {
            throw new OutOfMemoryError("none left");
        });
        assertThatThrownBy(failing::await).hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(submit("a", "next").await()).isEqualTo("next");
        assertThat(failing.failure()).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void theEndWaitsForWhatIsComputedAndHandsBackTheRest() throws Exception {
        Ticket<String> held = hold();
        Ticket<String> waiting = submit("a", "never");
        Thread opening = new Thread(gate::countDown);
        Thread stopping = new Thread(() -> {
            try {
                queue.stop(Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stopping.start();
        assertThatThrownBy(waiting::await)
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.reason()).isEqualTo(RefusedException.Reason.ENDING));
        opening.start();
        assertThat(held.await()).isEqualTo("held");
        stopping.join();
        assertThatThrownBy(() -> submit("a", "late"))
                .hasMessage("expected a server that goes on, got one that is ending; ask again in 10 s");
        assertThat(over).containsExactly(Ticket.State.FAILED, Ticket.State.FINISHED);
    }

    @Test
    void theEndStopsWhatTakesLongerThanItsGrace() throws Exception {
        Ticket<String> running = endless();
        while (running.state() != Ticket.State.RUNNING) Thread.sleep(1);
        queue.stop(Duration.ofMillis(20));
        assertThat(running.state()).isEqualTo(Ticket.State.CANCELLED);
    }

    @Test
    void limitsThatTakeNothingAreRefused() {
        assertThatThrownBy(() -> new QueueLimits(0, 1, LONG)).hasMessage("expected room for at least 1 to wait, got 0");
        assertThatThrownBy(() -> new QueueLimits(1, 0, LONG))
                .hasMessage("expected at least 1 byte for what waits, got 0");
        assertThatThrownBy(() -> new QueueLimits(1, 1, Duration.ZERO))
                .hasMessage("expected a time limit of at least 1 second, got 0");
    }
}
