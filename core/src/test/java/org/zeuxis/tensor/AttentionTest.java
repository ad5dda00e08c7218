package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way of computing attention against its formula in float64. */
class AttentionTest {
    /** Batch, heads, queries, keys, width: one block, several heads a block, several blocks a head, a ragged last one. */
    private static final List<long[]> SIZES = List.of(
            new long[] {1, 1, 1, 1, 1},
            new long[] {2, 3, 5, 7, 8},
            new long[] {1, 2, 1, 9, 16},
            new long[] {2, 3, 1, 70, 8},
            new long[] {3, 5, 20, 24, 8},
            new long[] {7, 2, 20, 24, 8},
            new long[] {2, 10, 20, 24, 8},
            new long[] {1, 2, 150, 160, 8});

    /** Small, so that small tensors take several. */
    private static final long BLOCK = 4096;

    static Stream<Arguments> sizesAndTypes() {
        return SIZES.stream()
                .flatMap(s -> Stream.of(Arguments.of(s, DType.FLOAT32, 1e-5), Arguments.of(s, DType.BFLOAT16, 0.03)));
    }

    private static Tensor draw(long seed, DType type, long... shape) {
        return Seed.of(seed).randn(shape).to(type);
    }

    private static Tensor attend(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask) {
        return BlockAttention.apply(q, k, v, mask, false, BLOCK);
    }

    private static Tensor causal(Tensor q, Tensor k, Tensor v) {
        return BlockAttention.apply(q, k, v, null, true, BLOCK);
    }

    private static Tensor naive(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask) {
        Tensor scores =
                q.to(DType.FLOAT64).matmul(k.to(DType.FLOAT64).transpose(2, 3)).over(Math.sqrt(q.size(3)));
        if (mask != null && mask.dtype() == DType.BOOL)
            scores = scores.masked(mask.equalTo(0), Double.NEGATIVE_INFINITY);
        else if (mask != null) scores = scores.plus(mask.to(DType.FLOAT64));
        return scores.softmax(-1).matmul(v.to(DType.FLOAT64));
    }

    /** Query i may see keys up to i + (m − n). */
    private static Tensor causalMask(long n, long m) {
        return Tensor.ones(n, m).lowerTriangle((int) (m - n)).equalTo(1);
    }

