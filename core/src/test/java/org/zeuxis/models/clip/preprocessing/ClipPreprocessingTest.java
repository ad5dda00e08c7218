package org.zeuxis.models.clip.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.TinyClip;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** Pictures in whole folders, prepared in every way that transformers and open_clip know. */
class ClipPreprocessingTest {
    private static final Path FOLDER = Golden.path("clip-preprocessing");
    /** Every sample is the same: what is left are the last digits of the tower. */
    private static final double SAME = 1e-5;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OPEN_CLIP = """
            {"model_cfg": {"embed_dim": 18, "quick_gelu": true,
                "vision_cfg": {"image_size": 16, "layers": 2, "width": 16, "head_width": 8, "patch_size": 8,
                    "mlp_ratio": 3.0},
                "text_cfg": {"context_length": 12, "vocab_size": 100, "width": 24, "heads": 3, "layers": 2}},
             "preprocess_cfg": %s}
            """;

    @TempDir
    Path temporary;

    private static List<JsonNode> cases(String library) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        JSON.readTree(FOLDER.resolve("cases.json").toFile()).get(library).forEach(all::add);
        return all;
    }

    static List<JsonNode> transformers() throws IOException {
        return cases("transformers");
    }

    static List<JsonNode> openClip() throws IOException {
        return cases("open_clip");
    }

    @ParameterizedTest
    @MethodSource("transformers")
    void folderOfTransformersSeesWhatTransformersSees(JsonNode each) throws IOException {
        expectSeen(each, "torchvision", each.get("files").toString());
    }

    @ParameterizedTest
    @MethodSource("transformers")
    void folderThatNamesPillowsClassSeesWhatThatSees(JsonNode each) throws IOException {
        String files = each.get("files").toString();
        expectSeen(each, "pil", files.replace("\"CLIPImageProcessor\"", "\"CLIPImageProcessorPil\""));
    }

    private void expectSeen(JsonNode each, String backend, String files) throws IOException {
        Path folder = folder();
        for (Map.Entry<String, JsonNode> file : JSON.readTree(files).properties()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue().toString());
        }
        if (!each.at("/embeds/square.png").has(backend)) {
            String type = backend.equals("pil") ? "CLIPImageProcessorPil" : "CLIPImageProcessor";
            assertThatThrownBy(() -> ClipFolder.load(folder)).hasMessageContaining("expected resample of " + type);
            return;
        }
        ClipFolder model = ClipFolder.load(folder, DType.FLOAT32);
        model.save(temporary.resolve("saved"));
        ClipFolder saved = ClipFolder.load(temporary.resolve("saved"), DType.FLOAT32);
        for (Map.Entry<String, JsonNode> picture : each.get("embeds").properties()) {
            Tensor expected = vector(picture.getValue().get(backend));
            String which = each.get("name") + " " + picture.getKey() + " " + backend;
            assertThat(embedded(model, picture.getKey()).maxDifference(expected))
                    .as(which)
                    .isLessThan(SAME);
            assertThat(embedded(saved, picture.getKey()).maxDifference(expected))
                    .as(which + ", saved")
                    .isLessThan(SAME);
        }
    }

    @ParameterizedTest
    @MethodSource("openClip")
    void folderOfOpenClipSeesWhatOpenClipSees(JsonNode each) throws IOException {
        ClipFolder model = openClip(each.get("preprocess_cfg").toString());
        for (Map.Entry<String, JsonNode> picture : each.get("embeds").properties()) {
            assertThat(embedded(model, picture.getKey()).maxDifference(vector(picture.getValue())))
                    .as(each.get("name") + " " + picture.getKey())
                    .isLessThan(SAME);
        }
    }

    @Test
    void aFolderThatSaysNothingIsPreparedAsPublished() throws IOException {
        JsonNode published = transformers().get(0);
        Tensor expected = vector(published.at("/embeds/odd.png/torchvision"));
        assertThat(embedded(ClipFolder.load(folder(), DType.FLOAT32), "odd.png").maxDifference(expected))
                .isLessThan(SAME);
    }

    @Test
    void theProcessorsFileComesBeforeTheImageProcessors() throws IOException {
        Path folder = folder();
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"do_normalize\": false, \"size\": 32}");
        Files.writeString(folder.resolve("processor_config.json"), "{\"processor_class\": \"CLIPProcessor\"}");
        assertThat(ClipFolder.load(folder, DType.FLOAT32)
                        .preprocessing()
                        .normalize()
                        .mean())
                .containsOnly(0f);
        Files.writeString(
                folder.resolve("processor_config.json"), "{\"image_processor\": {\"image_mean\": [0.5, 0.5, 0.25]}}");
        assertThat(ClipFolder.load(folder, DType.FLOAT32)
                        .preprocessing()
                        .normalize()
                        .mean())
                .containsExactly(0.5f, 0.5f, 0.25f);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"crop_size\": 40} | expected crop_size to be the image tower's image_size, 32x32, got 40x40",
                "{\"do_center_crop\": false, \"size\": 40} | expected size to be the image tower's image_size",
                "{\"size\": {\"shortest_edge\": 32, \"longest_edge\": 64}} | size: expected only known keys, got longest_edge = 64",
                "{\"size\": {\"longest_edge\": 64}} | size: expected the key shortest_edge",
                "{\"size\": -1} | expected size to be a whole number from 1 to 16384, got the number -1",
                "{\"size\": 2147483648} | expected size to be a whole number from 1 to 16384",
                "{\"crop_size\": {\"height\": 32}} | crop_size: expected the key width",
                "{\"resample\": 1} | expected resample of CLIPImageProcessor to be 0 (nearest) or 2 (bilinear) or 3 (bicubic), got 1; transformers does that with Pillow alone: set image_processor_type to CLIPImageProcessorPil",
                "{\"resample\": 5} | got 5, which is not supported; choose another checkpoint",
                "{\"resample\": 0, \"image_processor_type\": \"CLIPImageProcessorPil\"} | expected resample of CLIPImageProcessorPil to be 1 (lanczos) or 2 (bilinear) or 3 (bicubic) or 4 (box), got 0, which",
                "{\"default_to_square\": 1} | expected default_to_square to be true or false",
                "{\"do_pad\": true} | expected do_pad to be false or null, got true",
                "{\"do_reduce_labels\": true} | expected only known keys, got do_reduce_labels = true",
                "{\"do_normalise\": false} | got do_normalise = false (nearest key: do_normalize)",
                "{\"image_processor_type\": \"SiglipImageProcessor\"} | got SiglipImageProcessor, which is not supported",
                "{\"image_std\": [0.5, 0, 0.5]} | expected image_std without a 0, got [0.5,0,0.5]",
                "{\"image_mean\": [0.5, 0.5]} | expected image_mean of red, green and blue, got [0.5,0.5]",
                "{\"rescale_factor\": 0} | expected rescale_factor to be a number above 0",
                "{\"do_resize\": 1} | expected do_resize to be true or false",
            })
    void whatIsNotHereIsRefusedByName(String json, String message) throws IOException {
        Path folder = folder();
        Path file = folder.resolve("preprocessor_config.json");
        Files.writeString(file, json);
        assertThatThrownBy(() -> ClipFolder.load(folder))
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message)
                .extracting(e -> String.valueOf(e.getMessage()).lines().count())
                .isEqualTo(1L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"resize_mode\": \"stretch\"} | expected resize_mode to be shortest or longest or squash, got stretch",
                "{\"interpolation\": \"lanczos\"} | expected interpolation to be bicubic or bilinear or random, got lanczos",
                "{\"fill_color\": 256} | expected fill_color to be a level from 0 to 255, got 256",
                "{\"mode\": \"L\"} | expected mode to be RGB, got L",
                "{\"std\": 0} | expected std without a 0, got 0",
                "{\"crop_pct\": 0.9} | expected only known keys, got crop_pct = 0.9",
            })
    void whatOpenClipDoesBesidesIsRefusedByName(String json, String message) {
        assertThatThrownBy(() -> openClip(json)).hasMessageContaining(message);
    }

    @Test
    void aPictureThatComesOutInAnotherSizeIsRefused() throws IOException {
        Path folder = folder();
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"size\": 32, \"do_center_crop\": false}");
        ClipFolder model = ClipFolder.load(folder, DType.FLOAT32);
        assertThatThrownBy(() -> embedded(model, "wide.png"))
                .hasMessageContaining("as 32x32, got 50x32 of one with 97x61");
    }

    @Test
    void transparencyIsWhiteAndTheMiddleIsKept() {
        byte[] samples = new byte[8 * 4 * 4]; // 8 wide, 4 high, all transparent but the left quarter
        for (int y = 0; y < 4; y++) for (int x = 0; x < 2; x++) samples[(y * 8 + x) * 4 + 3] = (byte) 255;
        Image crop = ClipPreprocessing.of(4).crop(new Image(8, 4, 4, samples));
        assertThat(List.of(crop.width(), crop.height(), crop.channels())).containsExactly(4, 4, 3);
        assertThat(crop.samples()).containsOnly((byte) 255);
    }

    private Path folder() throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("clip"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(FOLDER.resolve(file), folder.resolve(file));
        }
        FolderCopy.of(Golden.path("tiny-stable-diffusion").resolve("tokenizer"), temporary.resolve("tokenizer"));
        for (String file : List.of("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json")) {
            Files.copy(temporary.resolve("tokenizer").resolve(file), folder.resolve(file));
        }
        return folder;
    }

    private ClipFolder openClip(String preprocessing) throws IOException {
        Files.writeString(temporary.resolve("open_clip_config.json"), OPEN_CLIP.formatted(preprocessing));
        Map<String, Tensor> weights = new LinkedHashMap<>();
        try (Safetensors golden = Safetensors.open(Golden.path("open-clip.safetensors"))) {
            golden.tensors().forEach((key, x) -> {
                if (key.startsWith("weights.")) weights.put(key.substring("weights.".length()), x);
            });
        }
        SafetensorsWriter.write(temporary.resolve("open_clip_model.safetensors"), weights, Map.of());
        TinyClip.make().tokenizer().write(temporary);
        return ClipFolder.load(temporary, DType.FLOAT32);
    }

    private static Tensor embedded(ClipFolder model, String picture) throws IOException {
        return model.embedImages(List.of(ImageFile.read(FOLDER.resolve(picture))));
    }

    private static Tensor vector(JsonNode numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) values[i] = numbers.get(i).floatValue();
        return Tensor.of(values, 1, values.length);
    }
}
