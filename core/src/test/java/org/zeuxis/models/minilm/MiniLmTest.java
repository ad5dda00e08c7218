package org.zeuxis.models.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.hub.Models;
import org.zeuxis.models.TextEncoder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** Against transformers' BertModel, and what sentence-transformers makes of its states. */
class MiniLmTest {
    @TempDir
    private Path temporary;

    private static List<String> prompts(Golden golden) throws IOException {
        List<String> prompts = new ArrayList<>();
        new ObjectMapper().readTree(golden.metadata().get("prompts")).forEach(p -> prompts.add(p.asText()));
        return prompts;
    }

    private static MiniLmFolder opened(Path folder) throws IOException {
        return Models.standard().open(folder.toString(), MiniLmFolder.class, DType.FLOAT32);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-minilm", "tiny-bert-cased"})
    void statesAreThoseOfTransformers(String name) throws IOException {
        try (Golden golden = Golden.open("minilm.safetensors");
                MiniLmFolder folder = opened(Golden.path(name));
                Gradients off = Gradients.off()) {
            Tensor mask = golden.tensor("mask." + name);
            Tensor expected =
                    golden.tensor("out." + name).times(mask.unsqueeze(2).to(DType.FLOAT32));
            Tensor direct = folder.encoder().forward(golden.tensor("ids." + name), mask.to(DType.BOOL));
            assertThat(direct.times(mask.unsqueeze(2)).maxDifference(expected)).isLessThan(1e-5);
            TextEncoder.Encoded encoded = folder.encode(prompts(golden));
            assertThat(encoded.words().toLongs()).containsExactly(mask.toLongs());
            assertThat(encoded.states().maxDifference(expected)).isLessThan(1e-5);
            folder.save(temporary, temporary);
            try (MiniLmFolder again = opened(temporary)) {
                assertThat(again.encoder().config()).isEqualTo(folder.encoder().config());
                assertThat(again.encode(prompts(golden)).states().maxDifference(encoded.states()))
                        .isZero();
            }
        }
    }

    @Test
    void embeddingsAreThoseOfSentenceTransformers() throws IOException {
        try (Golden golden = Golden.open("minilm.safetensors");
                MiniLmFolder folder = opened(Golden.path("tiny-minilm"));
                Gradients off = Gradients.off()) {
            golden.check("out.embedding", folder.embed(prompts(golden)), 1e-5);
        }
    }

    @Test
    void paddingIsNotSeenAndIsZero() throws IOException {
        try (MiniLmFolder narrow = opened(Golden.path("tiny-minilm"));
                Gradients off = Gradients.off()) {
            MiniLmFolder wide = narrow.withContextLength(20);
            Tensor few = narrow.encode(List.of("a b", "a b c d e")).states();
            Tensor many = wide.encode(List.of("a b")).states();
            assertThat(many.shape()).containsExactly(1, 20, 16);
            assertThat(few.slice(0, 0, 1).maxDifference(many.slice(1, 0, 16))).isLessThan(1e-6);
            assertThat(many.slice(1, 4, 20).abs().max()).isZero();
            assertThat(many.slice(1, 0, 4).abs().max()).isPositive();
            assertThatThrownBy(() -> narrow.withContextLength(21))
                    .hasMessage(
                            "expected texts of at most 20 tokens, got 21; set model_max_length in tokenizer_config.json");
        }
    }

    @Test
    void thePublishedShapeIsReadBackAsItWasWritten() throws IOException {
        BertEncoder.Config.MINI_LM.write().write(temporary.resolve("config.json"));
        assertThat(BertEncoder.Config.from(org.zeuxis.config.Config.read(temporary.resolve("config.json"))))
                .isEqualTo(BertEncoder.Config.MINI_LM);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.json | position_embedding_type | \"relative_key\" | position_embedding_type",
                "config.json | is_decoder | true | is_decoder",
                "config.json | num_attention_heads | 3 | hidden_size",
                "config.json | vocab_size | 50 | expected a tokenizer of at most 50 tokens, got one of",
                "1_Pooling/config.json | pooling_mode_mean_tokens | false | pooling_mode_mean_tokens",
                "1_Pooling/config.json | pooling_mode_cls_token | true | pooling_mode_cls_token",
                "1_Pooling/config.json | pooling_mode_new | true | pooling_mode_new"
            })
    void whatIsNotHonouredIsRefusedByName(String file, String key, String json, String message) throws IOException {
        Path copy = FolderCopy.of(Golden.path("tiny-minilm"), temporary.resolve("copy"));
        FolderCopy.set(copy.resolve(file), key, json);
        assertThatThrownBy(() -> opened(copy)).hasMessageContaining(message);
    }

    @Test
    void headsMustFillTheWidth() {
        assertThatThrownBy(() -> new BertEncoder.Config(9, 16, 1, 3, 8, org.zeuxis.nn.Activation.GELU, 8, 2, 1e-12))
                .hasMessage("expected a width of equal heads, got 16 in 3");
    }
}
