package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.hub.Models;
import org.zeuxis.hub.recognition.Recognition;
import org.zeuxis.image.Image;
import org.zeuxis.machine.NoRoomException;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.Upscaler;
import org.zeuxis.models.latentdiffusion.SingleFileTest.Listed;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** The ×4 upscaler in one file, in the names of its release. */
class UpscalerFileTest {
    private static final ImageRequest REQUEST =
            ImageRequest.of("a red bird").withSteps(2).withSeed(3);

    @TempDir
    Path temporary;

    private Path folder = Path.of("");
    private Path file = Path.of("");

    @BeforeEach
    void both() throws IOException {
        folder = temporary.resolve("folder");
        file = temporary.resolve("one.safetensors");
        try (LatentDiffusion parts = TinyStableDiffusion.upscaler()) {
            parts.save(folder);
        }
        StableDiffusionCopy.of(folder, file, null, FileChoice.USUAL);
    }

    /** Every key becomes what diffusers' own converter makes of it, in the same shape. */
    @Test
    void keysAndShapesAreThoseOfDiffusersConverter() throws IOException {
        Map<String, long[]> old = new LinkedHashMap<>();
        Map<String, long[]> expected = new LinkedHashMap<>();
        for (JsonNode line : SingleFileTest.lines("x4")) {
            String before = line.get(1).asText();
            String after = line.get(3).asText();
            if (!before.isEmpty()) old.put(before, SingleFileTest.shape(line.get(2)));
            if (!after.isEmpty()) expected.put(after, SingleFileTest.shape(line.get(4)));
        }
        Listed listed = new Listed(old);
        UNetConfig unet = UNetConfig.ofUpscaler(SingleFile.unet(listed, true));
        AutoencoderKl.Config autoencoder = AutoencoderKl.Config.from(SingleFile.autoencoder(listed));
        assertThat(unet.inChannels()).isEqualTo(7);
        assertThat(unet.noiseLevels()).isEqualTo(1000);
        assertThat(unet.levels())
                .containsExactly(
                        new UNetConfig.Level(256, 8, false, true),
                        new UNetConfig.Level(512, 8, true, true),
                        new UNetConfig.Level(512, 8, true, true),
                        new UNetConfig.Level(1024, 8, true, false));
        assertThat(autoencoder.factor()).isEqualTo(4);
        assertThat(autoencoder.scalingFactor()).isEqualTo(0.08333);
        Weights here = LdmLayout.keys(unet, autoencoder, 23).of(listed);
        assertThat(here.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((key, shape) -> assertThat(here.shape(key)).as(key).isEqualTo(shape));
    }

    @Test
    void thereAndBackIsTheSameByteForByte() throws IOException {
        Path again = temporary.resolve("again");
        StableDiffusionCopy.of(file, again, null, FileChoice.USUAL);
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                assertThat(again.resolve(folder.relativize(each).toString())).hasSameBinaryContentAs(each);
            }
        }
        assertThat(Recognition.of(again).isPipeline(LatentUpscaler.PIPELINE)).isTrue();
        Path second = temporary.resolve("second.safetensors");
        StableDiffusionCopy.of(file, second, null, FileChoice.USUAL);
        assertThat(second).hasSameBinaryContentAs(file);
        try (Safetensors weights = Safetensors.open(file)) {
            assertThat(weights.names())
                    .contains("model.diffusion_model.label_emb.weight")
                    .noneMatch(name -> name.startsWith("unet.") || name.startsWith("vae."));
            assertThat(weights.metadata()).containsEntry("modelspec.prediction_type", "v");
        }
    }

    private static byte[] drawn(Upscaler model) {
        byte[] samples = new byte[9 * 6 * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (7 * i);
        Image large = model.upscale(
                        new Image(9, 6, 3, samples), OptionalInt.of(36), OptionalInt.empty(), REQUEST, Events.NONE)
                .image();
        assertThat(List.of(large.width(), large.height())).containsExactly(36, 24);
        return large.samples();
    }

    /** The file and the folder, all of it in memory or each part for its turn. */
    @Test
    void everyWayOfOpeningItDrawsTheSame() throws IOException {
        Models models = Models.standard();
        byte[] expected;
        try (Upscaler model = models.open(folder.toString(), Upscaler.class, DType.FLOAT32)) {
            expected = drawn(model);
        }
        try (Upscaler model = models.open(file.toString(), Upscaler.class, DType.FLOAT32)) {
            assertThat(drawn(model)).isEqualTo(expected);
        }
        for (Path path : List.of(folder, file)) {
            Upscaler lent = LatentUpscaler.lending(path, DType.FLOAT32);
            assertThat(drawn(lent)).isEqualTo(expected);
            lent.close();
            assertThatThrownBy(() -> drawn(lent)).hasMessageStartingWith("expected an open model");
        }
        assertThatThrownBy(() -> models.open(file.toString(), TextToImage.class))
                .hasMessageContaining("got a Stable Diffusion upscaling checkpoint; name a model of the other kind");
    }

    private Path with(String key, Tensor tensor) throws IOException {
        Path changed = temporary.resolve("changed.safetensors");
        try (Safetensors weights = Safetensors.open(file)) {
            Map<String, Tensor> all = new LinkedHashMap<>(weights.tensors());
            all.put(key, tensor);
            SafetensorsWriter.write(changed, all, Map.of());
        }
        return changed;
    }

    /** What the release keeps beside the weights says how the small picture is noised. */
    @Test
    void theNoiseOfTheSmallPictureIsHonoured() throws IOException {
        float[] released = new float[1000];
        for (int t = 0; t < released.length; t++) {
            double root = Math.sqrt(0.0001) + t / 999.0 * (Math.sqrt(0.02) - Math.sqrt(0.0001));
            released[t] = (float) (root * root);
        }
        Path same = with("low_scale_model.betas", Tensor.of(released, 1000));
        try (LatentUpscaler model = LatentUpscaler.load(same, DType.FLOAT32)) {
            assertThat(model.mostNoise()).isEqualTo(350);
            assertThat(model.scheduler().training().predicts()).isEqualTo(Parameterization.V);
        }
        Path other = with("low_scale_model.betas", Tensor.linspace(0.0001, 0.02, 1000));
        assertThatThrownBy(() -> LatentUpscaler.load(other, DType.FLOAT32))
                .hasMessageStartingWith(other + ": expected the noise of the release in low_scale_model.betas");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "low_res_scheduler/scheduler_config.json | beta_end | 0.01 | low_res_scheduler: expected the noise of the release",
                "scheduler/scheduler_config.json | beta_end | 0.01 | beta_schedule scaled_linear from 0.0001 to 0.02 in 1000",
                "model_index.json | max_noise_level | 300 | expected max_noise_level to be 350, as one file is opened with, got 300",
                "vae/config.json | scaling_factor | 0.18215 | keep the folder",
            })
    void whatAFileCannotSayIsRefused(String name, String key, String json, String message) throws IOException {
        FolderCopy.set(folder.resolve(name), key, json);
        Path into = temporary.resolve("into.safetensors");
        assertThatThrownBy(() -> StableDiffusionCopy.of(folder, into, null, FileChoice.USUAL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
        assertThat(into).doesNotExist();
    }

    @Test
    void whatLacksIsNamed() throws IOException {
        Path changed = with("model.diffusion_model.label_emb.weight", Tensor.zeros(400, 64));
        assertThatThrownBy(() -> LatentUpscaler.load(changed, DType.FLOAT32))
                .hasMessageContaining("changed.safetensors")
                .hasMessageContaining("class_embedding.weight as [400, 64], expected [400, 128]");
    }

    /** Each fix that is named fits when it is tried. */
    @Test
    void whatDoesNotFitIsRefusedWithTheNearestFix() throws IOException {
        Image picture = new Image(500, 200, 3, new byte[300_000]);
        try (LatentUpscaler.Stored stored = LatentUpscaler.Stored.of(file)) {
            long held = need(stored, false);
            long lent = need(stored, true);
            stored.expectRoom(picture, REQUEST, DType.FLOAT32, false, OptionalLong.of(held));
            assertThatThrownBy(
                            () -> stored.expectRoom(picture, REQUEST, DType.FLOAT32, false, OptionalLong.of(held - 1)))
                    .isInstanceOf(NoRoomException.class)
                    .hasMessageStartingWith("one.safetensors: expected ")
                    .hasMessageContaining(" of free memory to draw 2000x800 in float32")
                    .hasMessageEndingWith("; add --low-memory");
            stored.expectRoom(picture, REQUEST, DType.FLOAT32, true, OptionalLong.of(lent));
            assertThatThrownBy(
                            () -> stored.expectRoom(picture, REQUEST, DType.BFLOAT16, true, OptionalLong.of(lent / 3)))
                    .hasMessageEndingWith("; ask for a picture of at most 256x256");
            Image smaller = new Image(256, 256, 3, new byte[3 * 256 * 256]);
            stored.expectRoom(smaller, REQUEST, DType.BFLOAT16, true, OptionalLong.of(lent / 3));
        }
    }

    private static long need(LatentUpscaler.Stored stored, boolean lent) {
        return MemoryNeed.of(stored.checkpoint(), DType.FLOAT32).enlarging().most(REQUEST.withSize(2000, 800), 0, lent);
    }
}
