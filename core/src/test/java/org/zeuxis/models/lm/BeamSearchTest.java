package org.zeuxis.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.models.lm.BeamSearch.Patience;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** Against the beam search of transformers, on its own tiny folders. */
class BeamSearchTest {
    private static final int[] BEAMS = {2, 3, 4};
    private static final double[] PENALTIES = {-1, 0, 1, 2.5};

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void textsAreThoseOfTransformers(String family) throws IOException {
        try (Golden golden = Golden.open("beam-search.safetensors");
                Decoder model = load(family)) {
            int[] prompt = ints(golden.tensor("in.ids"));
            int end = (int) golden.tensor(family + ".end").toLongs()[0];
            for (Patience patience : Patience.values()) {
                for (int beams : BEAMS) {
                    for (double penalty : PENALTIES) {
                        String key =
                                family + "." + patience.name().toLowerCase(Locale.ROOT) + "." + beams + "." + penalty;
                        try (Reading reading = model.reading(64)) {
                            assertThat(new BeamSearch(beams, penalty, patience).write(reading, prompt, 12, end))
                                    .as(key)
                                    .containsExactly(ints(golden.tensor(key)));
                        }
                    }
                }
            }
        }
    }

    @Test
    void oneBeamIsGreedy() throws IOException {
        try (Decoder model = load("llama");
                Reading reading = model.reading(64)) {
            int[] prompt = {5, 9, 33};
            assertThat(BeamSearch.of(1).write(reading, prompt, 10, -1))
                    .containsExactly(Generation.write(model, prompt, 10, -1, Choice.GREEDY, t -> true));
        }
    }

    @Test
    void aReadingGoesOnFromAnyOfItsTexts() throws IOException {
        try (Decoder model = load("mpt");
                Gradients off = Gradients.off();
                Reading reading = model.reading(64)) {
            Tensor both = Tensor.of(new long[] {4, 5, 6, 7, 8, 9}, 2, 3);
            Tensor next = Tensor.of(new long[] {10, 11, 12}, 3, 1);
            reading.next(both);
            reading.branch(new long[] {1, 0, 1});
            Tensor scores = reading.next(next);
            Tensor whole = model.forward(Tensor.of(new long[] {7, 8, 9, 10, 4, 5, 6, 11, 7, 8, 9, 12}, 3, 4));
            assertThat(scores.maxDifference(whole.select(1, 3))).isLessThan(1e-5);
        }
    }

    @Test
    void whatCannotBeSearchedIsRefused() throws IOException {
        assertThatThrownBy(() -> BeamSearch.of(0)).hasMessageContaining("expected at least 1 beam");
        try (Decoder model = load("llama");
                Reading reading = model.reading(4)) {
            assertThatThrownBy(() -> BeamSearch.of(2).write(reading, new int[0], 3, -1))
                    .hasMessageContaining("at least one token to begin with");
            assertThat(BeamSearch.of(2).write(reading, new int[] {1, 2, 3, 4}, 3, -1))
                    .isEmpty();
            assertThatThrownBy(() -> reading.branch(new long[] {0}))
                    .hasMessageContaining("expected tokens in the cache");
        }
    }

    private static Decoder load(String family) throws IOException {
        return LanguageModelFolder.load(Path.of("src/test/resources/golden", "tiny-" + family), DType.FLOAT32);
    }

    private static int[] ints(Tensor x) {
        return Arrays.stream(x.toLongs()).mapToInt(Math::toIntExact).toArray();
    }
}
