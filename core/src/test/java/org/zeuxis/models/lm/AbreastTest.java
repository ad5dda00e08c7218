package org.zeuxis.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.models.lm.BeamSearch.Patience;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** Texts of different lengths at once, against each by itself, which the tests beside this one hold against transformers. */
class AbreastTest {
    private static final int CONTEXT = 64;
    private static final List<int[]> PROMPTS =
            List.of(random(9), random(1), random(23), random(4), random(9), random(60));

    private static int[] random(int length) {
        return new Random(length).ints(length, 3, 40).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void scoresAreThoseOfEachText(String family) throws IOException {
        try (Decoder model = load(family);
                Gradients off = Gradients.off();
                Reading reading = model.reading(lengths(PROMPTS), 80, Insertion.NONE)) {
            long[] read = Generation.abreast(PROMPTS);
            Tensor scores = reading.next(Tensor.of(read, PROMPTS.size(), read.length / PROMPTS.size()));
            reading.branch(new long[] {3, 1, 3});
            Tensor next = reading.next(Tensor.of(new long[] {5, 6, 7}, 3, 1));
            for (int i = 0; i < PROMPTS.size(); i++) {
                Tensor alone = model.forward(row(PROMPTS.get(i)));
                assertThat(scores.slice(0, i, i + 1).maxDifference(alone.select(1, alone.size(1) - 1)))
                        .as("text %d", i)
                        .isLessThan(1e-5);
            }
            for (int i = 0; i < 3; i++) {
                int[] prompt = PROMPTS.get(i == 1 ? 1 : 3);
                int[] longer = Arrays.copyOf(prompt, prompt.length + 1);
                longer[prompt.length] = 5 + i;
                Tensor alone = model.forward(row(longer));
                assertThat(next.slice(0, i, i + 1).maxDifference(alone.select(1, prompt.length)))
                        .as("branch %d", i)
                        .isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void greedyTextsAreThoseOfEachAlone(String family) throws IOException {
        try (Decoder model = load(family)) {
            int end = Generation.write(model, PROMPTS.get(0), 5, -1, Choice.GREEDY, t -> true)[3];
            for (int ends : new int[] {-1, end}) {
                List<int[]> alone = new ArrayList<>();
                for (int[] prompt : PROMPTS) {
                    alone.add(Generation.write(model, prompt, 12, ends, Choice.GREEDY, t -> true));
                }
                assertThat(alone.get(5)).as("what is left of the context").hasSizeLessThanOrEqualTo(4);
                assertThat(written(model, PROMPTS, 12, ends)).containsExactlyElementsOf(alone);
                List<int[]> others = new ArrayList<>(PROMPTS);
                Collections.reverse(others);
                Collections.reverse(alone);
                assertThat(written(model, others, 12, ends)).containsExactlyElementsOf(alone);
            }
        }
    }

    @Test
    void eachTextEndsWhereItIsTold() throws IOException {
        try (Decoder model = load("opt");
                Reading reading = model.reading(lengths(PROMPTS), 100, Insertion.NONE)) {
            List<List<Integer>> heard = new ArrayList<>();
            List<IntPredicate> told = new ArrayList<>();
            for (int i = 0; i < PROMPTS.size(); i++) {
                List<Integer> its = new ArrayList<>();
                int most = i + 1;
                heard.add(its);
                told.add(token -> its.add(token) && its.size() < most);
            }
            List<int[]> written = Generation.write(reading, PROMPTS, 12, -1, Choice.GREEDY, told);
            for (int i = 0; i < PROMPTS.size(); i++) {
                int[] alone =
                        Generation.write(model, PROMPTS.get(i), Math.min(i + 1, 4), -1, Choice.GREEDY, token -> true);
                assertThat(Arrays.copyOf(written.get(i), alone.length)).containsExactly(alone);
                assertThat(written.get(i)).hasSize(i == 5 ? 4 : i + 1);
                assertThat(heard.get(i)).hasSize(written.get(i).length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void beamsFindWhatTheyFindAlone(String family) throws IOException {
        try (Decoder model = load(family)) {
            int end = Generation.write(model, PROMPTS.get(0), 5, -1, Choice.GREEDY, t -> true)[3];
            for (Patience patience : Patience.values()) {
                for (int beams : new int[] {1, 3}) {
                    BeamSearch search = new BeamSearch(beams, 1, patience);
                    List<int[]> alone = new ArrayList<>();
                    for (int[] prompt : PROMPTS) {
                        try (Reading reading = model.reading(CONTEXT)) {
                            alone.add(search.write(reading, prompt, 10, end));
                        }
                    }
                    try (Reading reading = model.reading(lengths(PROMPTS), 100, Insertion.NONE)) {
                        assertThat(search.write(reading, PROMPTS, 10, end))
                                .as("%d beams, %s", beams, patience)
                                .containsExactlyElementsOf(alone);
                    }
                }
            }
        }
    }

    @Test
    void whatCannotBeReadIsRefused() throws IOException {
        try (Decoder model = load("llama")) {
            assertThatThrownBy(() -> written(model, List.of(random(3), new int[0]), 3, -1))
                    .hasMessage("expected at least one token to begin with, got none");
            assertThatThrownBy(() -> written(model, List.of(random(3), random(65)), 3, -1))
                    .hasMessage("expected at most 64 tokens, got 65; cut the text first");
            assertThat(written(model, List.of(random(64), random(63)), 3, -1))
                    .extracting(all -> all.length)
                    .containsExactly(0, 1);
        }
    }

    private static List<int[]> written(Decoder model, List<int[]> prompts, int most, int end) {
        int longest = Arrays.stream(lengths(prompts)).max().orElseThrow();
        try (Reading reading = model.reading(lengths(prompts), longest + most, Insertion.NONE)) {
            List<IntPredicate> told = Collections.nCopies(prompts.size(), token -> true);
            return Generation.write(reading, prompts, most, end, Choice.GREEDY, told);
        }
    }

    private static int[] lengths(List<int[]> prompts) {
        return prompts.stream().mapToInt(prompt -> prompt.length).toArray();
    }

    private static Tensor row(int[] ids) {
        return Tensor.of(Arrays.stream(ids).asLongStream().toArray(), 1, ids.length);
    }

    private static Decoder load(String family) throws IOException {
        return LanguageModelFolder.load(Path.of("src/test/resources/golden", "tiny-" + family), DType.FLOAT32);
    }
}
