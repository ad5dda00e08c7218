package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Tensor;

class ZeroShotAccuracyTest {
    private static final List<String> LABELS = List.of("cat", "dog", "fish");
    private static final Tensor SCORES = Tensor.of(
            new float[] {
                0.9f, 0.5f, 0.1f, // a cat, right
                0.6f, 0.5f, 0.1f, // a dog, second
                0.3f, 0.2f, 0.1f, // a fish, last
                0.4f, 0.4f, 0.1f, // a cat, no better than dog
            },
            4,
            3);
    private static final List<Integer> TRUTHS = List.of(0, 1, 2, 0);

    @Test
    void ranksLabelsAndCountsATieAgainstTheModel() {
        ZeroShotAccuracy accuracy = ZeroShotAccuracy.of(SCORES, LABELS, TRUTHS);
        assertThat(accuracy.ranks()).containsExactly(0, 1, 2, 1);
        assertThat(accuracy.top(1)).isEqualTo(new Proportion(1, 4));
        assertThat(accuracy.top(2)).isEqualTo(new Proportion(3, 4));
        assertThat(accuracy.top(3)).isEqualTo(new Proportion(4, 4));
    }

    @Test
    void perClassAndConfusionAddUp() {
        ZeroShotAccuracy accuracy = ZeroShotAccuracy.of(SCORES, LABELS, TRUTHS);
        assertThat(accuracy.perClass())
                .containsEntry("cat", new Proportion(1, 2))
                .containsEntry("dog", new Proportion(0, 1))
                .containsEntry("fish", new Proportion(0, 1));
        assertThat(accuracy.confusion()).isDeepEqualTo(new long[][] {{1, 1, 0}, {1, 0, 0}, {1, 0, 0}});
    }

    @Test
    void fewerLabelsToChooseAmongAreEasier() {
        int[][] choices = {{0, 1}, {1, 2}, {2, 1}, {0, 2}};
        ZeroShotAccuracy accuracy = ZeroShotAccuracy.among(SCORES, LABELS, TRUTHS, choices);
        assertThat(accuracy.ranks()).containsExactly(0, 0, 1, 0);
        assertThat(accuracy.firsts()).containsExactly(0, 1, 1, 0);
    }

    @Test
    void aScoreThatIsNoNumberIsNoHit() {
        Tensor broken = Tensor.of(new float[] {Float.NaN, Float.NaN, Float.NaN}, 1, 3);
        assertThat(ZeroShotAccuracy.of(broken, LABELS, List.of(1)).top(1)).isEqualTo(new Proportion(0, 1));
    }
}
