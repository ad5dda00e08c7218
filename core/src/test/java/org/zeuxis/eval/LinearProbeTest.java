package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class LinearProbeTest {

    /**
     * At -1 a cat, at 1 a dog: by symmetry the weights are -w and w, and where the loss is least
     * 2 w l2 = 2 (1 - sigmoid(2 w)), so that w = 0.5 if l2 is 2 (1 - sigmoid(1)).
     */
    @Test
    void two_points_have_their_closed_form() {
        double l2 = 2 * (1 - 1 / (1 + Math.exp(-1)));
        Tensor x = Tensor.of(new float[] {-1, 1}, 2, 1);
        LinearProbe probe = LinearProbe.trained(x, List.of("cat", "dog"), l2);
        assertThat(probe.reached()).isTrue();
        float[] scores = probe.scores(Tensor.of(new float[] {1}, 1, 1), List.of("cat", "dog"))
                .toFloats();
        assertThat(scores[1] - scores[0]).isCloseTo(1f, within(1e-4f));
    }

    /** The loss is convex: where its slope is nothing, nothing is less. Slopes are recomputed here in plain Java. */
    @Test
    void training_ends_where_the_loss_is_least() {
        int n = 60;
        Tensor x = Seed.of(5).randn(n, 4).times(2).plus(3);
        double unit = Math.sqrt(x.minus(x.mean(0)).square().mean().item());
        List<String> names = new ArrayList<>();
        for (int i = 0; i < n; i++) names.add(List.of("a", "b", "c").get(i * 7 % 3));
        double l2 = 0.01;
        LinearProbe probe = LinearProbe.trained(x, names, l2);
        List<String> labels = probe.labels();

        float[] features = x.toFloats();
        float[] logits = probe.scores(x, labels).toFloats();
        float[] bias = probe.scores(Tensor.zeros(1, 4), labels).toFloats();
        for (int c = 0; c < 3; c++) {
            double slopeOfBias = 0;
            double[] slope = new double[4];
            for (int i = 0; i < n; i++) {
                double total = 0;
                for (int k = 0; k < 3; k++) total += Math.exp(logits[i * 3 + k]);
                double error =
                        Math.exp(logits[i * 3 + c]) / total - (labels.get(c).equals(names.get(i)) ? 1 : 0);
                slopeOfBias += error / n;
                for (int d = 0; d < 4; d++) slope[d] += error * features[i * 4 + d] / n;
            }
            assertThat(slopeOfBias).isCloseTo(0, within(2e-5));
            for (int d = 0; d < 4; d++) {
                float[] along = new float[4];
                along[d] = 1;
                double weight = probe.scores(Tensor.of(along, 1, 4), labels).toFloats()[c] - bias[c];
                assertThat(slope[d] / unit + l2 * weight * unit).isCloseTo(0, within(2e-5));
            }
        }
    }

    @Test
    void units_of_the_features_do_not_matter() {
        Tensor x = Seed.of(1).randn(20, 3);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) names.add("class " + i % 2);
        Tensor one = LinearProbe.trained(x, names, 0.1).scores(x, List.of("class 0"));
        Tensor other = x.times(50).plus(7);
        Tensor two = LinearProbe.trained(other, names, 0.1).scores(other, List.of("class 0"));
        assertThat(two.maxDifference(one)).isLessThan(1e-3);
    }

    @Test
    void features_that_are_all_the_same_leave_the_shares() {
        LinearProbe probe = LinearProbe.trained(Tensor.ones(3, 2), List.of("cat", "cat", "dog"), 0.1);
        float[] scores = probe.scores(Tensor.ones(1, 2), List.of("cat", "dog")).toFloats();
        assertThat(scores[0] - scores[1]).isCloseTo((float) Math.log(2), within(1e-3f));
    }

    @Test
    void the_same_pictures_give_the_same_classifier() {
        Tensor x = Seed.of(1).randn(20, 3);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) names.add("class " + i % 4);
        float[] once = LinearProbe.trained(x, names, 1e-3)
                .scores(x, List.of("class 0", "class 3"))
                .toFloats();
        float[] again = LinearProbe.trained(x, names, 1e-3)
                .scores(x, List.of("class 0", "class 3"))
                .toFloats();
        assertThat(again).isEqualTo(once);
    }

    @Test
    void a_label_it_was_not_taught_is_never_first() {
        Tensor x = Tensor.of(new float[] {-1, 1}, 2, 1);
        LinearProbe probe = LinearProbe.trained(x, List.of("cat", "dog"), 0.1);
        List<String> choices = List.of("fish", "dog", "cat");
        ZeroShotAccuracy accuracy = ZeroShotAccuracy.of(probe.scores(x, choices), choices, List.of(2, 0));
        assertThat(accuracy.top(1)).isEqualTo(new Proportion(1, 2));
        assertThat(accuracy.ranks()).containsExactly(0, 2);
    }

    @Test
    void a_closed_probe_says_so() {
        Tensor x = Tensor.of(new float[] {-1, 1}, 2, 1);
        LinearProbe probe = LinearProbe.trained(x, List.of("cat", "dog"), 0.1);
        probe.close();
        assertThatThrownBy(() -> probe.scores(x, List.of("cat")))
                .hasMessage("expected an open probe, got a closed one; train it again");
    }

    @Test
    void one_label_alone_teaches_nothing() {
        Tensor x = Tensor.of(new float[] {-1, 1}, 2, 1);
        assertThatThrownBy(() -> LinearProbe.trained(x, List.of("cat", "cat"), 0.1))
                .hasMessageContaining("at least 2 that differ");
        assertThatThrownBy(() -> LinearProbe.trained(x, List.of("cat", "dog"), 0))
                .hasMessageContaining("l2 over 0");
    }
}
