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
    void what_is_left_out_is_gone_and_what_cannot_be_read_stays_to_be_reported() throws IOException {
        Dataset left = Selected.without(FOUR, "group", Set.of("people", "symbols"));

        assertThat(left.size()).isEqualTo(3);
        assertThat(left.get(0).caption()).isEqualTo("food");
        assertThat(left.key(1)).isEqualTo("#2");
        assertThatThrownBy(() -> left.get(1)).hasMessage("#2: damaged");
        assertThat(left.get(2).key()).isEqualTo("#3");
    }

    @Test
    void nothing_left_out_is_the_dataset_itself() {
        assertThat(Selected.without(FOUR, "group", Set.of())).isSameAs(FOUR);
    }

    @Test
    void a_choice_that_leaves_nothing_is_refused() {
        assertThatThrownBy(() -> Selected.without(Drawn.drawings("cup", "key"), "group", Set.of("objects")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected samples whose group is none of [objects], got none among 2");
    }

    @Test
    void only_those_of_a_value_are_left_without_what_cannot_be_read() throws IOException {
        Dataset food = Selected.only(FOUR, "group", "food");

        assertThat(food.size()).isEqualTo(2);
        assertThat(food.get(1).key()).isEqualTo("#3");
        assertThatThrownBy(() -> Selected.only(FOUR, "group", "flags"))
                .hasMessage("expected samples whose group is flags, got none among 4");
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
