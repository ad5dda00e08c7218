package org.zeuxis.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;

class SelectedTest {
    private static final List<String> GROUPS = List.of("food", "people", "damaged", "food");

    /** Three samples of a group each, and one that cannot be read. */
    private static final Dataset FOUR = new Dataset() {
        @Override
        public int size() {
            return GROUPS.size();
        }

        @Override
        public CaptionedImage get(int index) throws IOException {
            String group = GROUPS.get(index);
            if (group.equals("damaged")) throw new IOException(key(index) + ": damaged");
            Image dot = new Image(1, 1, 3, new byte[3]);
            return new CaptionedImage(key(index), dot, List.of(group), Map.of("group", List.of(group)));
        }
    };

    @Test
    void what_was_asked_for_stays_in_its_order() throws IOException {
        Dataset chosen = Selected.only(FOUR, "group", Set.of("food"));

        assertThat(chosen.size()).isEqualTo(2);
        assertThat(chosen.get(0).key()).isEqualTo("#0");
        assertThat(chosen.key(1)).isEqualTo("#3");
        assertThat(chosen.get(1).caption()).isEqualTo("food");
    }

    @Test
    void nothing_asked_for_is_the_dataset_itself() {
        assertThat(Selected.only(FOUR, "group", Set.of())).isSameAs(FOUR);
    }

    @Test
    void a_value_that_no_sample_has_is_refused() {
        assertThatThrownBy(() -> Selected.only(FOUR, "group", Set.of("food", "fod", "damaged")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected samples for each group asked for, got none of damaged, fod");
    }

    @Test
    void as_many_as_asked_for_are_drawn_in_the_order_of_the_dataset() {
        Dataset hundred = Drawn.dataset(100, Set.of());
        Dataset drawn = Selected.drawn(hundred, 10, 1);
        List<String> keys = IntStream.range(0, 10).mapToObj(drawn::key).toList();
        List<Integer> numbers =
                keys.stream().map(key -> Integer.parseInt(key.substring(1))).toList();

        assertThat(drawn.size()).isEqualTo(10);
        assertThat(numbers).doesNotHaveDuplicates().isSorted();
        assertThat(Selected.drawn(hundred, 10, 1).key(5)).isEqualTo(drawn.key(5));
        assertThat(IntStream.range(0, 10)
                        .mapToObj(Selected.drawn(hundred, 10, 2)::key)
                        .toList())
                .isNotEqualTo(keys);
        assertThat(Selected.drawn(hundred, 100, 1)).isSameAs(hundred);
        assertThatThrownBy(() -> Selected.drawn(hundred, 0, 1)).hasMessageContaining("at least 1");
    }
}
