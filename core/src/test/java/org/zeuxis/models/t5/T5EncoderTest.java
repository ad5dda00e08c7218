package org.zeuxis.models.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** Against transformers' T5EncoderModel and the encoder of its T5ForConditionalGeneration. */
class T5EncoderTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @ValueSource(strings = {"tiny-t5", "tiny-t5-plain"})
    void statesAreThoseOfTransformers(String name) throws IOException {
        Golden golden = Golden.open("t5.safetensors");
        Path folder = GOLDEN.resolve(name);
        Tensor mask = golden.tensor("mask").to(DType.BOOL);
        try (T5Folder t5 = T5Folder.load(folder, folder, 16, DType.FLOAT32);
                Gradients off = Gradients.off()) {
            Tensor states = t5.encoder().forward(golden.tensor("ids"), mask);
            Tensor seen = mask.to(DType.FLOAT32).unsqueeze(2);
            assertThat(states.times(seen)
                            .maxDifference(golden.tensor("out." + name).times(seen)))
                    .isLessThan(1e-5);
        }
    }

    /** Its weights are rounded, what it computes in is not. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-t5", "tiny-t5-plain"})
    void in8BitsItReadsNearlyTheSame(String name) throws IOException {
        Path folder = GOLDEN.resolve(name);
        List<String> prompts = List.of("a photo of a cat", "the dog");
        try (T5Folder whole = T5Folder.load(folder, folder, 16, DType.FLOAT32);
                T5Folder rounded = T5Folder.load(folder, folder, 16, DType.INT8);
                Gradients off = Gradients.off()) {
            assertThat(rounded.kept()).isEqualTo(DType.INT8);
            Tensor seen = whole.encode(prompts).words().to(DType.FLOAT32).unsqueeze(2);
            Tensor a = whole.encode(prompts).states().times(seen);
            Tensor b = rounded.encode(prompts).states().to(DType.FLOAT32).times(seen);
            double cosine = a.times(b).mean().item()
                    / Math.sqrt(a.square().mean().item() * b.square().mean().item());
            assertThat(cosine).isBetween(0.999, 0.99999999);
        }
    }

    @Test
    void textsGoFromPromptToStates() throws IOException {
        Golden golden = Golden.open("t5.safetensors");
        Path folder = GOLDEN.resolve("tiny-t5");
        List<String> prompts = new ArrayList<>();
        new ObjectMapper().readTree(golden.metadata().get("prompts")).forEach(p -> prompts.add(p.asText()));
        try (T5Folder t5 = T5Folder.load(folder, folder, 16, DType.FLOAT32);
                Gradients off = Gradients.off()) {
            T5Folder.Encoded encoded = t5.encode(prompts);
            assertThat(encoded.words().toLongs())
                    .containsExactly(golden.tensor("mask").toLongs());
            Tensor seen = encoded.words().to(DType.FLOAT32).unsqueeze(2);
            assertThat(encoded.states()
                            .times(seen)
                            .maxDifference(golden.tensor("out.tiny-t5").times(seen)))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void paddingIsNotSeen() throws IOException {
        Path folder = GOLDEN.resolve("tiny-t5");
        try (T5Folder narrow = T5Folder.load(folder, folder, 5, DType.FLOAT32);
                T5Folder wide = T5Folder.load(folder, folder, 40, DType.FLOAT32);
                Gradients off = Gradients.off()) {
            Tensor few = narrow.encode(List.of("a cat")).states();
            Tensor many = wide.encode(List.of("a cat")).states().slice(1, 0, 5);
            long words = narrow.tokenizer().encode("a cat").lengths()[0];
            assertThat(words).isLessThanOrEqualTo(5);
            assertThat(few.slice(1, 0, words).maxDifference(many.slice(1, 0, words)))
                    .isLessThan(1e-6);
        }
    }

    @Test
    void aConfigurationIsReadBackAsItWasWritten(@TempDir Path folder) throws IOException {
        T5Encoder.Config.XXL.write().write(folder.resolve("config.json"));
        assertThat(T5Encoder.Config.from(org.zeuxis.config.Config.read(folder.resolve("config.json"))))
                .isEqualTo(T5Encoder.Config.XXL);
    }

    @Test
    void aTokenizerOfMoreWordsIsRefused(@TempDir Path copy) throws IOException {
        FolderCopy.of(GOLDEN.resolve("tiny-t5"), copy);
        Path config = copy.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"vocab_size\": 464", "\"vocab_size\": 400"));
        assertThatThrownBy(() -> T5Folder.load(copy, copy, 16, DType.FLOAT32))
                .hasMessageContaining("expected a tokenizer of at most 400 tokens, got one of 460");
    }

    @Test
    void anotherFeedForwardIsRefusedByName(@TempDir Path copy) throws IOException {
        FolderCopy.of(GOLDEN.resolve("tiny-t5"), copy);
        Path config = copy.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("gated-gelu", "gated-tanh"));
        assertThatThrownBy(() -> T5Folder.load(copy, copy, 16, DType.FLOAT32)).hasMessageContaining("gated-tanh");
    }
}
