package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.adapter.Lora;
import org.zeuxis.models.latentdiffusion.prompt.PromptReader;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** LoRAs and learned words in each form that they are published in, drawn with as diffusers does. */
class AdaptersTest {
    private static final Path TINY = Golden.path("tiny-stable-diffusion");
    private static final Path FILES = Golden.path("adapters");

    @TempDir
    Path temporary;

    private static LatentDiffusion tiny(DType type, Adapters adapters) throws IOException {
        return LatentDiffusion.load(TINY, type, adapters);
    }

    private static Adapters adapters(JsonNode run) {
        Adapters all = Adapters.NONE;
        for (JsonNode lora : run.get("loras")) {
            Path file = FILES.resolve(lora.get(0).asText() + ".safetensors");
            all = all.with(new Lora(file, lora.get(1).asDouble()));
        }
        for (JsonNode word : run.get("embeddings")) all = all.withEmbedding(FILES.resolve(word.asText()));
        return all;
    }

    @Test
    void latentsAndPicturesAreThoseOfDiffusers() throws IOException {
        try (Golden golden = Golden.open("adapters.safetensors");
                Gradients off = Gradients.off()) {
            JsonNode runs = new ObjectMapper().readTree(golden.metadata().get("runs"));
            assertThat(runs).hasSize(7);
            for (JsonNode run : runs) {
                String name = run.get("name").asText();
                ImageRequest request = ImageRequest.of(run.get("prompt").asText())
                        .withNegative("a blue cube")
                        .withSteps(5)
                        .withGuidance(5)
                        .withSize(32, 24);
                try (LatentDiffusion model = tiny(DType.FLOAT32, adapters(run))) {
                    Tensor states = new PromptReader(model.tokenizer(), model.text())
                            .states(List.of(request.negative(), request.prompt()), 0);
                    Scheduler pndm = model.scheduler().named("pndm");
                    Tensor latents = model.drawing().latents(states, request, pndm, pndm.sampler(5), Progress.NONE);
                    double scale = model.autoencoder().config().scalingFactor();
                    golden.check("out." + name + ".latents", latents.times(scale), 1e-4);
                    byte[] drawn = model.generate(request).get(0).image().samples();
                    long[] expected = golden.tensor("out." + name + ".pixels").toLongs();
                    for (int i = 0; i < expected.length; i++) {
                        assertThat(Math.abs((drawn[i] & 255) - expected[i])).isLessThanOrEqualTo(1);
                    }
                }
            }
        }
    }

    /** Rounded once, after the sum: as if the sum had been published. */
    @Test
    void sumsAreRoundedAfterTheyAreMade() throws IOException {
        Adapters both = Adapters.NONE
                .with(new Lora(FILES.resolve("kohya.safetensors"), 0.6))
                .with(new Lora(FILES.resolve("peft.safetensors"), -0.5));
        Path saved = temporary.resolve("merged");
        try (LatentDiffusion exact = tiny(DType.FLOAT32, both)) {
            exact.save(saved);
        }
        ImageRequest request = ImageRequest.of("a bird").withSteps(2).withSize(32, 24);
        try (LatentDiffusion merged = tiny(DType.BFLOAT16, both);
                LatentDiffusion published = LatentDiffusion.load(saved, DType.BFLOAT16)) {
            assertThat(merged.generate(request).get(0).image().samples())
                    .isEqualTo(published.generate(request).get(0).image().samples());
        }
    }

    @Test
    void picturesSayWhatWasPutIntoTheModel() throws IOException {
        Path lora = FILES.resolve("kohya.safetensors");
        ImageRequest request = ImageRequest.of("a <blob>").withSteps(1).withSize(32, 24);
        Adapters all = Adapters.NONE.with(new Lora(lora, 0.5)).withEmbedding(FILES.resolve("learned_embeds.bin"));
        try (LatentDiffusion model = tiny(DType.FLOAT32, all)) {
            GeneratedImage drawn = model.generate(request).get(0);
            assertThat(drawn.added()).extracting("file").containsExactly("kohya.safetensors", "learned_embeds.bin");
            assertThat(drawn.text().entries().toString())
                    .contains("\"kind\":\"lora\",\"file\":\"kohya.safetensors\",\"sha256\":\"", "\"weight\":0.5");
        }
    }

    private Path written(Map<String, Tensor> tensors, String name) throws IOException {
        Path file = temporary.resolve(name);
        SafetensorsWriter.write(file, tensors, Map.of());
        return file;
    }

