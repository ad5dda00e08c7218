package org.zeuxis.models.latentdiffusion.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.FlaggedConcept;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Safety;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;
import org.zeuxis.tensor.Tensor;

/** A published safety checker judges as diffusers' {@code StableDiffusionSafetyChecker}. */
class SafetyTest {
    private static final ImageRequest REQUEST =
            ImageRequest.of("a red bird").withSteps(2).withSize(32, 24).withSeed(3);
    private static final String WEIGHTS = "safety_checker/model.safetensors";

    @TempDir
    Path folder;

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    /** The tiny pipeline with the tiny checker beside its other parts. */
    private Path judging() throws IOException {
        FolderCopy.of(Golden.path("tiny-safety"), FolderCopy.of(Golden.path("tiny-stable-diffusion"), folder));
        return folder;
    }

    /** With other weights: their names cut, the thresholds of all concepts the same. */
    private void rewrite(String cut, float threshold) throws IOException {
        Map<String, Tensor> changed = new LinkedHashMap<>();
        try (Safetensors file = Safetensors.open(Golden.path("tiny-safety").resolve(WEIGHTS))) {
            for (String name : file.names()) {
                boolean weights = name.equals("concept_embeds_weights") && threshold != 0;
                Tensor kept = weights ? Tensor.full(threshold, 17) : file.tensor(name);
                changed.put(name.startsWith(cut) ? name.substring(cut.length()) : name, kept);
            }
            Files.delete(folder.resolve(WEIGHTS));
            SafetensorsWriter.write(folder.resolve(WEIGHTS), changed, Map.of("format", "pt"));
        }
    }

    private static List<Image> pictures(Golden golden) {
        Tensor squares = golden.tensor("in.squares");
        int[] shape = {(int) squares.size(0), (int) squares.size(1), (int) squares.size(2)};
        float[] colours = squares.to(DType.FLOAT32).toFloats();
        List<Image> all = new ArrayList<>();
        for (int i = 0; i < shape[0]; i++) {
            byte[] samples = new byte[shape[1] * 8 * shape[2] * 8 * 3];
            for (int at = 0; at < samples.length; at++) {
                int column = at / 3 % (shape[2] * 8) / 8;
                int row = at / 3 / (shape[2] * 8) / 8;
                samples[at] = (byte) (int) colours[((i * shape[1] + row) * shape[2] + column) * 3 + at % 3];
            }
            all.add(new Image(shape[2] * 8, shape[1] * 8, 3, samples));
        }
        return all;
    }

    private static void expectParity(Path pipeline) throws IOException {
        SafetyCheck check = new SafetyCheck(ModelFolder.open(pipeline));
        try (Golden golden = Golden.open("safety.safetensors")) {
            List<SafetyChecker.Scores> scores = check.scores(pictures(golden));
            List<List<FlaggedConcept>> flagged = check.flagged(pictures(golden));
            long[] verdicts = golden.tensor("out.flagged").toLongs();
            for (int i = 0; i < scores.size(); i++) {
                assertThat(scores.get(i).special())
                        .as("special scores of picture %d", i)
                        .containsExactly(
                                golden.tensor("out.special").select(0, i).toFloats());
                assertThat(scores.get(i).concepts())
                        .as("scores of picture %d", i)
                        .containsExactly(
                                golden.tensor("out.concepts").select(0, i).toFloats());
                assertThat(flagged.get(i).isEmpty()).isEqualTo(verdicts[i] == 0);
            }
            assertThat(flagged.get(3))
                    .containsExactly(
                            new FlaggedConcept(4, 0.005), new FlaggedConcept(14, 0.022), new FlaggedConcept(15, 0.035));
        }
    }

    @Test
    void scoresAndVerdictsAreThoseOfDiffusers() throws IOException {
        expectParity(Golden.path("tiny-safety"));
    }

    @Test
    void theNamesOfTransformers5AreReadToo() throws IOException {
        judging();
        rewrite("vision_model.", 0);
        expectParity(folder);
    }

    @Test
    void aFlaggedPictureSaysSoAndMayBeBlack() throws IOException {
        judging();
        rewrite("-", -1.5f);
        try (LatentDiffusion model = LatentDiffusion.load(folder, DType.FLOAT32)) {
            GeneratedImage off = model.generate(REQUEST).get(0);
            assertThat(off.flagged()).isEmpty();
            assertThat(off.text().entries().get(PngText.PARAMETERS)).doesNotContain("Safety");
            GeneratedImage flagged =
                    model.generate(REQUEST.withSafety(Safety.FLAG)).get(0);
            assertThat(flagged.image().samples()).isEqualTo(off.image().samples());
            assertThat(flagged.flagged()).hasSize(17);
            assertThat(flagged.text().entries().get(PngText.PARAMETERS))
                    .contains("Safety: flag, Flagged: \"" + flagged.flagged().get(0) + ", concept 1 (score ");
            List<GeneratedImage> black =
                    model.generate(REQUEST.withSafety(Safety.BLANK).withCount(2));
            assertThat(black).hasSize(2).allSatisfy(each -> {
                assertThat(each.image().samples()).containsOnly(0).hasSize(32 * 24 * 3);
                assertThat(each.flagged()).hasSize(17);
                assertThat(each.request().safety()).isEqualTo(Safety.BLANK);
            });
        }
    }