    private static void agree(Tensor actual, Tensor expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.allFinite()).isTrue();
        assertThat(actual.maxDifference(expected)).isLessThan(tolerance);
    }

    @ParameterizedTest
    @MethodSource("sizesAndTypes")
    void isItsFormula(long[] s, DType type, double tolerance) {
        Tensor q = draw(1, type, s[0], s[1], s[2], s[4]);
        Tensor k = draw(2, type, s[0], s[1], s[3], s[4]);
        Tensor v = draw(3, type, s[0], s[1], s[3], s[4]);
        Tensor y = attend(q, k, v, null);
        assertThat(y.dtype()).isEqualTo(type);
        agree(y, naive(q, k, v, null), tolerance);
    }

    @ParameterizedTest
    @MethodSource("sizesAndTypes")
    void aQuerySeesNoLaterKeyWhenCausal(long[] s, DType type, double tolerance) {
        if (s[2] > s[3]) return;
        Tensor q = draw(1, type, s[0], s[1], s[2], s[4]);
        Tensor k = draw(2, type, s[0], s[1], s[3], s[4]);
        Tensor v = draw(3, type, s[0], s[1], s[3], s[4]);
        agree(causal(q, k, v), naive(q, k, v, causalMask(s[2], s[3])), tolerance);
        Tensor square = causal(k, k, v);
        agree(square, naive(k, k, v, causalMask(s[3], s[3])), tolerance);
    }

    @ParameterizedTest
    @MethodSource("sizesAndTypes")
    void masksOfEveryShapeThatBroadcasts(long[] s, DType type, double tolerance) {
        Tensor q = draw(1, type, s[0], s[1], s[2], s[4]);
        Tensor k = draw(2, type, s[0], s[1], s[3], s[4]);
        Tensor v = draw(3, type, s[0], s[1], s[3], s[4]);
        for (long[] shape : maskShapes(s)) {
            Tensor added = draw(4, DType.FLOAT32, shape);
            // the first key stays open to all, so that no row is forbidden altogether
            Tensor open = added.lessThan(0.5).to(DType.FLOAT32);
            if (s[3] > 1) open = Tensor.cat(-1, Tensor.ones(withLast(shape, 1)), open.slice(-1, 1, s[3]));
            else open = open.plus(1);
            Tensor allowed = open.equalTo(0).equalTo(0);
            String name = Arrays.toString(shape);
            agree(attend(q, k, v, allowed), naive(q, k, v, allowed), tolerance);
            Tensor rounded = added.to(type);
            assertThat(attend(q, k, v, rounded).maxDifference(naive(q, k, v, rounded)))
                    .as(name)
                    .isLessThan(tolerance);
            if (type == DType.BFLOAT16) {
                assertThat(attend(q, k, v, added).maxDifference(naive(q, k, v, added)))
                        .as("float32 " + name)
                        .isLessThan(tolerance);
            }
        }
    }

    /** Whose powers overflow, or all vanish, before they are divided by their sum. */
    @ParameterizedTest
    @CsvSource({"8, 0", "400, 0", "-400, 0", "30000, 0", "400, -4000", "-400, 4000", "0, -4000"})
    void scoresOfAnySize(double alike, double all) {
        // query i and key j are alike where i and j are the same modulo 7; the eighth number is common to all
        Tensor q = rows(20, alike, all);
        Tensor k = rows(24, 1, 1);
        Tensor v = draw(3, DType.BFLOAT16, 1, 2, 24, 8);
        agree(attend(q, k, v, null), naive(q, k, v, null), 0.03);
        agree(causal(q, k, v), naive(q, k, v, causalMask(20, 24)), 0.03);
        Tensor some = draw(4, DType.FLOAT32, 24).lessThan(0);
        agree(attend(q, k, v, some), naive(q, k, v, some), 0.03);
    }

    private static Tensor rows(int count, double own, double common) {
        float[] values = new float[count * 8];
        for (int i = 0; i < count; i++) {
            values[i * 8 + i % 7] = (float) own;
            values[i * 8 + 7] = (float) common;
        }
        return Tensor.of(values, 1, 1, count, 8).expand(1, 2, count, 8).to(DType.BFLOAT16);
    }

    private static List<long[]> maskShapes(long[] s) {
        return List.of(
                new long[] {s[3]},
                new long[] {s[2], s[3]},
                new long[] {1, s[3]},
                new long[] {1, s[2], s[3]},
                new long[] {s[1], s[2], s[3]},
                new long[] {1, 1, s[2], s[3]},
                new long[] {s[0], 1, 1, s[3]},
                new long[] {s[0], 1, s[2], s[3]},
                new long[] {1, s[1], s[2], s[3]},
                new long[] {s[0], s[1], s[2], s[3]});
    }

    private static long[] withLast(long[] shape, long size) {
        long[] changed = shape.clone();
        changed[changed.length - 1] = size;
        return changed;
    }

    @ParameterizedTest
    @MethodSource("sizesAndTypes")
    void gradientsAreThoseOfTheFormula(long[] s, DType type, double tolerance) {
        Tensor[] x = {
            draw(1, type, s[0], s[1], s[2], s[4]),
            draw(2, type, s[0], s[1], s[3], s[4]),
            draw(3, type, s[0], s[1], s[3], s[4])
        };
        Tensor weights = draw(4, DType.FLOAT64, s[0], s[1], s[2], s[4]);
        Tensor padding = draw(5, DType.FLOAT32, s[0], 1, 1, s[3]);
        boolean square = s[2] <= s[3];
        for (int kind = 0; kind < (square ? 3 : 2); kind++) {
            List<Tensor> ours = recorded(x);
            List<Tensor> theirs = recorded(x);
            Tensor y = kind == 0
                    ? attend(ours.get(0), ours.get(1), ours.get(2), null)
                    : kind == 1
                            ? attend(ours.get(0), ours.get(1), ours.get(2), padding)
                            : causal(ours.get(0), ours.get(1), ours.get(2));
            @Nullable Tensor mask = kind == 0 ? null : kind == 1 ? padding : causalMask(s[2], s[3]);
            Tensor expected = naive(theirs.get(0), theirs.get(1), theirs.get(2), mask);
            agree(y, expected, tolerance);
            List<Tensor> g = y.to(DType.FLOAT64).times(weights).sum().gradients(ours);
            List<Tensor> h = expected.times(weights).sum().gradients(theirs);
            for (int i = 0; i < 3; i++) {
                double scale = Math.max(1, h.get(i).abs().max());
                assertThat(g.get(i).maxDifference(h.get(i)) / scale)
                        .as("input " + i + ", kind " + kind)
                        .isLessThan(type == DType.FLOAT32 ? 1e-5 : 0.02);
            }
        }
    }

    private static List<Tensor> recorded(Tensor[] x) {
        return Stream.of(x).map(t -> t.copy().recordGradient()).toList();
    }

    @Test
    void aMaskThatIsLearnedGetsItsGradient() {
        Tensor q = draw(1, DType.FLOAT32, 2, 3, 5, 8);
        Tensor mask = draw(2, DType.FLOAT32, 3, 5, 5).recordGradient();
        Tensor same = mask.detach().copy().recordGradient();
        List<Tensor> g = Tensor.attention(q, q, q, mask).square().sum().gradients(List.of(mask));
        List<Tensor> h = naive(q, q, q, same).square().sum().gradients(List.of(same));
        agree(g.get(0), h.get(0), 1e-5);
    }

    @Test
    void takesViewsAsAModelMakesThem() {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            Tensor q = draw(1, type, 2, 50, 24).rearrange("b n (h d) -> b h n d", "h", 3);
            Tensor v = draw(2, type, 2, 50, 24).rearrange("b n (h d) -> b h n d", "h", 3);
            agree(Tensor.attention(q, q, v), naive(q, q, v, null), type == DType.FLOAT32 ? 1e-5 : 0.03);
        }
    }

    @Test
    void valuesMayBeOfAnotherWidth() {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            Tensor q = draw(1, type, 2, 3, 50, 8);
            Tensor v = draw(2, type, 2, 3, 50, 5);
            agree(Tensor.attention(q, q, v), naive(q, q, v, null), type == DType.FLOAT32 ? 1e-5 : 0.03);
        }
    }

    @Test
    void largeScoresDoNotOverflow() {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            Tensor q = draw(1, type, 1, 2, 20, 8).times(100);
            assertThat(Tensor.attention(q, q, q).allFinite()).isTrue();
        }
    }

    @Test
    void emptyBatchesStayEmpty() {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            Tensor q = Tensor.empty(type, 0, 2, 5, 8);
            assertThat(Tensor.attention(q, q, q).shape()).containsExactly(0, 2, 5, 8);
        }
    }
}
