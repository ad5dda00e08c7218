package org.zeuxis.eval.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.tensor.ShapeException;
import org.zeuxis.tensor.Tensor;

/** Against torch-fidelity and clean-fid on equal features, and CMMD's formula. */
class FidelityTest {
    private final Golden golden = Golden.open("fidelity.safetensors");
    private final Tensor generated = golden.tensor("in.generated");
    private final Tensor real = golden.tensor("in.real");

    @AfterEach
    void close() {
        golden.close();
    }

    private double expected(String key) {
        return Double.parseDouble(golden.metadata().get(key));
    }

    @Test
    void fidIsThatOfTorchFidelity() {
        double fid = FeatureGaussian.of(generated).distance(FeatureGaussian.of(real));
        assertThat(fid).isCloseTo(expected("fid"), within(1e-6));
        assertThat(FeatureGaussian.of(real).distance(FeatureGaussian.of(generated)))
                .isCloseTo(fid, within(1e-9));
    }

    @Test
    void fidOfASetToItselfIsNothing() {
        FeatureGaussian same = FeatureGaussian.of(real);
        assertThat(same.distance(FeatureGaussian.of(real))).isCloseTo(0, within(1e-9));
        Tensor moved = real.plus(2);
        assertThat(same.distance(FeatureGaussian.of(moved))).isCloseTo(4 * 24, within(1e-4));
    }

    @Test
    void fewerPicturesThanFeaturesStillHaveADistance() {
        double few = FeatureGaussian.of(generated.slice(0, 0, 10)).distance(FeatureGaussian.of(real));
        assertThat(few).isGreaterThan(expected("fid"));
    }

    @Test
    void inceptionScoreIsThatOfTorchFidelity() {
        InceptionScore score = InceptionScore.of(golden.tensor("in.logits"));
        assertThat(score.mean()).isCloseTo(expected("inception_score_mean"), within(1e-6));
        assertThat(score.deviation()).isCloseTo(expected("inception_score_deviation"), within(1e-6));
    }

    @Test
    void precisionAndRecallAreThoseOfTorchFidelity() {
        PrecisionRecall near = PrecisionRecall.of(generated, real);
        assertThat(near.precision().rate()).isCloseTo(expected("precision"), within(1e-6));
        assertThat(near.recall().rate()).isCloseTo(expected("recall"), within(1e-6));
        PrecisionRecall same = PrecisionRecall.of(real, real);
        assertThat(same.precision().rate()).isEqualTo(1);
        PrecisionRecall apart = PrecisionRecall.of(real.plus(100), real);
        assertThat(apart.recall().hits()).isZero();
    }

    @Test
    void cmmdIsItsFormula() {
        double cmmd = Cmmd.of(generated.normalized(-1), real.normalized(-1));
        assertThat(cmmd).isCloseTo(expected("cmmd"), within(1e-6));
        assertThat(Cmmd.of(real.normalized(-1), real.normalized(-1))).isCloseTo(0, within(1e-9));
    }

    @Test
    void clipScoreForgivesNoOpposites() {
        Tensor images = Tensor.of(new float[] {1, 0, 1, 0, 0.6f, 0.8f}, 3, 2);
        Tensor texts = Tensor.of(new float[] {1, 0, -1, 0, 0, 1}, 3, 2);
        ClipScore score = ClipScore.of(images, texts);
        assertThat(score.mean()).isCloseTo(2.5 * (1 + 0 + 0.8) / 3, within(1e-6));
        // 1.959964 · √(variance of 2.5, 0, 2.0 / 3)
        assertThat(score.margin()).isCloseTo(1.497, within(1e-3));
        assertThat(score).hasToString("1.500 ± 1.497 (of 2.5; 3 pictures)");
    }

    @Test
    void tooFewPicturesAreRefused() {
        assertThatThrownBy(() -> FeatureGaussian.of(real.slice(0, 0, 1)))
                .hasMessage("expected features of at least 2 pictures, got 1");
        assertThatThrownBy(() -> PrecisionRecall.of(generated, real.slice(0, 0, 3)))
                .hasMessage("expected more than 3 pictures of each, got 3");
        assertThatThrownBy(() -> InceptionScore.of(golden.tensor("in.logits").slice(0, 0, 9)))
                .hasMessage("expected at least 10 pictures, got 9");
        Tensor narrow = real.slice(1, 0, 5);
        assertThatThrownBy(() -> Cmmd.of(generated, narrow)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> FeatureGaussian.of(generated).distance(FeatureGaussian.of(narrow)))
                .isInstanceOf(ShapeException.class);
    }
}