    @Test
    void aPictureThatIsNotFlaggedStaysAsItIs() throws IOException {
        judging();
        rewrite("-", 1.5f);
        try (LatentDiffusion model = LatentDiffusion.load(folder, DType.FLOAT32)) {
            GeneratedImage judged =
                    model.generate(REQUEST.withSafety(Safety.BLANK)).get(0);
            assertThat(judged.flagged()).isEmpty();
            assertThat(judged.image().samples())
                    .isEqualTo(model.generate(REQUEST).get(0).image().samples());
        }
    }

    @Test
    void aModelWithoutOneRefusesToJudge() throws IOException {
        try (LatentDiffusion model = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32)) {
            assertThatThrownBy(() -> model.generate(REQUEST.withSafety(Safety.FLAG)))
                    .hasMessage(
                            "tiny-stable-diffusion: expected a model's folder with safety_checker, which is to judge its"
                                    + " pictures, got none; leave safety off, or put safety_checker and feature_extractor of its"
                                    + " repository beside the other parts");
        }
    }

    @Test
    void whatItLacksIsNamedBeforeAnythingIsDrawn() throws IOException {
        judging();
        Files.delete(folder.resolve("feature_extractor/preprocessor_config.json"));
        Files.delete(folder.resolve("feature_extractor"));
        try (LatentDiffusion model = LatentDiffusion.load(folder, DType.FLOAT32)) {
            List<String> steps = new ArrayList<>();
            assertThatThrownBy(() -> model.generate(
                            REQUEST.withSafety(Safety.FLAG), event -> steps.add(event.stage() + event.step())))
                    .hasMessageContaining("feature_extractor: expected a model's folder, got nothing");
            assertThat(steps).isEmpty();
        }
    }

    @Test
    void aTowerOfConvolutionsIsRefused() throws IOException {
        judging();
        FolderCopy.set(
                folder.resolve("safety_checker/config.json"),
                "vision_config",
                "{\"layers\": [1, 1, 1, 1], \"width\": 8, \"image_size\": 32}");
        SafetyCheck check = new SafetyCheck(ModelFolder.open(folder));
        assertThatThrownBy(check::expectUnderstood)
                .hasMessageContaining("safety_checker: expected a vision transformer, got a convolutional network");
    }

    /** As Stable Diffusion 1.5 says it, whose text tower is not there, and as versions of transformers between say less. */
    @ParameterizedTest
    @ValueSource(strings = {"vision_config_dict", "vision_config"})
    void thePublishedConfigurationsAreUnderstood(String sizes) throws IOException {
        judging();
        Path config = folder.resolve("safety_checker/config.json");
        FolderCopy.set(config, "_commit_hash", "null");
        FolderCopy.set(config, "_name_or_path", "\"CompVis/stable-diffusion-safety-checker\"");
        FolderCopy.set(config, "projection_dim", "768");
        FolderCopy.set(config, "torch_dtype", "\"float16\"");
        FolderCopy.set(config, "transformers_version", "null");
        FolderCopy.set(
                config,
                "text_config",
                "{\"dropout\": 0.0, \"hidden_size\": 768, \"intermediate_size\": 3072, \"model_type\": \"clip_text_model\","
                        + " \"num_attention_heads\": 12, \"bos_token_id\": 0, \"eos_token_id\": 2, \"pad_token_id\": 1,"
                        + " \"is_decoder\": false, \"sep_token_id\": null, \"pruned_heads\": {}, \"torch_dtype\": null}");
        if (sizes.endsWith("dict")) {
            FolderCopy.set(
                    config,
                    "text_config_dict",
                    "{\"hidden_size\": 768, \"intermediate_size\": 3072, \"num_attention_heads\": 12,"
                            + " \"num_hidden_layers\": 12}");
        }
        FolderCopy.set(
                config,
                sizes,
                "{\"hidden_size\": 1024, \"intermediate_size\": 4096, \"num_attention_heads\": 16,"
                        + " \"num_hidden_layers\": 24, \"patch_size\": 14}");
        Path pictures = folder.resolve("feature_extractor/preprocessor_config.json");
        FolderCopy.set(pictures, "size", "224");
        FolderCopy.set(pictures, "crop_size", "224");
        FolderCopy.set(pictures, "image_processor_type", "");
        FolderCopy.set(pictures, "feature_extractor_type", "\"CLIPFeatureExtractor\"");
        SafetyCheck check = new SafetyCheck(ModelFolder.open(folder));
        assertThatCode(check::expectUnderstood).doesNotThrowAnyException();
    }
}
