package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.image.Image;
import org.zeuxis.models.nfnet.NfNet;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.ShapeException;
import org.zeuxis.tensor.Tensor;

/** A CLIP that sees with timm's NFNet, in the layout of open_clip, computes what open_clip computes. */
class NfNetTowerTest {
    private static final double NEAR = 1e-5;
    private static final NfNetTower.Config TINY =
            new NfNetTower.Config(64, new NfNet.Config(List.of(1, 2, 1, 1), List.of(16, 16, 32, 32), 16, 8, 24, 0));
    private static final String CONFIG = """
            {"model_cfg": {"embed_dim": 18, "quick_gelu": true,
                "vision_cfg": {"image_size": 64, "timm_model_name": "dm_nfnet_f0", "timm_pool": "", "timm_proj": "linear",
                    "timm_model_pretrained": false, "timm_drop": 0.0, "timm_drop_path": 0.1,
                    "model_args": {"depths": [1, 2, 1, 1], "channels": [16, 16, 32, 32], "stem_chs": 16,
                        "group_size": 8, "num_features": 24}},
                "text_cfg": {"context_length": 12, "vocab_size": 40, "width": 24, "heads": 3, "layers": 1}},
             "preprocess_cfg": {"interpolation": "bicubic", "resize_mode": "shortest"}}
            """;

    @TempDir
    Path folder;

    private final Golden golden = Golden.open("open-clip-nfnet.safetensors");
    private final Gradients off = Gradients.off();

    @BeforeEach
    void openClipsFolder() throws IOException {
        Files.writeString(folder.resolve("open_clip_config.json"), CONFIG);
        SafetensorsWriter.write(folder.resolve("open_clip_model.safetensors"), weights(), Map.of());
        TinyClip.make().tokenizer().write(folder);
    }

    @AfterEach
    void close() {
        off.close();
        golden.close();
    }

    @Test
    void openClipsFolderEmbedsAsOpenClipDoes() throws IOException {
        try (ClipFolder opened = ClipFolder.load(folder, DType.FLOAT32)) {
            assertThat(opened.clip().config().vision()).isEqualTo(TINY);
            assertEmbedsAlike(opened.clip());
        }
    }

