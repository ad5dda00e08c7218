package org.zeuxis.data.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zeuxis.data.Cached;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.Problem;

@Timeout(60)
class BatchesTest {
    @Test
    void an_epoch_has_every_sample_once() throws IOException {
        Batches batches = Batches.shuffled(Drawn.dataset(12, Set.of()), 4, 1, Presentation.AS_IS);
        Set<String> keys = new HashSet<>();
        for (int step = 0; step < 3; step++) keys.addAll(keys(batches.at(step)));
        assertThat(keys).hasSize(12);
    }

    @Test
    void a_batch_is_a_function_of_seed_and_step() throws IOException {
        Batches one = Batches.shuffled(Drawn.dataset(100, Set.of(3, 50)), 7, 5, Presentation.AS_IS);
        Batches two = Batches.shuffled(Drawn.dataset(100, Set.of(3, 50)), 7, 5, Presentation.AS_IS);
        for (int step = 0; step < 40; step++) one.at(step);
        assertThat(keys(one.at(17))).isEqualTo(keys(two.at(17)));
        Batches other = Batches.shuffled(Drawn.dataset(100, Set.of(3, 50)), 7, 6, Presentation.AS_IS);
        assertThat(keys(other.at(17))).isNotEqualTo(keys(two.at(17)));
    }

    @Test
    void nothing_is_read_ahead_of_an_end() {
        Set<Long> made = Collections.synchronizedSet(new HashSet<>());
        try (ReadAhead<Long> numbers = ReadAhead.pictures(20, number -> {
            made.add(number);
            return number;
        })) {
            for (long i = 0; i < 20; i++) assertThat(numbers.at(i)).isEqualTo(i);
        }
        assertThat(made).hasSize(20).doesNotContain(20L);
    }

    @Test
    void resuming_gives_what_going_on_would_have_given() throws Exception {
        Batches batches = Batches.shuffled(Drawn.dataset(50, Set.of(7)), 8, 3, Presentation.AS_IS);
        List<List<String>> all = new ArrayList<>();
        try (Prefetch<Batch> running = batches.from(0, 3, 5)) {
            for (int step = 0; step < 30; step++) all.add(keys(running.take()));
        }
        Batches again = Batches.shuffled(Drawn.dataset(50, Set.of(7)), 8, 3, Presentation.AS_IS);
        try (Prefetch<Batch> resumed = again.from(20, 2, 2)) {
            for (int step = 20; step < 30; step++) {
                Batch batch = resumed.take();
                assertThat(batch.step()).isEqualTo(step);
                assertThat(keys(batch)).isEqualTo(all.get(step));
            }
        }
    }

    @Test
    void unreadable_samples_are_replaced_named_and_counted_once() throws IOException {
        Batches batches = Batches.shuffled(Drawn.dataset(20, Set.of(4, 11)), 10, 2, Presentation.AS_IS);
        for (int step = 0; step < 20; step++) {
            assertThat(keys(batches.at(step))).hasSize(10).doesNotContain("k4", "k11");
        }
        assertThat(batches.problems()).extracting(Problem::key).containsExactly("k4", "k11");
        assertThat(batches.problems().get(0).reason()).contains("damaged");
    }

    @Test
    void one_readable_sample_among_many_is_found() throws IOException {
        Set<Integer> unreadable = IntStream.range(0, 900).boxed().collect(Collectors.toCollection(HashSet::new));
        unreadable.remove(613);
        Batches batches = Batches.shuffled(Drawn.dataset(900, unreadable), 2, 2, Presentation.AS_IS);
        assertThat(keys(batches.at(0))).containsExactly("k613", "k613");
    }

    @Test
    void nothing_readable_is_an_error_that_names_the_first() {
        Batches batches = Batches.shuffled(Drawn.dataset(3, Set.of(0, 1, 2)), 2, 2, Presentation.AS_IS);
        assertThatThrownBy(() -> batches.at(0))
                .isInstanceOf(IOException.class)
                .hasMessage("expected a picture that can be read, but all of 3 tried of 3 samples cannot; the first:"
                        + " k0: k0: damaged; check that the dataset is complete");
    }

