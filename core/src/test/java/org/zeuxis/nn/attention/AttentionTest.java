package org.zeuxis.nn.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.RmsNorm;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** One attention, assembled as four published models have it, against each of them. */
class AttentionTest {
    private static final double TOLERANCE = 1e-5;

    private final Golden golden = Golden.open("attention.safetensors");
    private final Gradients off = Gradients.off();

    @AfterEach
    void close() {
        off.close();
        golden.close();
    }

    @Test
    void t5HasAnInnerWidthLearnedBiasesAndNoScaling() {
        // the first block owns the table that all of them read
        final class FirstBlock extends Module {
            private final Attention attention;

            FirstBlock() {
                RelativePositions places = child(
                        "relative_attention_bias", new RelativePositions(3, 8, 20, RelativePositions.Sight.BOTH_WAYS));
                attention = child(
                        "",
                        plain(keys("q", "k", "v", "o"), Heads.of(3).with(places).unscaled(), 10, 10, 12));
            }
        }
        FirstBlock block = golden.load(new FirstBlock(), "t5.");
        Tensor x = golden.tensor("in.t5.x");
        Tensor mask = golden.tensor("in.t5.mask").unsqueeze(1).unsqueeze(1);
        golden.check("out.t5", block.attention.forward(x, x, mask), TOLERANCE);
    }

    @Test
    void distancesFallIntoTheBucketsOfT5() {
        for (RelativePositions.Sight sight : RelativePositions.Sight.values()) {
            RelativePositions places = new RelativePositions(1, 32, 128, sight);
            String name = sight == RelativePositions.Sight.BACK ? "back" : "both";
            assertThat(LongStream.rangeClosed(-300, 300).map(places::bucket))
                    .containsExactlyElementsOf(LongStream.of(
                                    golden.tensor("out.t5.buckets_" + name).toLongs())
                            .boxed()
                            .toList());
        }
    }

    @Test
    void llamaTurnsQueriesAndKeysByTheirPlaces() {
        Attention attention = llama();
        golden.check("out.llama", attention.causal(golden.tensor("in.llama.x")), TOLERANCE);
    }

    @Test
    void whatARotaryDoesNotTurnStays() {
        Tensor heads = golden.tensor("in.rotary.heads");
        golden.check("out.rotary", Rotary.of(6, 10_000).turned(heads, 0), TOLERANCE);
        Tensor last = heads.slice(2, 4, 9);
        assertThat(Rotary.of(6, 10_000)
                        .turned(last, 4)
                        .maxDifference(golden.tensor("out.rotary").slice(2, 4, 9)))
                .isLessThan(TOLERANCE);
    }

    @Test
    void mptLowersScoresByDistance() {
        golden.check("out.mpt", mpt().causal(golden.tensor("in.mpt.x")), TOLERANCE);
    }

    @Test
    void ideficsNormalisesEachHeadAndReadsAnotherWidth() {
        Heads heads = Heads.of(2)
                .with(new Heads.Norms("q_layer_norm", new RmsNorm(6, 1e-6), "k_layer_norm", new RmsNorm(6, 1e-6)));
        Attention attention =
                golden.load(plain(keys("q_proj", "k_proj", "v_proj", "o_proj"), heads, 12, 7, 12), "idefics.");
        golden.check(
                "out.idefics",
                attention.forward(golden.tensor("in.idefics.x"), golden.tensor("in.idefics.features")),
                TOLERANCE);
    }

    @Test
    void tokensThatFollowACacheAreComputedAsIfAllWere() {
        for (String name : List.of("llama", "mpt")) {
            Attention attention = name.equals("mpt") ? mpt() : llama();
            Tensor x = golden.tensor("in." + name + ".x");
            try (KvCache past = new KvCache(9)) {
                for (long[] part : new long[][] {{0, 4}, {4, 5}, {5, 9}}) {
                    // what the cache holds outlives the scope it was computed in
                    try (Scope step = new Scope()) {
                        Tensor next = attention.causal(x.slice(1, part[0], part[1]), past);
                        Tensor expected = golden.tensor("out." + name).slice(1, part[0], part[1]);
                        assertThat(next.maxDifference(expected)).as(name).isLessThan(TOLERANCE);
                    }
                }
                assertThat(past.tokens()).isEqualTo(9);
            }
        }
    }