    @Test
    void savedForOpenClipItIsTheSameAgain(@TempDir Path saved) throws IOException {
        try (ClipFolder made = ClipFolder.load(folder, DType.FLOAT32)) {
            made.save(saved);
            try (Safetensors written = Safetensors.open(saved.resolve("open_clip_model.safetensors"))) {
                Map<String, Tensor> expected = weights();
                assertThat(written.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
                expected.forEach((key, weight) -> assertThat(written.tensor(key).maxDifference(weight))
                        .as(key)
                        .isZero());
            }
            try (ClipFolder again = ClipFolder.load(saved, DType.FLOAT32)) {
                assertThat(again.clip().config()).isEqualTo(made.clip().config());
                assertThat(again.preprocessing()).isEqualTo(made.preprocessing());
                assertEmbedsAlike(again.clip());
            }
        }
    }

    /** Of the sizes that timm knows by name nothing is written but the name, which open_clip reads. */
    @Test
    void theSizesOfThePaperAreTheirNames() throws IOException {
        for (int size = 0; size <= 6; size++) {
            NfNetTower.Config config = new NfNetTower.Config(192, NfNet.Config.f(size));
            Config written = Config.parse("written", config.write().text());
            assertThat(written.keys())
                    .containsExactlyInAnyOrder("timm_model_name", "image_size", "timm_pool", "timm_proj");
            assertThat(written.text("timm_model_name")).isEqualTo("dm_nfnet_f" + size);
            assertThat(ImageTower.Config.from(written)).isEqualTo(config);
        }
        assertThat(ImageTower.Config.from(Config.parse("written", TINY.write().text())))
                .isEqualTo(TINY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timm_model_name | \"dm_nfnet_f7\" | dm_nfnet_f0 to dm_nfnet_f6, got dm_nfnet_f7",
                "timm_pool | \"abs_attn\" | avg",
                "timm_proj | \"mlp\" | linear",
                "timm_proj_bias | true | false",
                "output_tokens | true | false",
                "image_size | 72 | multiple of the NFNet's reduction",
                "model_args | {\"skipinit\": 1} | only known keys",
                "unknown_thing | 3 | only known keys",
            })
    void whatTimmDoesBesidesIsRefusedByName(String key, String json, String message) throws IOException {
        FolderCopy.set(folder.resolve("open_clip_config.json"), "model_cfg/vision_cfg/" + key, json);
        assertThatThrownBy(() -> ClipFolder.load(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(message);
    }

    @Test
    void bfloat16EmbedsNearlyTheSame() throws IOException {
        try (ClipFolder opened = ClipFolder.load(folder, DType.FLOAT32)) {
            ImageTower tower = opened.clip().vision();
            ((Module) tower).to(DType.BFLOAT16);
            Tensor embeds =
                    tower.forward(pixels().to(DType.BFLOAT16)).to(DType.FLOAT32).normalized(-1);
            assertThat(embeds.times(golden.tensor("out.image_embeds")).sum(-1).min())
                    .isGreaterThan(0.998);
        }
    }

    @Test
    void anotherSizeOfPictureIsRefused() {
        try (ImageTower tower = ImageTower.of(TINY, 18)) {
            assertThatThrownBy(() -> tower.forward(Tensor.zeros(1, 3, 32, 32))).isInstanceOf(ShapeException.class);
        }
        assertThatThrownBy(() -> new NfNetTower.Config(72, TINY.trunk())).hasMessageContaining("in steps of 32");
        assertThatThrownBy(() -> new NfNetTower.Config(
                        64, new NfNet.Config(List.of(1, 1, 1, 1), List.of(16, 16, 32, 32), 16, 8, 24, 5)))
                .hasMessage("expected an NFNet without a classifier, got one of 5 classes");
    }

    @Test
    void aClassifierOfItIsSavedAndOpened(@TempDir Path saved) throws IOException {
        Image picture = new Image(64, 64, 3, new byte[64 * 64 * 3]);
        try (ImageClassifier made =
                Initialization.seeded(Seed.of(2), () -> ImageClassifier.begun(TINY, List.of("cat", "dog")))) {
            made.save(saved);
            assertThat(ImageClassifier.isOne(saved)).isTrue();
            try (ImageClassifier again = ImageClassifier.load(saved, DType.FLOAT32)) {
                assertThat(again.tower().config()).isEqualTo(TINY);
                assertThat(again.logits(List.of(picture)).maxDifference(made.logits(List.of(picture))))
                        .isZero();
            }
        }
        FolderCopy.set(saved.resolve("config.json"), "model_type", "\"clip_resnet\"");
        assertThatThrownBy(() -> ImageClassifier.load(saved))
                .hasMessageContaining("expected model_type to be clip_nfnet");
    }

    private Tensor pixels() {
        return golden.tensor("in.pixels").to(DType.FLOAT32);
    }

    private static Map<String, Tensor> weights() throws IOException {
        Map<String, Tensor> all = new LinkedHashMap<>();
        try (Safetensors file = Safetensors.open(Golden.path("open-clip-nfnet.safetensors"))) {
            for (String name : file.names()) {
                if (name.startsWith("weights.")) all.put(name.substring("weights.".length()), file.tensor(name));
            }
        }
        return all;
    }

    private void assertEmbedsAlike(Clip clip) {
        golden.check("mid.visual.trunk", clip.vision().pooled(pixels()), NEAR);
        golden.check("out.image_features", clip.vision().forward(pixels()), NEAR);
        golden.check("out.image_embeds", clip.embedImages(pixels()), NEAR);
        golden.check("out.text_embeds", clip.embedText(golden.tensor("in.tokens")), NEAR);
    }
}
