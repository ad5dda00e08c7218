package org.zeuxis.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** The chunks of a batch against the whole of it, on a tiny CLIP. */
class GradientCacheTest {
    private static final int SAMPLES = 10;
    private static final int TOKENS = 6;
    private static final int END = 19;

    /** A CLIP, a batch of pairs and their contrast, all in one type. */
    private static final class Contrast {
        final Clip clip = Initialization.seeded(
                Seed.of(7),
                () -> new Clip(new Clip.Config(
                        new ClipTextModel.Config(20, TOKENS, 16, 2, 2, 32, Activation.QUICK_GELU, END),
                        new ClipVisionModel.Config(16, 4, 16, 2, 2, 32, Activation.QUICK_GELU),
                        12)));
        final Tensor pixels;
        final Tensor ids;

        Contrast(DType type) {
            clip.parameters().values().forEach(p -> {
                InPlace.become(p, p.detach().to(type).copy());
                p.recordGradient();
            });
            pixels = Seed.of(207).randn(SAMPLES, 3, 16, 16).to(type);
            long[] tokens = Seed.of(107).randint(0, END, SAMPLES * TOKENS).toLongs();
            for (int i = 0; i < SAMPLES; i++) tokens[i * TOKENS + 1 + i % 5] = END;
            ids = Tensor.of(tokens, SAMPLES, TOKENS);
        }

        Tensor images(int from, int to) {
            return clip.embedImages(pixels.slice(0, from, to));
        }

        Tensor texts(int from, int to) {
            return clip.embedText(ids.slice(0, from, to));
        }

        /** The mean of each picture finding its text and each text its picture. */
        Tensor loss(List<Tensor> embeddings) {
            Tensor logits = clip.logits(embeddings.get(0), embeddings.get(1));
            Tensor own = Tensor.arange(SAMPLES);
            return logits.crossEntropy(own)
                    .plus(logits.transpose(0, 1).crossEntropy(own))
                    .over(2);
        }

        double whole() {
            Tensor loss = loss(List.of(images(0, SAMPLES), texts(0, SAMPLES)));
            loss.backward();
            return loss.item();
        }

        double chunked(int chunk) {
            return new GradientCache(chunk).backward(SAMPLES, List.of(this::images, this::texts), this::loss);
        }

        Map<String, Tensor> gradients() {
            Map<String, Tensor> all = new LinkedHashMap<>();
            clip.parameters().forEach((name, p) -> all.put(name, requireNonNull(p.grad(), name)));
            return all;
        }

        /** The length of all gradients as one vector. */
        double norm() {
            double sum = 0;
            for (Tensor p : clip.parameters().values()) {
                Tensor gradient = p.grad();
                if (gradient != null) sum += Math.pow(GradientCacheTest.norm(gradient), 2);
            }
            return Math.sqrt(sum);
        }
    }

    private static double norm(Tensor x) {
        try (Gradients off = Gradients.off()) {
            return x.reshape(-1).length(0).item();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 10, 64})
    void chunks_give_every_parameter_the_gradient_of_the_whole_batch(int chunk) {
        Contrast whole = new Contrast(DType.FLOAT64);
        Contrast chunked = new Contrast(DType.FLOAT64);
        double loss = whole.whole();
        assertThat(chunked.chunked(chunk)).isCloseTo(loss, withinPercentage(1e-10));
        assertSameGradients(chunked, whole);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 10})
    void layers_computed_again_give_them_too(int chunk) {
        Contrast whole = new Contrast(DType.FLOAT64);
        Contrast again = new Contrast(DType.FLOAT64);
        whole.whole();
        try (Scope scope = new Scope();
                Recomputation on = Recomputation.on()) {
            if (chunk == SAMPLES) again.whole();
            else again.chunked(chunk);
        }
        assertSameGradients(again, whole);
    }

    private static void assertSameGradients(Contrast other, Contrast whole) {
        Map<String, Tensor> actual = other.gradients();
        assertThat(actual).containsKeys("logit_scale", "vision_model.embeddings.class_embedding");
        whole.gradients().forEach((name, gradient) -> {
            // a softmax does not feel the same addend on all its scores: this gradient is 0 but for rounding
            double scale = name.endsWith("k_proj.bias") ? whole.norm() : norm(gradient);
            assertThat(scale).as(name).isGreaterThan(0);
            assertThat(norm(requireNonNull(actual.get(name)).minus(gradient)) / scale)
                    .as(name)
                    .isLessThan(1e-12);
        });
    }

    /**
     * All gradients as one vector, on this one batch. Float32 rounds those of the whole batch itself by 2e-7 (as here) to
     * 1.2e-6, depending on the seed, and those of single parameters by up to 6e-6: it cannot tell more than this.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10})
    void in_float32_they_differ_by_its_rounding(int chunk) {
        Contrast exact = new Contrast(DType.FLOAT64);
        Contrast whole = new Contrast(DType.FLOAT32);
        Contrast chunked = new Contrast(DType.FLOAT32);
        exact.whole();
        whole.whole();
        chunked.chunked(chunk);
        assertThat(distance(chunked, whole)).isLessThan(2 * distance(whole, exact));
        assertThat(distance(chunked, exact)).isLessThan(2 * distance(whole, exact));
    }

    private static double distance(Contrast one, Contrast other) {
        Map<String, Tensor> gradients = other.gradients();
        double sum = 0;
        for (Map.Entry<String, Tensor> each : one.gradients().entrySet()) {
            Tensor expected = requireNonNull(gradients.get(each.getKey()));
            sum += Math.pow(norm(each.getValue().to(DType.FLOAT64).minus(expected.to(DType.FLOAT64))), 2);
        }
        return Math.sqrt(sum) / other.norm();
    }

    @Test
    void no_more_than_a_chunk_is_embedded_and_each_is_let_go_before_the_next() {
        Contrast contrast = new Contrast(DType.FLOAT32);
        List<String> story = new ArrayList<>();
        List<Tensor> recorded = new ArrayList<>();
        GradientCache.Tower tower = (from, to) -> {
            recorded.forEach(before -> assertThatThrownBy(before::toFloats)
                    .as("what another chunk left")
                    .isInstanceOf(NullPointerException.class));
            String pass = Gradients.recorded() ? "again " : "first ";
            story.add(pass + from + "-" + to + (contrast.norm() > 0 ? " after gradients" : ""));
            Tensor embedded = contrast.images(from, to);
            if (Gradients.recorded()) recorded.add(embedded);
            return embedded;
        };
        new GradientCache(4).backward(SAMPLES, List.of(tower), e -> e.get(0).sum());
        assertThat(story)
                .containsExactly(
                        "first 0-4",
                        "first 4-8",
                        "first 8-10",
                        "again 0-4",
                        "again 4-8 after gradients",
                        "again 8-10 after gradients");
    }

    @Test
    void gradients_add_up_over_batches() {
        Contrast contrast = new Contrast(DType.FLOAT64);
        contrast.chunked(4);
        double once = contrast.norm();
        contrast.chunked(4);
        assertThat(contrast.norm()).isCloseTo(2 * once, withinPercentage(1e-10));
    }

    @Test
    void a_chunk_of_nothing_is_refused() {
        assertThatThrownBy(() -> new GradientCache(0)).hasMessage("expected chunks of at least 1 sample, got 0");
    }
}