    @Test
    void causalAttentionPassesOverWhatIsNotVisibleAsIfItWereNotThere() {
        for (Attention attention : List.of(mpt(), unplaced())) {
            Tensor x = golden.tensor("in.mpt.x");
            Tensor visible = Tensor.ones(1, 1, 1, 9).to(DType.BOOL);
            Tensor hidden = Tensor.cat(
                    3, visible.slice(3, 0, 5), Tensor.zeros(1, 1, 1, 4).to(DType.BOOL));
            assertThat(attention.causal(x, visible).maxDifference(attention.causal(x)))
                    .isLessThan(TOLERANCE);
            Tensor before = attention.causal(x.slice(1, 0, 5));
            assertThat(attention.causal(x, hidden).slice(1, 0, 5).maxDifference(before))
                    .isLessThan(TOLERANCE);
            Tensor otherwise = Tensor.cat(1, x.slice(1, 0, 5), x.slice(1, 5, 8).times(-3), x.slice(1, 8, 9));
            Tensor last = attention.causal(x, hidden).select(1, 8);
            assertThat(attention.causal(otherwise, hidden).select(1, 8).maxDifference(last))
                    .isZero();
            assertThat(attention.causal(otherwise).select(1, 8).maxDifference(last))
                    .isGreaterThan(TOLERANCE);
            try (KvCache past = new KvCache(9)) {
                attention.causal(x.slice(1, 0, 8), past, hidden.slice(3, 0, 8));
                Tensor next = attention.causal(x.slice(1, 8, 9), past, hidden).squeeze(1);
                assertThat(next.maxDifference(last)).isLessThan(TOLERANCE);
                past.forgetAfter(6);
                attention.causal(x.slice(1, 6, 8), past, hidden.slice(3, 0, 8));
                assertThat(past.tokens()).isEqualTo(8);
                next = attention.causal(x.slice(1, 8, 9), past, hidden).squeeze(1);
                assertThat(next.maxDifference(last)).isLessThan(TOLERANCE);
                assertThatThrownBy(() -> past.forgetAfter(10)).hasMessage("expected 0 to 9 tokens to keep, got 10");
            }
        }
    }

    @Test
    void aFullCacheAndOneUnderGradientsAreRefused() {
        Attention attention = llama();
        Tensor x = golden.tensor("in.llama.x");
        try (KvCache past = new KvCache(10)) {
            attention.causal(x, past);
            assertThatThrownBy(() -> attention.causal(x, past))
                    .hasMessage("expected at most 10 tokens, got 18; make a larger cache");
            assertThat(past.tokens()).isEqualTo(9);
        }
        try (Gradients on = Gradients.on();
                KvCache past = new KvCache(10)) {
            Tensor recorded = x.copy().recordGradient();
            assertThatThrownBy(() -> attention.causal(recorded, past))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("expected no gradients through a cache, got some; open Gradients.off()");
        }
        assertThatThrownBy(() -> Heads.of(0)).hasMessage("expected at least one head, got 0");
        assertThatThrownBy(() -> Rotary.of(5, 10_000)).hasMessage("expected an even width, got 5");
    }

    private Attention llama() {
        Heads heads = Heads.of(2).with(Rotary.of(6, 10_000));
        return golden.load(plain(keys("q_proj", "k_proj", "v_proj", "o_proj"), heads, 12, 12, 12), "llama.");
    }

    private Attention mpt() {
        return golden.load(plain(keys("q", "k", "v", "out_proj"), Heads.of(3).with(new Alibi(3)), 12, 12, 12), "mpt.");
    }

    /** Without places. */
    private Attention unplaced() {
        return golden.load(plain(keys("q", "k", "v", "out_proj"), Heads.of(3), 12, 12, 12), "mpt.");
    }

    private static Attention.Keys keys(String q, String k, String v, String out) {
        return new Attention.Keys(q, k, v, out);
    }

    /** Without biases. */
    private static Attention plain(Attention.Keys keys, Heads heads, int width, int contextWidth, int innerWidth) {
        return new Attention(
                keys,
                heads,
                Linear.withoutBias(width, innerWidth),
                Linear.withoutBias(contextWidth, innerWidth),
                Linear.withoutBias(contextWidth, innerWidth),
                Linear.withoutBias(innerWidth, width));
    }
}
