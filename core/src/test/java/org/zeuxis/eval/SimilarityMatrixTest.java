package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.Tensor;

class SimilarityMatrixTest {
    private static final Image WIDE = new Image(8, 2, 3, new byte[48]);
    private static final Image TALL = new Image(2, 8, 4, new byte[64]);

    @Test
    void rows_are_captions_and_columns_pictures() {
        Tensor texts = Tensor.of(new float[] {1, 0, 0.6f, 0.8f}, 2, 2);
        Tensor pictures = Tensor.of(new float[] {0, 1, 0.8f, 0.6f}, 2, 2);
        SimilarityMatrix matrix = SimilarityMatrix.of(List.of("a", "b"), texts, List.of(WIDE, TALL), pictures);
        assertThat(matrix.cosines().get(0).get(1)).isCloseTo(0.8, within(1e-6));
        assertThat(matrix.cosines().get(1).get(0)).isCloseTo(0.8, within(1e-6));
        assertThat(matrix.own()).isEqualTo(new Proportion(1, 2)); // "a" is nearer to the second
        Image drawn = matrix.draw();
        assertThat(drawn.width()).isGreaterThan(2 * 76);
        assertThat(drawn.height()).isGreaterThan(3 * 76);
    }

    @Test
    void a_tie_is_not_its_own() {
        SimilarityMatrix even = new SimilarityMatrix(
                List.of("a", "b"), List.of(WIDE, TALL), List.of(List.of(0.5, 0.5), List.of(0.5, 0.5)));
        assertThat(even.own()).isEqualTo(new Proportion(0, 2));
        assertThat(even.draw().width()).isPositive();
    }

    @Test
    void every_caption_has_a_picture() {
        assertThatThrownBy(() -> new SimilarityMatrix(List.of("a"), List.of(), List.of(List.of())))
                .hasMessageContaining("expected as many pictures");
    }
}
