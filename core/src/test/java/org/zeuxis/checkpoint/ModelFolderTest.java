package org.zeuxis.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.SafetensorsGoldenTest;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.ShardedWeights;
import org.zeuxis.checkpoint.format.TorchPickle;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.tensor.Tensor;

class ModelFolderTest {
    @TempDir
    private Path folder;

    @Test
    void savesAndOpensAPipelineOfComponents() throws Exception {
        ModelFolder.saveIndex(
                folder,
                new ConfigWriter()
                        .put("_class_name", "StableDiffusionPipeline")
                        .put("unet", new String[] {"diffusers", "UNet2DConditionModel"})
                        .put("safety_checker", new String[] {null, null})
                        .put("requires_safety_checker", false));
        ModelFolder.save(
                folder.resolve("unet"),
                ModelFolder.Layout.DIFFUSERS,
                new ConfigWriter().put("_class_name", "UNet2DConditionModel").put("width", 3),
                Map.of("conv.weight", Tensor.ones(3)));
        ModelFolder pipeline = ModelFolder.open(folder);
        assertThat(pipeline.isPipeline()).isTrue();
        assertThat(pipeline.className()).isEqualTo("StableDiffusionPipeline");
        assertThat(pipeline.components()).isEqualTo(Map.of("unet", "UNet2DConditionModel"));
        ModelFolder unet = pipeline.component("unet");
        assertThat(unet.className()).isEqualTo("UNet2DConditionModel");
        assertThat(unet.config().integer("width")).isEqualTo(3);
        assertThat(unet.has("diffusion_pytorch_model.safetensors")).isTrue();
        try (Weights weights = unet.weights()) {
            assertThat(weights.tensor("conv.weight").toFloats()).containsOnly(1);
            assertThat(weights.metadata()).isEqualTo(Map.of("format", "pt"));
        }
    }

    @Test
    void opensAPipelineThatDiffusersSaved() throws Exception {
        ModelFolder pipeline = ModelFolder.open(SafetensorsGoldenTest.golden("tiny-stable-diffusion"));
        assertThat(pipeline.className()).isEqualTo("StableDiffusionPipeline");
        assertThat(pipeline.components())
                .containsOnlyKeys("scheduler", "text_encoder", "tokenizer", "unet", "vae")
                .containsEntry("vae", "AutoencoderKL");
        for (String name : new String[] {"text_encoder", "unet", "vae"}) {
            ModelFolder component = pipeline.component(name);
            assertThat(component.className()).isEqualTo(pipeline.components().get(name));
            try (Weights weights = component.weights()) {
                assertThat(weights.tensors()).isNotEmpty();
            }
        }
        Config scheduler = pipeline.component("scheduler").config("scheduler_config.json");
        assertThat(scheduler.text("_class_name")).isEqualTo("PNDMScheduler");
        assertThat(scheduler.integer("num_train_timesteps")).isPositive();
    }

