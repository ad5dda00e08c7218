package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.chart.Shade;
import org.zeuxis.image.Image;

class ConfusionMatrixTest {
    private static final List<String> LABELS = List.of("sun", "cat", "moon", "dog", "fish");

    /** Cat and dog three times taken for one another, sun once for the moon, fish always right. */
    private static final ZeroShotAccuracy ACCURACY =
            accuracy(LABELS, List.of(1, 1, 3, 3, 0, 2, 4, 4), List.of(3, 3, 1, 3, 2, 2, 4, 4));

    @Test
    void all_labels_stay_in_order_when_there_is_room() {
        ConfusionMatrix matrix = ConfusionMatrix.of(ACCURACY, 5);
        assertThat(matrix.labels()).isEqualTo(LABELS);
        assertThat(matrix.count(1, 3)).isEqualTo(2);
        assertThat(matrix.count(4, 4)).isEqualTo(2);
        for (int row = 0; row < 5; row++) assertThat(matrix.elsewhere(row)).isZero();
    }

    @Test
    void the_most_confused_pairs_are_chosen() {
        ConfusionMatrix matrix = ConfusionMatrix.of(ACCURACY, 3);
        assertThat(matrix.labels()).containsExactly("cat", "dog", "sun");
        assertThat(matrix.count(0, 1)).isEqualTo(2);
        assertThat(matrix.count(1, 0)).isEqualTo(1);
        assertThat(matrix.count(1, 1)).isEqualTo(1);
        assertThat(matrix.elsewhere(2)).isEqualTo(1); // taken for the moon, which is not shown
    }

    @Test
    void labels_without_confusion_fill_what_is_left() {
        ZeroShotAccuracy right = accuracy(LABELS, List.of(0, 1, 2, 3, 4), List.of(0, 1, 2, 3, 4));
        assertThat(ConfusionMatrix.of(right, 2).labels()).containsExactly("sun", "cat");
    }

    @Test
    void a_picture_shows_the_darkest_shade_for_a_row_that_is_all_right() {
        Image picture = ConfusionMatrix.of(ACCURACY, 5).draw();
        Color darkest = Shade.of(1);
        long dark = 0;
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                if (picture.sample(x, y, 0) == darkest.getRed()
                        && picture.sample(x, y, 1) == darkest.getGreen()
                        && picture.sample(x, y, 2) == darkest.getBlue()) dark++;
            }
        }
        assertThat(dark).isGreaterThan(4 * 20 * 20); // sun, cat, moon and fish have a cell that holds their whole row
    }

    @Test
    void long_names_are_cut_and_neither_widen_nor_lengthen_the_picture() {
        List<String> names = List.of("very ".repeat(60) + "long", "short");
        Image picture = ConfusionMatrix.of(accuracy(names, List.of(0, 1), List.of(0, 1)), 2)
                .draw();
        assertThat(picture.width()).isLessThan(700);
        assertThat(picture.height()).isLessThan(600);
    }

    @Test
    void one_label_alone_confuses_nothing() {
        assertThatThrownBy(() -> ConfusionMatrix.of(ACCURACY, 1)).hasMessageContaining("at least 2");
    }

    private static ZeroShotAccuracy accuracy(List<String> labels, List<Integer> truths, List<Integer> firsts) {
        return new ZeroShotAccuracy(labels, truths, Collections.nCopies(truths.size(), 0), firsts);
    }
}
