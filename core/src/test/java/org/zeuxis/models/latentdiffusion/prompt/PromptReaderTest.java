package org.zeuxis.models.latentdiffusion.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.Golden;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;

/** Prompts of any length, with weights and layers left out, as web UIs and diffusers read them. */
class PromptReaderTest {
    private static LatentDiffusion tiny(String name, DType type) throws IOException {
        return LatentDiffusion.load(Golden.path(name), type);
    }

    private static PromptReader reader(LatentDiffusion model) {
        return new PromptReader(model.tokenizer(), model.text());
    }

    @Test
    void promptsAreReadAndDrawnAsElsewhere() throws IOException {
        try (LatentDiffusion model = tiny("tiny-stable-diffusion", DType.FLOAT32);
                Golden golden = Golden.open("prompts.safetensors");
                Gradients off = Gradients.off()) {
            JsonNode cases = new ObjectMapper().readTree(golden.metadata().get("cases"));
            assertThat(cases).hasSize(7);
            ImageRequest last = ImageRequest.of("");
            for (int i = 0; i < cases.size(); i++) {
                JsonNode each = cases.get(i);
                last = ImageRequest.of(each.get(0).asText())
                        .withNegative(each.get(1).asText())
                        .withClipSkip(each.get(2).asInt());
                Tensor states = reader(model).states(List.of(last.negative(), last.prompt()), last.clipSkip());
                golden.check("out." + i + ".negative", states.slice(0, 0, 1), 1e-5);
                golden.check("out." + i + ".prompt", states.slice(0, 1, 2), 1e-5);
            }
            GeneratedImage drawn = model.generate(
                            last.withSize(32, 24).withSteps(5).withGuidance(5))
                    .get(0);
            long[] expected = golden.tensor("out.pixels").toLongs();
            for (int i = 0; i < expected.length; i++) {
                assertThat(Math.abs((drawn.image().samples()[i] & 255) - expected[i]))
                        .isLessThanOrEqualTo(1);
            }
            assertThat(drawn.cut()).isEmpty();
            assertThat(drawn.text().entries().get("parameters")).contains("Clip skip: 2");
        }
    }

    /** Of a prompt that fits and weighs nothing, the bits are those of the text encoder by itself. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void aPlainPromptIsReadAsTheTextEncoderReadsIt(DType type) throws IOException {
        for (String name : List.of("tiny-stable-diffusion", "tiny-stable-diffusion-2")) {
            try (LatentDiffusion model = tiny(name, type);
                    Gradients off = Gradients.off()) {
                List<String> prompts = List.of("", "a Red bird: don't | \\ <x>, 1:2");
                TokenBatch tokens = model.tokenizer().encode(prompts);
                Tensor expected = model.text().forward(Tensor.of(tokens.ids(), 2, 77));
                Tensor states = reader(model).states(prompts, 0);
                assertThat(states.dtype()).isEqualTo(expected.dtype());
                assertThat(states.to(DType.FLOAT32).toFloats())
                        .isEqualTo(expected.to(DType.FLOAT32).toFloats());
            }
        }
    }

    @Test
    void theShorterPromptIsFilledUpWithEmptyChunks() throws IOException {
        try (LatentDiffusion model = tiny("tiny-stable-diffusion-2", DType.FLOAT32);
                Gradients off = Gradients.off()) {
            String longest = "bird ".repeat(80);
            Tensor states = reader(model).states(List.of("cube", longest), 0);
            assertThat(states.shape()).containsExactly(2, 154, 16);
            // not to the bit: a processor may add up a product of other rows in another order
            assertThat(states.slice(0, 0, 1)
                            .slice(1, 77, 154)
                            .maxDifference(reader(model).states(List.of(""), 0)))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void moreLayersThanThereAreAreRefused() throws IOException {
        try (LatentDiffusion model = tiny("tiny-stable-diffusion", DType.FLOAT32)) {
            ImageRequest request = ImageRequest.of("a cat").withSize(32, 24).withSteps(1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.generate(request.withClipSkip(2)))
                    .withMessage("expected a CLIP skip below 2, as the text encoder has that many layers, got 2;"
                            + " 1 is usual");
        }
    }
}
