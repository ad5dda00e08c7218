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
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.KeyMismatchException;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.ShapeException;
import org.zeuxis.tensor.Tensor;

/** CLIPs that see with a ResNet, in the layouts of open_clip and of OpenAI's release, compute what open_clip computes. */
class ModifiedResNetTest {
    private static final double NEAR = 1e-5;
    private static final String CONFIG = """
            {"model_cfg": {"embed_dim": 18, "quick_gelu": true,
                "vision_cfg": {"image_size": 64, "layers": [2, 1, 1, 1], "width": 4, "head_width": 32, "patch_size": null},
                "text_cfg": {"context_length": 12, "vocab_size": 40, "width": 24, "heads": 3, "layers": 1}},
             "preprocess_cfg": {"interpolation": "bicubic", "resize_mode": "shortest"}}
            """;

    @TempDir
    Path folder;

    private final Golden golden = Golden.open("open-clip-resnet.safetensors");
    private final Gradients off = Gradients.off();

    @BeforeEach
    void openClipsFolder() throws IOException {
        Files.writeString(folder.resolve("open_clip_config.json"), CONFIG);
        write(weights());
        TinyClip.make().tokenizer().write(folder);
    }

    @AfterEach
    void close() {
        off.close();
        golden.close();
    }

    @Test
    void openClipsFolderEmbedsAsOpenClipDoes() throws IOException {
        Clip clip = ClipFolder.load(folder, DType.FLOAT32).clip();
        assertThat(clip.config().vision()).isEqualTo(new ModifiedResNet.Config(64, List.of(2, 1, 1, 1), 4, 4));
        assertEmbedsAlike(clip, "");
    }

    @Test
    void openAisArchiveIsReadAndItsShapesTellWhatItIs() throws IOException {
        Path archive = Files.copy(Golden.path("open-clip-resnet.pt"), folder.resolve("RN.pt"));
        Clip clip = ClipFolder.load(archive, DType.FLOAT32).clip();
        assertThat(clip.config().vision()).isEqualTo(new ModifiedResNet.Config(64, List.of(1, 2, 1, 1), 2, 1));
        assertEmbedsAlike(clip, "archive_");
    }

    @Test
    void savedForOpenClipItIsTheSameAgain(@TempDir Path saved) throws IOException {
        ClipFolder made = ClipFolder.load(folder, DType.FLOAT32);
        made.save(saved);
        try (Safetensors written = Safetensors.open(saved.resolve("open_clip_model.safetensors"))) {
            weights().forEach((key, expected) -> {
                if (key.endsWith("num_batches_tracked")) return;
                assertThat(written.tensor(key).maxDifference(expected)).as(key).isZero();
            });
        }
        ClipFolder again = ClipFolder.load(saved, DType.FLOAT32);
        assertThat(again.clip().config()).isEqualTo(made.clip().config());
        assertThat(again.preprocessing()).isEqualTo(made.preprocessing());
        assertEmbedsAlike(again.clip(), "");
    }

    @Test
    void timmsConfigOfTheImageTowerAloneIsNotAskedForTheModel() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"architecture\": \"resnet50_clip\", \"num_classes\": 0}");
        assertEmbedsAlike(ClipFolder.load(folder, DType.FLOAT32).clip(), "");
    }

    @Test
    void bfloat16EmbedsNearlyTheSame() throws IOException {
        ImageTower tower = ClipFolder.load(folder, DType.FLOAT32).clip().vision();
        ((Module) tower).to(DType.BFLOAT16);
        Tensor embeds =
                tower.forward(pixels().to(DType.BFLOAT16)).to(DType.FLOAT32).normalized(-1);
        Tensor cosines = embeds.times(golden.tensor("out.image_embeds")).sum(-1);
        assertThat(cosines.min()).isGreaterThan(0.999);
    }

    @Test
    void whatIsMissingIsNamedAsPublished() throws IOException {
        Map<String, Tensor> weights = weights();
        weights.remove("visual.layer2.0.bn3.running_var");
        write(weights);
        assertThatThrownBy(() -> ClipFolder.load(folder))
                .isInstanceOf(KeyMismatchException.class)
                .hasMessageContaining("checkpoint lacks visual.layer2.0.bn3.running_var [32]");
    }

    @Test
    void anotherSizeOfPictureIsRefused() throws IOException {
        ImageTower tower = ClipFolder.load(folder, DType.FLOAT32).clip().vision();
        assertThatThrownBy(() -> tower.forward(Tensor.zeros(1, 3, 32, 32))).isInstanceOf(ShapeException.class);
    }

    @Test
    void configurationsThatFitNoNetworkAreRefused() {
        List<Integer> layers = List.of(3, 4, 6, 3);
        assertThatThrownBy(() -> new ModifiedResNet.Config(200, layers, 64, 32)).hasMessageContaining("in steps of 32");
        assertThatThrownBy(() -> new ModifiedResNet.Config(224, List.of(3, 4, 6), 64, 32))
                .hasMessageContaining("four stages");
        assertThatThrownBy(() -> new ModifiedResNet.Config(224, layers, 63, 32)).hasMessageContaining("even width");
        assertThatThrownBy(() -> new ModifiedResNet.Config(224, layers, 64, 3)).hasMessageContaining("equal heads");
    }

    private Tensor pixels() {
        return golden.tensor("in.pixels").to(DType.FLOAT32);
    }

    private Map<String, Tensor> weights() throws IOException {
        Map<String, Tensor> all = new LinkedHashMap<>();
        try (Safetensors file = Safetensors.open(Golden.path("open-clip-resnet.safetensors"))) {
            for (String name : file.names()) {
                if (name.startsWith("weights.")) all.put(name.substring("weights.".length()), file.tensor(name));
            }
        }
        return all;
    }

    private void write(Map<String, Tensor> weights) throws IOException {
        SafetensorsWriter.write(folder.resolve("open_clip_model.safetensors"), weights, Map.of());
    }

    private void assertEmbedsAlike(Clip clip, String which) {
        Tensor features = ((ModifiedResNet) clip.vision()).features(pixels());
        golden.check("mid." + which + "visual.layer4", features, NEAR);
        golden.check("out." + which + "image_features", clip.vision().forward(pixels()), NEAR);
        golden.check("out." + which + "image_embeds", clip.embedImages(pixels()), NEAR);
        golden.check("out." + which + "text_embeds", clip.embedText(golden.tensor("in.tokens")), NEAR);
    }
}