    private static Tensor of(long... shape) {
        return Seed.of(1).randn(shape);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora_unet_mid_block_attentions_0_proj_on|expected layers of this model's U-Net, got",
                "lora_te_text_model_encoder_layers_7_mlp_fc1|expected layers of this model's text encoder, got",
                "lora_te2_text_model_encoder_layers_0_mlp_fc1|of a LoRA of Stable Diffusion XL",
                "lora_unet_input_blocks_4_1_proj_in|of a LoRA of Stable Diffusion XL",
                "transformer.blocks.0.attn.to_q|of a LoRA of a transformer",
                "base_model.model.down_blocks.0.proj|of peft, whose alpha lies in another file",
                "weird.layer|which is of no LoRA of Stable Diffusion 1 or 2",
            })
    void layersOfAnotherModelAreNamed(String layer, String expected) throws IOException {
        Path file = written(
                Map.of(layer + ".lora_down.weight", of(2, 8), layer + ".lora_up.weight", of(8, 2)), "x.safetensors");
        refused(Adapters.NONE.with(Lora.of(file)), expected, layer);
    }

    private static void refused(Adapters adapters, String... expected) {
        assertThatThrownBy(() -> tiny(DType.FLOAT32, adapters))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(expected);
    }

    @Test
    void shapesThatDoNotFitAreNamed() throws IOException {
        String layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
        Path wide = written(
                Map.of(layer + ".lora_down.weight", of(2, 2048), layer + ".lora_up.weight", of(8, 2)), "a.safetensors");
        refused(
                Adapters.NONE.with(Lora.of(wide)),
                "expected " + layer + ".lora_down.weight as [2, 16], got [2, 2048], for down_blocks.0",
                "it is of Stable Diffusion XL");
        Path tall = written(
                Map.of(layer + ".lora_down.weight", of(2, 16), layer + ".lora_up.weight", of(9, 2)), "b.safetensors");
        refused(Adapters.NONE.with(Lora.of(tall)), ".lora_up.weight as [8, 2], got [9, 2]");
        Path half = written(Map.of(layer + ".lora_down.weight", of(2, 16)), "c.safetensors");
        refused(Adapters.NONE.with(Lora.of(half)), "expected two matrices for each layer", "without the second");
        Path loha = written(Map.of(layer + ".hada_w1_a", of(2, 16)), "d.safetensors");
        refused(Adapters.NONE.with(Lora.of(loha)), "of a LoHa, which is not supported");
        Path dora = written(Map.of(layer + ".dora_scale", of(2, 16)), "e.safetensors");
        refused(Adapters.NONE.with(Lora.of(dora)), "of a DoRA, which is not supported");
        assertThatThrownBy(() -> new Lora(dora, Double.NaN))
                .hasMessage("expected a LoRA's weight such as 0.8, got NaN");
    }

    @Test
    void wordsThatDoNotFitAreNamed() throws IOException {
        refused(
                Adapters.NONE.withEmbedding(written(Map.of("emb_params", of(2, 768)), "new-a.safetensors")),
                "expected vectors of 16 numbers, as the model's text encoder has, got 768, as Stable Diffusion 1 has");
        refused(
                Adapters.NONE.withEmbedding(
                        written(Map.of("clip_l", of(2, 768), "clip_g", of(2, 1280)), "new-b.safetensors")),
                "got those of two, of Stable Diffusion XL");
        refused(
                Adapters.NONE.withEmbedding(written(Map.of("a", of(2, 16), "b", of(2, 16)), "new-c.safetensors")),
                "expected the vectors of a word (textual inversion), got 2 tensors");
        refused(
                Adapters.NONE.withEmbedding(written(Map.of("a", of(2, 16, 1)), "new-d.safetensors")),
                "expected the vectors of a word (textual inversion), got a [2, 16, 1]");
        refused(
                Adapters.NONE.withEmbedding(written(Map.of("emb_params", of(2, 16)), "e (v2).safetensors")),
                "expected a word without brackets and colons",
                "got 'e (v2)'");
        Path blob = FILES.resolve("learned_embeds.bin");
        refused(
                Adapters.NONE.withEmbedding(blob).withEmbedding(blob),
                "expected a new word, got '<blob>', which is a token already; name the file otherwise");
    }

    @Test
    void whatIsNoFileIsSaid() {
        refused(
                Adapters.NONE.with(Lora.of(temporary)),
                "expected a file to put into the model, got none; check the path");
    }

    @Test
    void aWordIsReadWholeInAnyCase() throws IOException {
        try (LatentDiffusion model = tiny(DType.FLOAT32, Adapters.NONE.withEmbedding(FILES.resolve("bad-hands.pt")))) {
            assertThat(model.tokenizer().expanded("x Bad-Hands")).isEqualTo("x bad-hands bad-hands_1");
            assertThat(model.tokenizer().tokens(model.tokenizer().expanded("BAD-hands")))
                    .containsExactly(552, 553);
        }
    }

    /** diffusers notes what it scales by beside the tensors. */
    @Test
    void notesThatChangeTheSumAreHonouredOrRefused() throws IOException {
        try (Weights noted = Safetensors.open(FILES.resolve("noted.safetensors"))) {
            Map<String, Tensor> tensors = new LinkedHashMap<>(noted.tensors());
            Path file = temporary.resolve("x.safetensors");
            SafetensorsWriter.write(
                    file, tensors, Map.of("lora_adapter_metadata", "{\"unet.use_rslora\": true, \"unet.r\": 4}"));
            assertThatThrownBy(() -> tiny(DType.FLOAT32, Adapters.NONE.with(Lora.of(file))))
                    .hasMessageContaining("unet.use_rslora");
        }
    }
}
