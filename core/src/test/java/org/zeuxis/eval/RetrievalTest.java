package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Tensor;

class RetrievalTest {
    private static final Tensor TEXTS = Tensor.of(new float[] {1, 0, 0, 1}, 2, 2);

    @Test
    void ranksBothWays() {
        // two pictures of the first text, of which the second lies nearer to the other; one of the second
        Tensor images = Tensor.of(new float[] {1, 0, 0.6f, 0.8f, 0, 1}, 3, 2);
        Retrieval retrieval = Retrieval.of(images, TEXTS, List.of(0, 0, 1));
        assertThat(retrieval.textRanks()).containsExactly(0, 1, 0);
        assertThat(retrieval.texts(1)).isEqualTo(new Proportion(2, 3));
        assertThat(retrieval.texts(5)).isEqualTo(new Proportion(3, 3));
        assertThat(retrieval.images(1)).isEqualTo(new Proportion(2, 2));
    }

    @Test
    void aTextWithoutPictureIsRefused() {
        Tensor images = Tensor.of(new float[] {1, 0}, 1, 2);
        assertThatThrownBy(() -> Retrieval.of(images, TEXTS, List.of(0))).hasMessageContaining("none of text 1");
    }
}
