package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class AlignmentUniformityTest {
    /** Four corners: of six pairs four are the root of 2 apart, two are 2 apart. */
    @Test
    void a_square_has_its_closed_form() {
        Tensor corners = Tensor.of(new float[] {1, 0, 0, 1, -1, 0, 0, -1}, 4, 2);
        double expected = Math.log((4 * Math.exp(-4) + 2 * Math.exp(-8)) / 6);
        assertThat(AlignmentUniformity.uniformity(corners)).isCloseTo(expected, within(1e-12));
    }

    @Test
    void points_in_one_place_are_not_uniform_at_all() {
        Tensor same = Tensor.of(new float[] {0.6f, 0.8f, 0.6f, 0.8f, 0.6f, 0.8f}, 3, 2);
        assertThat(AlignmentUniformity.uniformity(same)).isCloseTo(0, within(1e-6));
    }

    /** On the sphere of three dimensions |x - y|² is even over 0 to 4, so the mean of exp(-2 d) is (1 - e^-8) / 8. */
    @Test
    void many_points_on_a_sphere_reach_the_mean_over_all_of_it() {
        Tensor points = Seed.of(3).randn(3000, 3).normalized(-1);
        double expected = Math.log((1 - Math.exp(-8)) / 8);
        assertThat(AlignmentUniformity.uniformity(points)).isCloseTo(expected, within(0.01));
    }

    @Test
    void alignment_is_the_mean_square_from_picture_to_its_text() {
        Tensor images = Tensor.of(new float[] {1, 0, 0, 1, 0, 1}, 3, 2);
        Tensor texts = Tensor.of(new float[] {1, 0, 0, -1}, 2, 2);
        AlignmentUniformity found = AlignmentUniformity.of(images, texts, List.of(0, 0, 1)); // 0, 2 and 4
        assertThat(found.alignment()).isCloseTo(2, within(1e-12));
        assertThat(found.texts()).isCloseTo(-4, within(1e-12)); // one pair, a square of 2 apart
        assertThat(found).hasToString("alignment 2.000, uniformity of pictures -1.063, of texts -4.000");
    }

    @Test
    void one_text_alone_has_no_uniformity() {
        assertThat(AlignmentUniformity.uniformity(Tensor.of(new float[] {1, 0}, 1, 2)))
                .isNaN();
    }
}
