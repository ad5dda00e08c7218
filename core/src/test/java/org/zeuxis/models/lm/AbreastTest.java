package org.zeuxis.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.models.lm.BeamSearch.Patience;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** Texts of different lengths at once: against transformers with padding on the left, and against each by itself. */
class AbreastTest {
    private static final int CONTEXT = 64;
    private static final List<int[]> PROMPTS =
            List.of(random(9), random(1), random(23), random(4), random(9), random(60));

    private static int[] random(int length) {
        return new Random(length).ints(length, 3, 40).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void textsAreThoseOfTransformers(String family) throws IOException {
        try (Golden golden = Golden.open("abreast.safetensors");
                Decoder model = load(family)) {
            int end = (int) golden.tensor(family + ".end").toLongs()[0];
            List<int[]> prompts = each(golden, "in.ids");
            assertThat(written(model, prompts, 12, end)).containsExactlyElementsOf(each(golden, family + ".greedy"));
            for (Patience patience : Patience.values()) {
                for (int beams : new int[] {2, 3}) {
                    String key = family + "." + patience.name().toLowerCase(Locale.ROOT) + "." + beams;
                    assertThat(searched(model, new BeamSearch(beams, 1, patience), prompts, 12, end))
                            .as(key)
                            .containsExactlyElementsOf(each(golden, key));
                }
            }
        }
    }

    private static List<int[]> each(Golden golden, String key) {
        return IntStream.range(0, 5)
                .mapToObj(i -> Arrays.stream(golden.tensor(key + "." + i).toLongs())
                        .mapToInt(Math::toIntExact)
                        .toArray())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void scoresAreThoseOfEachText(String family) throws IOException {
        try (Decoder model = load(family);
                Gradients off = Gradients.off();
                Reading reading = model.reading(lengths(PROMPTS), 80, Insertion.NONE)) {
            long[] read = Lead.ids(PROMPTS);
            Tensor scores = reading.next(Tensor.of(read, PROMPTS.size(), read.length / PROMPTS.size()));
            reading.branch(new long[] {3, 1, 3});
            Tensor next = reading.next(Tensor.of(new long[] {5, 6, 7}, 3, 1));
            Tensor further = reading.next(Tensor.of(new long[] {8, 9, 10, 11, 12, 13}, 3, 2));
            for (int i = 0; i < PROMPTS.size(); i++) {
                assertThat(scores.slice(0, i, i + 1).maxDifference(alone(model, PROMPTS.get(i))))
                        .as("text %d", i)
                        .isLessThan(1e-5);
            }
            for (int i = 0; i < 3; i++) {
                int[] prompt = PROMPTS.get(i == 1 ? 1 : 3);
                int[] longer = longer(prompt, 5 + i);
                assertThat(next.slice(0, i, i + 1).maxDifference(alone(model, longer)))
                        .as("branch %d", i)
                        .isLessThan(1e-5);
                assertThat(further.slice(0, i, i + 1).maxDifference(alone(model, longer(longer, 8 + 2 * i, 9 + 2 * i))))
                        .as("two further tokens of branch %d", i)
                        .isLessThan(1e-5);
            }
        }
    }

    private static Tensor alone(Decoder model, int[] ids) {
        Tensor row = Tensor.of(Arrays.stream(ids).asLongStream().toArray(), 1, ids.length);
        return model.forward(row).select(1, ids.length - 1);
    }

    private static int[] longer(int[] ids, int... more) {
        int[] all = Arrays.copyOf(ids, ids.length + more.length);
        System.arraycopy(more, 0, all, ids.length, more.length);
        return all;
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
    void eachTextIsDrawnWithItsOwnSeedAndEndsWhereItIsTold() throws IOException {
        try (Decoder model = load("opt")) {
            List<List<Integer>> heard = new ArrayList<>();
            List<Generation.Text> texts = new ArrayList<>();
            for (int i = 0; i < PROMPTS.size(); i++) {
                List<Integer> its = new ArrayList<>();
                int last = 7 - i;
                heard.add(its);
                texts.add(new Generation.Text(
                        PROMPTS.get(i), 4 + i, drawn(i), token -> its.add(token) && its.size() < last));
            }
            List<int[]> written = Generation.write(model, texts, -1);
            for (int i = 0; i < PROMPTS.size(); i++) {
                int most = Math.min(4 + i, 7 - i);
                int[] alone = Generation.write(model, PROMPTS.get(i), most, -1, drawn(i), token -> true);
                assertThat(written.get(i)).hasSize(most).containsExactly(alone);
                assertThat(heard.get(i).stream().mapToInt(Integer::intValue).toArray())
                        .containsExactly(alone);
            }
            List<int[]> one = written(model, Collections.nCopies(2, PROMPTS.get(0)), 7, -1, AbreastTest::drawn);
            assertThat(one.get(0)).as("another seed").isNotEqualTo(one.get(1));
        }
    }

    private static Choice drawn(int seed) {
        return Choice.drawn(1.5, 0, 0.95, seed);
    }

    /** Those who are left are computed without who has ended: what is told does not change them, and their rows are gone. */
    @Test
    void whoHasEndedLeaves() throws IOException {
        List<Long> rows = new ArrayList<>();
        Insertion counting = ids -> {
            rows.add(ids.size(0));
            return (block, x) -> x;
        };
        try (Decoder model = load("llama");
                Reading reading = model.reading(lengths(PROMPTS.subList(0, 3)), 40, counting)) {
            List<Generation.Text> texts = IntStream.range(0, 3)
                    .mapToObj(i -> new Generation.Text(PROMPTS.get(i), 1 + 2 * i, Choice.GREEDY, t -> true))
                    .toList();
            Generation.write(reading, texts, -1);
            assertThat(rows).containsExactly(3L, 2L, 2L, 1L, 1L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void beamsFindWhatTheyFindAlone(String family) throws IOException {
        try (Decoder model = load(family)) {
            int end = Generation.write(model, PROMPTS.get(0), 5, -1, Choice.GREEDY, t -> true)[3];
            for (Patience patience : Patience.values()) {
                for (double penalty : new double[] {-1, 1, 2.5}) {
                    BeamSearch search = new BeamSearch(3, penalty, patience);
                    List<int[]> alone = new ArrayList<>();
                    for (int[] prompt : PROMPTS) {
                        try (Reading reading = model.reading(CONTEXT)) {
                            alone.add(search.write(reading, prompt, 10, end));
                        }
                    }
                    assertThat(searched(model, search, PROMPTS, 10, end))
                            .as("%s, %s", patience, penalty)
                            .containsExactlyElementsOf(alone);
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
            assertThat(written(model, List.of(), 3, -1)).isEmpty();
        }
    }

    private static List<int[]> written(Decoder model, List<int[]> prompts, int most, int end) {
        return written(model, prompts, most, end, i -> Choice.GREEDY);
    }

    private static List<int[]> written(
            Decoder model, List<int[]> prompts, int most, int end, IntFunction<Choice> choice) {
        List<Generation.Text> texts = IntStream.range(0, prompts.size())
                .mapToObj(i -> new Generation.Text(prompts.get(i), most, choice.apply(i), token -> true))
                .toList();
        return Generation.write(model, texts, end);
    }

    private static List<int[]> searched(Decoder model, BeamSearch search, List<int[]> prompts, int most, int end) {
        int longest = Arrays.stream(lengths(prompts)).max().orElseThrow();
        try (Reading reading = model.reading(lengths(prompts), longest + most, Insertion.NONE)) {
            return search.write(reading, prompts, most, end);
        }
    }

    private static int[] lengths(List<int[]> prompts) {
        return prompts.stream().mapToInt(prompt -> prompt.length).toArray();
    }

    private static Decoder load(String family) throws IOException {
        return LanguageModelFolder.load(Path.of("src/test/resources/golden", "tiny-" + family), DType.FLOAT32);
    }
}
