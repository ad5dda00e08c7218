package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.KeyMismatchException;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resize;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.models.clip.preprocessing.OpenClipFraming;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;

/** Models in the layouts of open_clip and of OpenAI's release compute what open_clip computes. */
class OpenAiLayoutTest {
    private static final double NEAR = 1e-5;
    private static final String CONFIG = """
            {"model_cfg": {"embed_dim": 18, "quick_gelu": true,
                "vision_cfg": {"image_size": 16, "layers": 2, "width": 16, "head_width": 8, "patch_size": 8,
                    "mlp_ratio": 3.0},
                "text_cfg": {"context_length": 12, "vocab_size": 100, "width": 24, "heads": 3, "layers": 2}},
             "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bilinear",
                "resize_mode": "shortest"}}
            """;

    @TempDir
    Path folder;

    @Test
    void openClipsFolderEmbedsAsOpenClipDoes() throws IOException {
        Files.writeString(folder.resolve("open_clip_config.json"), CONFIG);
        SafetensorsWriter.write(folder.resolve("open_clip_model.safetensors"), weights(""), Map.of());
        TinyClip.make().tokenizer().write(folder);
        ClipFolder model = ClipFolder.load(folder, DType.FLOAT32);
        assertThat(model.preprocessing())
                .isEqualTo(new ClipPreprocessing(
                        16,
                        new OpenClipFraming(OpenClipFraming.Mode.SHORTEST, 16, Resize.Filter.BILINEAR, 0),
                        Normalize.TO_ONE));
        assertEmbedsAlike(model.clip(), "");
    }

    @Test
    void namesUnderTextAreTheTextTowers() throws IOException {
        Files.writeString(folder.resolve("open_clip_config.json"), CONFIG);
        SafetensorsWriter.write(folder.resolve("open_clip_model.safetensors"), weights("text."), Map.of());
        TinyClip.make().tokenizer().write(folder);
        assertEmbedsAlike(ClipFolder.load(folder, DType.FLOAT32).clip(), "");
    }

    @Test
    void openAisArchiveIsReadAndNothingInItIsRun() throws IOException {
        Path archive = Files.copy(Golden.path("open-clip.pt"), folder.resolve("ViT.pt"));
        TinyClip.make().tokenizer().write(folder);
        assertEmbedsAlike(ClipFolder.load(archive, DType.FLOAT32).clip(), "archive_");
    }

    @Test
    void whatIsMissingAndWhatIsStrangeIsNamed() throws IOException {
        Files.writeString(folder.resolve("open_clip_config.json"), CONFIG);
        Map<String, Tensor> weights = weights("");
        weights.put("visual.extra", Tensor.zeros(2));
        weights.remove("transformer.resblocks.0.mlp.c_proj.bias");
        TinyClip.make().tokenizer().write(folder);
        SafetensorsWriter.write(folder.resolve("open_clip_model.safetensors"), weights, Map.of());
        assertThatThrownBy(() -> ClipFolder.load(folder))
                .isInstanceOf(KeyMismatchException.class)
                .hasMessageContaining("visual.extra")
                .hasMessageContaining("text_model.encoder.layers.0.mlp.fc2.bias");
    }

    @Test
    void anAttentionThatDoesNotSplitInThreeIsRefused() throws IOException {
        Files.writeString(folder.resolve("open_clip_config.json"), CONFIG);
        Map<String, Tensor> weights = weights("");
        weights.put("transformer.resblocks.0.attn.in_proj_bias", Tensor.zeros(71));
        TinyClip.make().tokenizer().write(folder);
        SafetensorsWriter.write(folder.resolve("open_clip_model.safetensors"), weights, Map.of());
        assertThatThrownBy(() -> ClipFolder.load(folder)).hasMessageContaining("expected 3 equal parts in");
    }

    private static Map<String, Tensor> weights(String text) throws IOException {
        Map<String, Tensor> all = new LinkedHashMap<>();
        try (Safetensors golden = Safetensors.open(Golden.path("open-clip.safetensors"))) {
            for (String name : golden.names()) {
                if (!name.startsWith("weights.")) continue;
                String key = name.substring("weights.".length());
                boolean ofText = !key.startsWith("visual.") && !key.equals("logit_scale");
                all.put(ofText ? text + key : key, golden.tensor(name));
            }
        }
        return all;
    }

    private static void assertEmbedsAlike(Clip clip, String which) throws IOException {
        try (Safetensors golden = Safetensors.open(Golden.path("open-clip.safetensors"));
                Gradients off = Gradients.off()) {
            Tensor images = clip.embedImages(golden.tensor("in." + which + "pixels"));
            assertThat(images.maxDifference(golden.tensor("out." + which + "image_embeds")))
                    .isLessThan(NEAR);
            Tensor texts = clip.embedText(golden.tensor("in." + which + "tokens"));
            assertThat(texts.maxDifference(golden.tensor("out." + which + "text_embeds")))
                    .isLessThan(NEAR);
        }
    }
}
