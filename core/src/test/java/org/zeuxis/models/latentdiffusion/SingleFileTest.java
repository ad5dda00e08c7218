package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.hub.Models;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Checkpoints in one file, in the names that they were released with. */
class SingleFileTest {
    private static final FileChoice AVERAGED = FileChoice.USUAL.with(UNetWeights.AVERAGED);

    @TempDir
    Path temporary;

    /** Names and shapes alone. */
    record Listed(Map<String, long[]> shapes) implements Weights {
        @Override
        public Set<String> names() {
            return shapes.keySet();
        }

        @Override
        public long[] shape(String name) {
            return shapes.get(name).clone();
        }

        @Override
        public DType dtype(String name) {
            return DType.FLOAT32;
        }

        @Override
        public Tensor tensor(String name) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public String origin() {
            return "listed";
        }

        @Override
        public void close() {}
    }

    static long[] shape(JsonNode node) {
        long[] shape = new long[node.size()];
        for (int i = 0; i < shape.length; i++) shape[i] = node.get(i).asLong();
        return shape;
    }

    static List<JsonNode> lines(String version) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Golden.path("ldm-keys.jsonl.gz"))), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode node = new ObjectMapper().readTree(line);
                if (node.get(0).asText().equals(version)) all.add(node);
            }
        }
        return all;
    }

    /** Every key of Stable Diffusion 1.5 and 2.1 becomes what diffusers' own converter makes of it, in the same shape. */
    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void keysAndShapesAreThoseOfDiffusersConverter(String version) throws IOException {
        boolean second = version.equals("2");
        Map<String, long[]> old = new LinkedHashMap<>();
        Map<String, long[]> expected = new LinkedHashMap<>();
        for (JsonNode line : lines(version)) {
            if (!line.get(1).asText().isEmpty()) old.put(line.get(1).asText(), shape(line.get(2)));
            if (!line.get(3).asText().isEmpty()) expected.put(line.get(3).asText(), shape(line.get(4)));
        }
        // what a training leaves in such a file
        old.put("model_ema.decay", new long[0]);
        old.put("model_ema.diffusion_modelout2weight", new long[] {4, 320, 3, 3});
        Listed file = new Listed(old);
        UNetConfig unet = UNetConfig.from(SingleFile.unet(file, second));
        AutoencoderKl.Config autoencoder = AutoencoderKl.Config.from(SingleFile.autoencoder(file));
        ClipTextModel.Config text = second ? SingleFile.openClip(file) : SingleFile.clip(file);
        assertThat(autoencoder).isEqualTo(AutoencoderKl.Config.STABLE_DIFFUSION);
        assertThat(unet.contextWidth()).isEqualTo(second ? 1024 : 768);
        assertThat(unet.levels()).extracting(UNetConfig.Level::channels).containsExactly(320, 640, 1280, 1280);
        assertThat(unet.levels()).extracting(UNetConfig.Level::attends).containsExactly(true, true, true, false);
        assertThat(unet.levels())
                .extracting(UNetConfig.Level::heads)
                .isEqualTo(second ? List.of(5, 10, 20, 20) : List.of(8, 8, 8, 8));
        if (second) assertThat(text.layers()).isEqualTo(23);
        else assertThat(text).isEqualTo(ClipTextModel.Config.VIT_L_14);
        Weights here = LdmLayout.keys(unet, autoencoder, text.layers()).of(file);
        assertThat(here.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((key, shape) -> assertThat(here.shape(key)).as(key).isEqualTo(shape));

        // and back: all that is used of the file
        Map<String, Tensor> used = new LinkedHashMap<>();
        expected.forEach((key, shape) -> used.put(key, Tensor.placeholder(DType.INT8, shape)));
        Map<String, Tensor> back =
                LdmLayout.keys(unet, autoencoder, text.layers()).backwards(used);
        Map<String, long[]> released = new LinkedHashMap<>(old);
        released.keySet()
                .removeIf(key -> key.startsWith("model_ema.")
                        || key.startsWith("cond_stage_model.model.transformer.resblocks.23.")
                        || key.endsWith(".text_projection")
                        || key.endsWith(".logit_scale"));
        assertThat(back.keySet()).containsExactlyInAnyOrderElementsOf(released.keySet());
        released.forEach(
                (key, shape) -> assertThat(back.get(key).shape()).as(key).isEqualTo(shape));
    }

    /** A small one with random weights, written as such a file, draws what it drew before. */
    @Test
    void aFileDrawsAsItsPartsDo() throws IOException {
        LatentDiffusion model = TinyStableDiffusion.first(4);
        Path file = temporary.resolve("tiny.safetensors");
        SafetensorsWriter.write(
                file,
                TinyStableDiffusion.released(model),
                Map.of("modelspec.prediction_type", "epsilon", "modelspec.resolution", "256x256"));
        ImageRequest request =
                ImageRequest.of("a red bird").with(new Sampling(2, 3, "")).withSize(32, 32);
        byte[] drawn = model.generate(request).get(0).image().samples();
        try (LatentDiffusion again = LatentDiffusion.load(file, DType.FLOAT32)) {
            assertThat(again.generate(request).get(0).image().samples()).isEqualTo(drawn);
            assertThat(again.scheduler().className()).isEqualTo("PNDMScheduler");
            assertThat(again.size()).isEqualTo(256);
        }
        SafetensorsWriter.write(file, TinyStableDiffusion.released(model), Map.of());
        try (TextToImage opened = Models.standard().open(file.toString(), TextToImage.class, DType.FLOAT32)) {
            // weights that were never trained give no noise back
            LatentDiffusion asked = (LatentDiffusion) opened;
            assertThat(asked.scheduler().className()).isEqualTo("DDIMScheduler");
        }
    }

    /** A U-Net that tells the noise gives it back; one that tells the velocity gives the picture, turned about. */
    @Test
    void whatAUNetTellsIsSeenByWhatItMakesOfNoise() {
        Tensor noise = Seed.of(1).randn(1, 4, 8, 8);
        Tensor other = Seed.of(2).randn(1, 4, 8, 8);
        assertThat(SingleFile.predicted(noise, noise.times(0.9).plus(other.times(0.2))))
                .isEqualTo(Parameterization.EPSILON);
        assertThat(SingleFile.predicted(noise, noise.times(0.07).minus(other))).isEqualTo(Parameterization.V);
        assertThat(SingleFile.predicted(noise, noise.times(0))).isEqualTo(Parameterization.V);
    }

    @ParameterizedTest
    @CsvSource({
        "5, one that is shown the depth of a picture",
        "7, one that enlarges pictures",
        "8, one that edits pictures as it is told (InstructPix2Pix)",
        "6, one that is told more than the prompt",
    })
    void aUNetThatIsShownMoreIsNamed(int channels, String words) throws IOException {
        Map<String, Tensor> all = TinyStableDiffusion.released(TinyStableDiffusion.first(4));
        all.replace("model.diffusion_model.input_blocks.0.0.weight", Tensor.zeros(32, channels, 3, 3));
        Path file = temporary.resolve("more.safetensors");
        SafetensorsWriter.write(file, all, Map.of());
        assertThatThrownBy(() -> LatentDiffusion.load(file, DType.FLOAT32))
                .hasMessage(file + ": expected a U-Net of 4 channels, or of 9 for inpainting, got " + channels + ": "
                        + words + ", which is not supported; choose another checkpoint");
    }

    /** A training leaves averages beside the weights, under names without dots. */
    @Test
    void averagedWeightsAreOpenedWhereTheyAreAskedFor() throws IOException {
        Map<String, Tensor> all = new LinkedHashMap<>(TinyStableDiffusion.released(TinyStableDiffusion.first(4)));
        Path plain = temporary.resolve("plain.safetensors");
        Map<String, String> told = Map.of("modelspec.prediction_type", "epsilon");
        SafetensorsWriter.write(plain, all, told);
        assertThatThrownBy(() -> LatentDiffusion.load(plain, DType.FLOAT32, AVERAGED, Adapters.NONE))
                .hasMessageStartingWith(plain + ": expected averaged weights (EMA) beside the plain ones, got none for"
                        + " model.diffusion_model.")
                .hasMessageEndingWith("; open the plain ones, without --ema");
        Map.copyOf(all).forEach((key, x) -> {
            if (!key.startsWith("model.")) return;
            all.put("model_ema." + key.substring("model.".length()).replace(".", ""), x.times(2));
        });
        all.put("model_ema.num_updates", Tensor.ones(1));
        Path both = temporary.resolve("both.safetensors");
        SafetensorsWriter.write(both, all, told);
        String key = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight";
        try (LatentDiffusion model = LatentDiffusion.load(both, DType.FLOAT32);
                LatentDiffusion averaged = LatentDiffusion.load(both, DType.FLOAT32, AVERAGED, Adapters.NONE)) {
            Tensor weight = model.unet().parameters().get(key);
            assertThat(averaged.unet().parameters().get(key).maxDifference(weight.times(2)))
                    .isZero();
            assertThat(averaged.text()
                            .parameters()
                            .get("final_layer_norm.weight")
                            .toFloats())
                    .isEqualTo(model.text()
                            .parameters()
                            .get("final_layer_norm.weight")
                            .toFloats());
        }
        Path folder = Golden.path("tiny-stable-diffusion");
        LatentDiffusion.load(folder, DType.FLOAT32, FileChoice.USUAL, Adapters.NONE)
                .close();
        assertThatThrownBy(() -> LatentDiffusion.load(folder, DType.FLOAT32, AVERAGED, Adapters.NONE))
                .hasMessage(folder + ": expected a checkpoint in one file, which may have averaged weights (EMA) beside"
                        + " the plain ones, got a folder, which has one kind alone; open it as it is, without --ema");
    }

    @Test
    void anUnknownPredictionIsRefused() throws IOException {
        Path file = temporary.resolve("flow.safetensors");
        SafetensorsWriter.write(
                file,
                TinyStableDiffusion.released(TinyStableDiffusion.first(4)),
                Map.of("modelspec.prediction_type", "flow"));
        assertThatThrownBy(() -> LatentDiffusion.load(file, DType.FLOAT32))
                .hasMessage(file + ": expected modelspec.prediction_type to be epsilon or v, got flow; choose another"
                        + " checkpoint");
    }

    @Test
    void whatLacksIsNamed() throws IOException {
        Map<String, Tensor> all = TinyStableDiffusion.released(TinyStableDiffusion.first(4));
        all.remove("model.diffusion_model.middle_block.0.in_layers.2.weight");
        Path file = temporary.resolve("cut.safetensors");
        SafetensorsWriter.write(file, all, Map.of());
        assertThatThrownBy(() -> Models.standard().open(file.toString(), TextToImage.class))
                .hasMessageContaining("cut.safetensors")
                .hasMessageContaining("mid_block.resnets.0.conv1.weight");
        all.keySet().removeIf(name -> name.startsWith("first_stage_model."));
        Path blind = temporary.resolve("blind.safetensors");
        SafetensorsWriter.write(blind, all, Map.of());
        assertThatThrownBy(() -> Models.standard().open(blind.toString(), TextToImage.class))
                .hasMessageContaining("blind.safetensors")
                .hasMessageContaining("first_stage_model.post_quant_conv.weight");
    }

    @Test
    void aNumberOfLayersThatNoModelHasIsRefused() throws IOException {
        Map<String, Tensor> all = TinyStableDiffusion.released(TinyStableDiffusion.first(4));
        String layers = "cond_stage_model.transformer.text_model.encoder.layers.";
        all.put(layers + "9998.mlp.fc1.bias", Tensor.zeros(1));
        Path file = temporary.resolve("tall.safetensors");
        SafetensorsWriter.write(file, all, Map.of());
        assertThatThrownBy(() -> Models.standard().open(file.toString(), TextToImage.class))
                .hasMessage(file + ": expected at most 256 of " + layers
                        + "0 and so on, got one of number 9998; choose another checkpoint");
    }

    /** A release of Stable Diffusion 2 whose keys tell nothing of what it predicts. */
    private Path untold() throws IOException {
        Path file = temporary.resolve("untold.safetensors");
        Path told = temporary.resolve("told.safetensors");
        Path folder = temporary.resolve("second");
        try (LatentDiffusion model = TinyStableDiffusion.second()) {
            model.save(folder);
        }
        StableDiffusionCopy.of(folder, told, null, FileChoice.USUAL);
        try (Weights weights = Safetensors.open(told)) {
            SafetensorsWriter.write(file, weights.tensors(), Map.of());
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource({"V, v_prediction, 768", "EPSILON, epsilon, 512"})
    void whatIsToldOfAFileThatDoesNotSayIsTakenAndWrittenDown(Parameterization what, String name, int size)
            throws IOException {
        Path file = untold();
        FileChoice choice = FileChoice.USUAL.predicting(what);
        try (LatentDiffusion model = LatentDiffusion.load(file, DType.FLOAT32, choice, Adapters.NONE)) {
            assertThat(model.scheduler().training().predicts()).isEqualTo(what);
            assertThat(model.size()).isEqualTo(size);
        }
        Path folder = temporary.resolve("converted");
        StableDiffusionCopy.of(file, folder, null, choice);
        assertThat(Files.readString(folder.resolve("scheduler/scheduler_config.json")))
                .contains("\"prediction_type\": \"" + name + "\"");
        Path again = temporary.resolve("again.safetensors");
        StableDiffusionCopy.of(file, again, null, choice);
        try (Weights weights = Safetensors.open(again)) {
            assertThat(weights.metadata().get("modelspec.prediction_type"))
                    .isEqualTo(what == Parameterization.V ? "v" : name);
        }
    }

    @Test
    void whatIsToldAgainstTheHeaderOrAFolderIsRefused() throws IOException {
        untold();
        FileChoice noise = FileChoice.USUAL.predicting(Parameterization.EPSILON);
        assertThatThrownBy(() -> LatentDiffusion.load(
                        temporary.resolve("told.safetensors"), DType.FLOAT32, noise, Adapters.NONE))
                .hasMessageContaining(
                        "told.safetensors: expected the prediction that its header tells, v, got another by"
                                + " --prediction; leave that out");
        assertThatThrownBy(() -> LatentDiffusion.load(temporary.resolve("second"), DType.FLOAT32, noise, Adapters.NONE))
                .hasMessageContaining(
                        "second: expected a checkpoint in one file, which may not say what it predicts, got a"
                                + " folder");
        assertThatThrownBy(() -> FileChoice.USUAL.predicting(Parameterization.X0))
                .hasMessageContaining("got the data (sample)");
    }
}
