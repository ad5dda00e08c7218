package org.zeuxis.data.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffleTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 16, 17, 64, 65, 1000, 8257, 65536, 65537})
    void every_epoch_is_a_permutation(int size) {
        Shuffle shuffle = new Shuffle(size, 42);
        for (long epoch : new long[] {0, 1, 1_000_000_007L}) {
            BitSet seen = new BitSet(size);
            for (int i = 0; i < size; i++) seen.set(shuffle.index(epoch, i));
            assertThat(seen.cardinality()).isEqualTo(size);
            assertThat(seen.length()).isEqualTo(size);
        }
    }

    @Test
    void positions_go_through_the_epochs() {
        Shuffle shuffle = new Shuffle(10, 1);
        assertThat(shuffle.at(37)).isEqualTo(shuffle.index(3, 7));
    }

    @Test
    void seeds_and_epochs_give_other_orders() {
        int[] first = order(new Shuffle(1000, 1), 0);
        assertThat(order(new Shuffle(1000, 1), 0)).isEqualTo(first);
        assertThat(same(first, order(new Shuffle(1000, 1), 1))).isLessThan(12);
        assertThat(same(first, order(new Shuffle(1000, 2), 0))).isLessThan(12);
        assertThat(same(first, IntStream.range(0, 1000).toArray())).isLessThan(12);
    }

    @Test
    void every_place_takes_every_index_about_equally_often() {
        int[] counts = new int[10];
        Shuffle shuffle = new Shuffle(10, 5);
        for (int epoch = 0; epoch < 10_000; epoch++) counts[shuffle.index(epoch, 3)]++;
        assertThat(Arrays.stream(counts)).allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    }

    @Test
    void works_to_the_largest_size() {
        Shuffle shuffle = new Shuffle(Integer.MAX_VALUE, 9);
        for (int i = 0; i < 1000; i++) assertThat(shuffle.index(0, i)).isBetween(0, Integer.MAX_VALUE - 1);
    }

    @Test
    void wrong_arguments_are_named() {
        assertThatThrownBy(() -> new Shuffle(0, 1)).hasMessageContaining("at least 1 sample to shuffle, got 0");
        assertThatThrownBy(() -> new Shuffle(3, 1).at(-1)).hasMessageContaining("position from 0, got -1");
        assertThatThrownBy(() -> new Shuffle(3, 1).index(0, 3)).hasMessageContaining("0 to 2, got 3");
    }

    private static int[] order(Shuffle shuffle, long epoch) {
        return IntStream.range(0, shuffle.size())
                .map(i -> shuffle.index(epoch, i))
                .toArray();
    }

    private static long same(int[] a, int[] b) {
        return IntStream.range(0, a.length).filter(i -> a[i] == b[i]).count();
    }
}