    @Test
    void a_mixture_keeps_its_shares() throws IOException {
        Examples a = position -> new Example("a", Drawn.plain(0, 0, 0), "");
        Examples b = position -> new Example("b", Drawn.plain(0, 0, 0), "");
        Mixture mixture = new Mixture(List.of(a, b), List.of(3.0, 1.0), 1, 1);
        int as = 0;
        for (int i = 0; i < 4000; i++) as += mixture.at(i).key().equals("a") ? 1 : 0;
        assertThat(as).isBetween(2900, 3100);
        assertThatThrownBy(() -> new Mixture(List.of(a), List.of(-1.0), 1, 1)).hasMessageContaining("positive shares");
        assertThatThrownBy(() -> new Mixture(List.of(a), List.of(), 1, 1)).hasMessageContaining("one share for each");
    }

    @Test
    void a_mixture_keeps_examples_together_as_asked() throws IOException {
        Examples a = position -> new Example("a" + position, Drawn.plain(0, 0, 0), "");
        Examples b = position -> new Example("b" + position, Drawn.plain(0, 0, 0), "");
        Mixture mixture = new Mixture(List.of(a, b), List.of(1.0, 1.0), 2, 1);
        int changes = 0;
        for (int i = 0; i < 400; i += 2) {
            String first = mixture.at(i).key();
            assertThat(first).endsWith("" + i);
            assertThat(mixture.at(i + 1).key()).isEqualTo(first.substring(0, 1) + (i + 1));
            if (i > 0 && first.charAt(0) != mixture.at(i - 1).key().charAt(0)) changes++;
        }
        assertThat(changes).isBetween(70, 130);
        assertThatThrownBy(() -> new Mixture(List.of(a), List.of(1.0), 0, 1))
                .hasMessageContaining("at least 1 example of a source in a row, got 0");
    }

    @Test
    void prefetch_keeps_the_order_and_its_bound() throws Exception {
        AtomicInteger made = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        List<Integer> waiting = Collections.synchronizedList(new ArrayList<>());
        Prefetch.Source<Long> source = number -> {
            waiting.add(made.incrementAndGet() - taken.get());
            if (number % 3 == 0) sleep();
            return number;
        };
        try (Prefetch<Long> prefetch = new Prefetch<>(source, 100, 4, 6)) {
            for (long i = 100; i < 160; i++) {
                assertThat(prefetch.take()).isEqualTo(i);
                taken.incrementAndGet();
            }
        }
        assertThat(waiting).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(7));
    }

    @Test
    void prefetch_hands_errors_out_in_their_place() throws Exception {
        Prefetch.Source<Long> source = number -> {
            if (number == 2) throw new IOException("two is damaged");
            return number;
        };
        try (Prefetch<Long> prefetch = new Prefetch<>(source, 1, 2, 3)) {
            assertThat(prefetch.take()).isEqualTo(1);
            assertThatThrownBy(prefetch::take).isInstanceOf(IOException.class).hasMessage("two is damaged");
            assertThat(prefetch.take()).isEqualTo(3);
        }
    }

    @Test
    void a_closed_prefetch_is_refused_and_leaves_no_thread() throws Exception {
        Prefetch<Long> prefetch = new Prefetch<>(number -> number, 0, 2, 2);
        prefetch.take();
        prefetch.close();
        assertThatThrownBy(prefetch::take).hasMessageContaining("is closed");
        for (int i = 0; i < 100 && threads() > 0; i++) sleep();
        assertThat(threads()).isZero();
    }

    @Test
    void the_cache_keeps_what_fits() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        Dataset counted = new Dataset() {
            @Override
            public int size() {
                return 4;
            }

            @Override
            public CaptionedImage get(int index) {
                reads.incrementAndGet();
                return new CaptionedImage("k" + index, Drawn.plain(index, 0, 0), List.of());
            }
        };
        Cached cached = new Cached(counted, 2 * 36);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4; i++)
                assertThat(cached.get(i).image().sample(0, 0, 0)).isEqualTo(i);
        }
        assertThat(reads).hasValue(2 + 2 * 3);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("zeuxis-data-"))
                .count();
    }

    private static void sleep() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> keys(Batch batch) {
        return batch.examples().stream().map(Example::key).toList();
    }
}
