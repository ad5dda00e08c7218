package org.zeuxis.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** Against transformers' LlamaForCausalLM, GPTNeoXForCausalLM, OPTForCausalLM and MptForCausalLM. */
class DecoderTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir
    Path copy;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void scoresAreThoseOfTransformers(String family) throws IOException {
        try (Golden golden = Golden.open("language-models.safetensors");
                Decoder model = load(family);
                Gradients off = Gradients.off()) {
            golden.check(family + ".logits", model.forward(golden.tensor("in.ids")), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void greedyWritingIsThatOfTransformers(String family) throws IOException {
        try (Golden golden = Golden.open("language-models.safetensors");
                Decoder model = load(family)) {
            int[] expected = ints(golden.tensor(family + ".greedy"));
            int[] prompt = Arrays.copyOf(ints(golden.tensor("in.ids")), 9);
            List<Integer> told = new ArrayList<>();
            assertThat(Generation.write(model, prompt, 12, -1, Choice.GREEDY, told::add))
                    .containsExactly(expected);
            assertThat(told)
                    .containsExactlyElementsOf(Arrays.stream(expected).boxed().toList());
            int end = expected[3];
            int first = Arrays.stream(expected).boxed().toList().indexOf(end);
            assertThat(Generation.write(model, prompt, 12, end, Choice.GREEDY, t -> true))
                    .hasSize(first + 1)
                    .endsWith(end);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt-neox", "opt", "mpt"})
    void aTextReadInPartsIsReadAlike(String family) throws IOException {
        try (Golden golden = Golden.open("language-models.safetensors");
                Decoder model = load(family);
                Gradients off = Gradients.off()) {
            Tensor ids = golden.tensor("in.ids");
            try (Reading reading = model.reading(9)) {
                reading.next(ids.slice(1, 0, 4));
                reading.next(ids.slice(1, 4, 5));
                assertThat(reading.room()).isEqualTo(4);
                Tensor last = reading.next(ids.slice(1, 5, 9));
                assertThat(last.maxDifference(golden.tensor(family + ".logits").select(1, 8)))
                        .isLessThan(1e-5);
            }
        }
    }

    /** Its weights are rounded, what it computes in is not; token by token as all at once. */
    @ParameterizedTest
    @CsvSource({
        "llama, INT8, 0.05", "gpt-neox, INT8, 0.05", "opt, INT8, 0.05", "mpt, INT8, 0.05",
        "llama, INT4, 0.3", "gpt-neox, INT4, 0.3", "opt, INT4, 0.3", "mpt, INT4, 0.3"
    })
    void inFewerBitsTheScoresAreNearlyThose(String family, DType type, double near) throws IOException {
        try (Golden golden = Golden.open("language-models.safetensors");
                Decoder model = LanguageModelFolder.load(GOLDEN.resolve("tiny-" + family), type);
                Reading reading = model.reading(9);
                Gradients off = Gradients.off()) {
            Tensor ids = golden.tensor("in.ids");
            Tensor expected = golden.tensor(family + ".logits");
            double off8 = model.forward(ids).to(DType.FLOAT32).maxDifference(expected);
            assertThat(off8).isBetween(1e-5, near * expected.abs().max());
            for (int i = 0; i < 9; i++) {
                Tensor scores = reading.next(ids.slice(1, i, i + 1)).to(DType.FLOAT32);
                assertThat(scores.maxDifference(expected.select(1, i)))
                        .isLessThan(near * expected.abs().max());
            }
        }
    }

    @Test
    void aLaterTokenChangesNoEarlierScore() throws IOException {
        try (Golden golden = Golden.open("language-models.safetensors");
                Decoder model = load("llama");
                Gradients off = Gradients.off()) {
            Tensor ids = golden.tensor("in.ids");
            Tensor other = Tensor.cat(1, ids.slice(1, 0, 8), Tensor.of(new long[] {3, 4}, 2, 1));
            Tensor before = model.forward(ids);
            Tensor after = model.forward(other);
            assertThat(before.slice(1, 0, 8).maxDifference(after.slice(1, 0, 8)))
                    .isZero();
            assertThat(before.maxDifference(after)).isPositive();
        }
    }

    @Test
    void aTextBeyondTheContextIsRefused() throws IOException {
        try (Decoder model = load("opt")) {
            assertThatThrownBy(() -> model.forward(Tensor.zeros(1, 65).to(DType.INT64)))
                    .hasMessage("expected at most 64 tokens, got 65; cut the text first");
            assertThatThrownBy(() -> Generation.write(model, new int[0], 3, -1, Choice.GREEDY, t -> true))
                    .hasMessageContaining("at least one token to begin with");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama|rope_parameters|{\"rope_type\":\"llama3\",\"rope_theta\":500.0}|llama3",
                "llama|attention_bias|true|attention_bias",
                "gpt-neox|hidden_act|\"mish\"|mish",
                "opt|do_layer_norm_before|false|do_layer_norm_before",
                "opt|word_embed_proj_dim|12|word_embed_proj_dim",
                "mpt|attn_config/clip_qkv|6|clip_qkv",
                "mpt|attn_config/alibi|false|alibi",
                "llama|model_type|\"mamba\"|mamba"
            })
    void settingsThatChangeTheScoresAreRefusedByName(String family, String key, String value, String named)
            throws IOException {
        FolderCopy.of(GOLDEN.resolve("tiny-" + family), copy);
        FolderCopy.set(copy.resolve("config.json"), key, value);
        assertThatThrownBy(() -> LanguageModelFolder.load(copy, DType.FLOAT32)).hasMessageContaining(named);
    }

    @Test
    void drawnTokensFollowTheirProbabilities() {
        Tensor scores = Tensor.of(new float[] {0, (float) Math.log(3), (float) Math.log(4), -30}, 1, 4);
        assertThat(counts(Choice.drawn(1, 0, 1, 5), scores)[0]).isBetween(80, 170); // of 1,000: an eighth
        assertThat(counts(Choice.drawn(1, 2, 1, 5), scores)).startsWith(0).endsWith(0);
        assertThat(counts(Choice.drawn(1, 0, 0.45, 5), scores)).containsExactly(0, 0, 1000, 0);
        assertThat(counts(Choice.drawn(0.05, 0, 1, 5), scores)[2]).isGreaterThan(950);
        assertThatThrownBy(() -> Choice.drawn(0, 0, 1, 5)).hasMessageContaining("temperature above 0");
        assertThat(Choice.asked(null, null, null, 5)).isSameAs(Choice.GREEDY);
        assertThat(Choice.asked(0.0, 2, 0.9, 5)).isSameAs(Choice.GREEDY);
        assertThat(counts(Choice.asked(null, 2, null, 5), scores)).isEqualTo(counts(Choice.drawn(1, 2, 1, 5), scores));
        assertThat(counts(Choice.asked(0.5, null, 0.9, 5), scores))
                .isEqualTo(counts(Choice.drawn(0.5, 0, 0.9, 5), scores));
    }

    private static int[] counts(Choice choice, Tensor scores) {
        int[] counts = new int[4];
        for (int step = 0; step < 1000; step++)
            counts[(int) choice.next(scores, step).toLongs()[0]]++;
        return counts;
    }

    private static Decoder load(String family) throws IOException {
        return LanguageModelFolder.load(GOLDEN.resolve("tiny-" + family), DType.FLOAT32);
    }

    private static int[] ints(Tensor x) {
        return Arrays.stream(x.toLongs()).mapToInt(Math::toIntExact).toArray();
    }
}