    @Test
    void savesInShardsAndClearsTheOtherKind() throws Exception {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) tensors.put("layers." + i, Tensor.full(i, 100));
        ConfigWriter config = new ConfigWriter().put("architectures", new String[] {"CLIPModel"});
        ModelFolder.save(folder, ModelFolder.Layout.TRANSFORMERS, config, tensors);
        ModelFolder.save(folder, ModelFolder.Layout.TRANSFORMERS, config, tensors, 1000);
        ModelFolder model = ModelFolder.open(folder);
        assertThat(model.has("model.safetensors")).isFalse();
        assertThat(model.has("model-00001-of-00003.safetensors")).isTrue();
        assertThat(model.className()).isEqualTo("CLIPModel");
        try (Weights weights = model.weights()) {
            assertThat(weights.tensors()).hasSize(5);
            assertThat(weights.tensor("layers.4").toFloats()).containsOnly(4);
            assertThat(weights.metadata()).isEqualTo(Map.of("total_size", "2000"));
        }
        ModelFolder.save(folder, ModelFolder.Layout.TRANSFORMERS, config, tensors);
        assertThat(model.has("model.safetensors.index.json")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.safetensors",
                "model.fp16.safetensors",
                "diffusion_pytorch_model.bf16.safetensors",
                "open_clip_model.safetensors"
            })
    void findsWeightsUnderTheNamesTheWorldUses(String name) throws Exception {
        SafetensorsWriter.write(folder.resolve(name), Map.of("x", Tensor.ones(1)), Map.of());
        Files.write(folder.resolve("pytorch_model.bin"), new byte[9]);
        try (Weights weights = ModelFolder.open(folder).weights()) {
            assertThat(weights.origin()).endsWith(name);
        }
    }

    @Test
    void prefersTheWholePrecisionOverAVariant() throws Exception {
        SafetensorsWriter.write(folder.resolve("model.fp16.safetensors"), Map.of("x", Tensor.ones(1)), Map.of());
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("x", Tensor.ones(1)), Map.of());
        try (Weights weights = ModelFolder.open(folder).weights()) {
            assertThat(weights.origin()).endsWith("model.safetensors").doesNotContain("fp16");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "diffusion_pytorch_model.bin", "pytorch_model.fp16.bin"})
    void readsPicklesWhereThereIsNothingElse(String name) throws Exception {
        Files.copy(Golden.path("torch_archive.bin"), folder.resolve(name));
        try (Weights weights = ModelFolder.open(folder).weights();
                Weights same = TorchPickle.open(Golden.path("torch_archive.bin"))) {
            assertThat(weights.origin()).endsWith(name);
            assertThat(weights.names()).isEqualTo(same.names());
        }
        Files.copy(Golden.path("torch_with_code.bin"), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        assertThatIOException()
                .isThrownBy(() -> ModelFolder.open(folder).weights())
                .withMessageStartingWith(folder.resolve(name) + ": ")
                .withMessageContaining("which may run code");
    }

    @Test
    void readsPickledShardsBesideTheirIndex() throws Exception {
        Files.copy(Golden.path("torch_archive.bin"), folder.resolve("pytorch_model-00001-of-00001.bin"));
        Set<String> names;
        try (Weights same = TorchPickle.open(Golden.path("torch_archive.bin"))) {
            names = same.names();
        }
        Map<String, String> files = new LinkedHashMap<>();
        names.forEach(key -> files.put(key, "pytorch_model-00001-of-00001.bin"));
        new ConfigWriter().put("weight_map", files).write(folder.resolve("pytorch_model.bin.index.json"));
        try (Weights weights = ModelFolder.open(folder).weights()) {
            assertThat(weights.names()).isEqualTo(names);
            for (String name : names) {
                assertThat(weights.tensor(name).shape()).as(name).isEqualTo(weights.shape(name));
            }
        }
    }

    @Test
    void saysWhyItFindsNoWeights() throws Exception {
        refuses("no weights; download");
        Files.write(folder.resolve("flax_model.msgpack"), new byte[9]);
        refuses("flax_model.msgpack only; take a revision with safetensors");
        Files.write(folder.resolve("weights.pt"), new byte[9]);
        refuses("weights.pt only, a pickle, which is not opened unasked; take a revision");
        Files.write(folder.resolve("a.safetensors"), new byte[9]);
        Files.write(folder.resolve("b.safetensors"), new byte[9]);
        refuses("a.safetensors, b.safetensors; open the one you mean");
        Files.write(folder.resolve("model-00001-of-00002.safetensors"), new byte[9]);
        refuses("without their index");
    }

    private void refuses(String message) {
        assertThatIOException()
                .isThrownBy(() -> ModelFolder.open(folder).weights())
                .withMessageStartingWith(folder + ": expected model.safetensors or")
                .withMessageContaining(message);
    }

    @Test
    void refusesNamesOutsideTheFolder() throws Exception {
        ModelFolder model = ModelFolder.open(folder);
        for (String name : new String[] {"../x", "a/../../x", "/etc/passwd", "", "."}) {
            assertThatThrownBy(() -> model.component(name)).as(name).hasMessageContaining("within the folder");
        }
        assertThatIOException()
                .isThrownBy(() -> ModelFolder.open(folder.resolve("no")))
                .withMessageContaining("check");
        assertThatIOException().isThrownBy(model::className).withMessageContaining("got no such file");
        Files.writeString(folder.resolve("config.json"), "{}");
        assertThatThrownBy(model::className).isInstanceOf(ConfigException.class).hasMessageContaining("_class_name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../out.safetensors",
                "/tmp/x.safetensors",
                "a/b.safetensors",
                "..\\\\out.safetensors",
                "C:x.safetensors",
                "..",
                "",
                "\\u0000"
            })
    void refusesAnIndexThatLeavesItsFolder(String file) throws Exception {
        SafetensorsWriter.write(folder.resolve("out.safetensors"), Map.of("x", Tensor.ones(1)), Map.of());
        Path index = folder.resolve("in/model.safetensors.index.json");
        Files.createDirectories(folder.resolve("in"));
        Files.writeString(index, "{\"weight_map\": {\"x\": \"" + file + "\"}}");
        assertThatIOException()
                .isThrownBy(() -> ShardedWeights.open(index))
                .withMessageContaining("expected names of files beside the index, got")
                .withMessageContaining("do not trust");
    }

    @Test
    void refusesAnIndexThatDoesNotFitItsFiles() throws Exception {
        SafetensorsWriter.write(folder.resolve("a.safetensors"), Map.of("x", Tensor.ones(1)), Map.of());
        indexIsRefused("{\"weight_map\": {\"y\": \"a.safetensors\"}}", "expected y in a.safetensors");
        indexIsRefused("{\"weight_map\": {\"x\": \"b.safetensors\"}}", "expected b.safetensors beside it");
        indexIsRefused("{\"weight_map\": {\"x\": 3}}", "expected x to be a text");
        indexIsRefused("{\"weight_map\": 3}", "an object");
        indexIsRefused("{}", "expected the key weight_map");
        indexIsRefused("x", "a JSON object");
    }

    private void indexIsRefused(String json, String message) throws Exception {
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, json);
        assertThatIOException().isThrownBy(() -> ShardedWeights.open(index)).withMessageContaining(message);
    }
}
