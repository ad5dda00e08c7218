package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class ShapeExceptionTest {
    private final Tensor x = Tensor.zeros(2, 3, 8);

    private void refuses(String message, Runnable call) {
        assertThatExceptionOfType(ShapeException.class).isThrownBy(call::run).withMessage(message);
    }

    @Test
    void expectReturnsWhatFits() {
        assertThat(x.expect("batch tokens", 8)).isSameAs(x);
        assertThat(x.expect("", 2, 3, 8)).isSameAs(x);
        assertThat(x.expect("batch tokens width")).isSameAs(x);
    }

    @Test
    void expectNamesTheAxes() {
        refuses("expected [batch, tokens, 9] but got [2, 3, 8]", () -> x.expect("batch tokens", 9));
        refuses("expected [batch, 8] but got [2, 3, 8]", () -> x.expect("batch", 8));
        refuses("expected [batch, frames, tokens, 8] but got [2, 3, 8]", () -> x.expect("batch frames tokens", 8));
        refuses("expected [2, 4, 8] but got [2, 3, 8]", () -> x.expect("", 2, 4, 8));
        refuses("expected [] but got [2, 3, 8]", () -> x.expect(""));
    }

    @Test
    void becomeKeepsItsShape() {
        refuses("expected [2, 3, 8] but got [2, 3]", () -> InPlace.become(x, Tensor.zeros(2, 3)));
    }

    @Test
    void attentionNamesWhatDiffers() {
        Tensor q = Tensor.zeros(1, 2, 5, 8);
        refuses(
                "expected [batch, heads, n, 6] but got [1, 2, 5, 8]",
                () -> Tensor.attention(q, Tensor.zeros(1, 2, 5, 6), q));
        refuses("expected [1, 2, m, 8] but got [1, 3, 5, 8]", () -> Tensor.attention(q, Tensor.zeros(1, 3, 5, 8), q));
        refuses(
                "expected [1, 2, 5, headWidth] but got [1, 2, 7, 8]",
                () -> Tensor.attention(q, q, Tensor.zeros(1, 2, 7, 8)));
        refuses(
                "expected [batch, heads, m, headWidth] but got [5, 8]",
                () -> Tensor.attention(q, Tensor.zeros(5, 8), q));
        refuses(
                "expected [1, 2, 5, 5 (or 1 for any)] but got [5, 4]",
                () -> Tensor.attention(q, q, q, Tensor.zeros(5, 4)));
    }

    @Test
    void valuesMustFillTheShape() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Tensor.of(new float[] {1, 2, 3}, 2, 2))
                .withMessage("expected 4 values for shape [2, 2], got 3");
    }
}
