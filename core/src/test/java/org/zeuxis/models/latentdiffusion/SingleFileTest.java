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
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.hub.Models;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.unet.attention.PixelProjection;

/** Checkpoints in one file, in the names that they were released with. */
class SingleFileTest {
    @TempDir
    Path temporary;

    /** Names and shapes alone. */
    private record Listed(Map<String, long[]> shapes) implements Weights {
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

    private static long[] shape(JsonNode node) {
        long[] shape = new long[node.size()];
        for (int i = 0; i < shape.length; i++) shape[i] = node.get(i).asLong();
        return shape;
    }

    private static List<JsonNode> lines(String version) throws IOException {
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
    }

    private static final UNetConfig UNET = new UNetConfig(
            4,
            4,
            List.of(new UNetConfig.Level(32, 8, true), new UNetConfig.Level(64, 8, false)),
            1,
            64,
            1,
            32,
            PixelProjection.Kind.CONVOLUTION);
    private static final AutoencoderKl.Config AUTOENCODER =
            new AutoencoderKl.Config(3, 4, List.of(32, 32), 1, 32, 0.18215);

    /** A small one with random weights, written as such a file, draws what it drew before. */
    @Test
    void aFileDrawsAsItsPartsDo() throws IOException {
        LatentDiffusion model = tiny();
        Path file = temporary.resolve("tiny.safetensors");
        SafetensorsWriter.write(file, released(model), Map.of());
        ImageRequest request =
                ImageRequest.of("a red bird").with(new Sampling(2, 3, "")).withSize(32, 32);
        byte[] drawn = model.generate(request).get(0).image().samples();
        try (LatentDiffusion again = SingleFile.load(file, DType.FLOAT32, parts -> "epsilon")) {
            assertThat(again.generate(request).get(0).image().samples()).isEqualTo(drawn);
            assertThat(again.scheduler().className()).isEqualTo("PNDMScheduler");
        }
        try (TextToImage opened = Models.standard().open(file.toString(), TextToImage.class, DType.FLOAT32)) {
            // weights that were never trained give no noise back
            LatentDiffusion asked = (LatentDiffusion) opened;
            assertThat(asked.scheduler().className()).isEqualTo("DDIMScheduler");
        }
    }

    private static LatentDiffusion tiny() {
        ClipTokenizer tokenizer = new ClipTokenizer(BytePairEncoding.clip());
        ClipTextModel.Config text = new ClipTextModel.Config(49408, 77, 64, 2, 1, 128, Activation.QUICK_GELU, 49407);
        return Initialization.seeded(
                Seed.of(8),
                () -> new LatentDiffusion(
                        "tiny",
                        tokenizer,
                        new ClipTextModel(text),
                        new DenoisingUNet(UNET),
                        new AutoencoderKl(AUTOENCODER),
                        SingleFile.scheduler("epsilon"),
                        512));
    }

    private static Map<String, Tensor> released(LatentDiffusion model) {
        Map<String, Tensor> here = new LinkedHashMap<>();
        put(here, LdmLayout.TEXT, model.text());
        put(here, LdmLayout.UNET, model.unet());
        put(here, LdmLayout.AUTOENCODER, model.autoencoder());
        Map<String, Tensor> old = LdmLayout.keys(UNET, AUTOENCODER, 2).backwards(here);
        // as it was released: convolutions of one pixel
        old.replaceAll((key, value) -> key.contains(".mid.attn_1.") && value.rank() == 2
                ? value.unsqueeze(2).unsqueeze(3)
                : value);
        return old;
    }

    private static void put(Map<String, Tensor> all, String part, Module module) {
        module.parameters().forEach((key, value) -> all.put(part + key, value));
    }

    /** A U-Net that tells the noise gives it back; one that tells the velocity gives the picture, turned about. */
    @Test
    void whatAUNetTellsIsSeenByWhatItMakesOfNoise() {
        Tensor noise = Seed.of(1).randn(1, 4, 8, 8);
        Tensor other = Seed.of(2).randn(1, 4, 8, 8);
        assertThat(SingleFile.predicted(noise, noise.times(0.9).plus(other.times(0.2))))
                .isEqualTo("epsilon");
        assertThat(SingleFile.predicted(noise, noise.times(0.07).minus(other))).isEqualTo("v_prediction");
        assertThat(SingleFile.predicted(noise, noise.times(0))).isEqualTo("v_prediction");
    }

    @Test
    void anInpaintingCheckpointIsNamed() throws IOException {
        Map<String, Tensor> all = released(tiny());
        all.replace("model.diffusion_model.input_blocks.0.0.weight", Tensor.zeros(32, 9, 3, 3));
        Path file = temporary.resolve("inpainting.safetensors");
        SafetensorsWriter.write(file, all, Map.of());
        assertThatThrownBy(() -> SingleFile.load(file, DType.FLOAT32, parts -> "epsilon"))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("got 9: an inpainting checkpoint, which is not supported yet");
    }

    @Test
    void whatLacksIsNamed() throws IOException {
        Map<String, Tensor> all = released(tiny());
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
}
