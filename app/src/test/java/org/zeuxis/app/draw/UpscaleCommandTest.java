package org.zeuxis.app.draw;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.app.CommandRun;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.UNetConfig;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.unet.attention.PixelProjection;

/** {@code zeuxis upscale} with a tiny upscaler of Stable Diffusion, from its folder. */
class UpscaleCommandTest {
    @TempDir
    Path folder;

    private static UNetConfig shape(int in, int noiseLevels) {
        boolean upscales = noiseLevels > 0;
        List<UNetConfig.Level> levels =
                List.of(new UNetConfig.Level(8, 1, false, upscales), new UNetConfig.Level(8, 2, true, upscales));
        return new UNetConfig(in, 4, levels, 1, 16, 1, 8, PixelProjection.Kind.LINEAR, noiseLevels, 0);
    }

    @BeforeEach
    void makeFolder() throws IOException {
        Path model = folder.resolve("upscaler");
        Config noise = Config.of("scheduler", Map.of("prediction_type", "v_prediction", "clip_sample", false));
        try (LatentDiffusion drawing = new LatentDiffusion(
                "drawing",
                new ClipTokenizer(BytePairEncoding.clip()),
                new ClipTextModel(new ClipTextModel.Config(49408, 77, 16, 1, 1, 16, Activation.GELU, 49407)),
                new DenoisingUNet(shape(4, 0)),
                new AutoencoderKl(new AutoencoderKl.Config(3, 4, List.of(8, 8, 8), 1, 8, 0.08333)),
                SchedulerConfig.from("DDIMScheduler", noise),
                64)) {
            drawing.save(model);
        }
        try (DenoisingUNet unet = new DenoisingUNet(shape(7, 400))) {
            Map<String, Tensor> weights = new HashMap<>(unet.parameters());
            // untrained it is silent
            weights.put("conv_out.weight", Seed.of(1).randn(4, 8, 3, 3).times(0.1));
            ModelFolder.save(
                    model.resolve("unet"),
                    ModelFolder.Layout.DIFFUSERS,
                    unet.config().write(),
                    weights);
        }
        Files.createDirectories(model.resolve("low_res_scheduler"));
        Files.copy(
                model.resolve("scheduler").resolve("scheduler_config.json"),
                model.resolve("low_res_scheduler").resolve("scheduler_config.json"));
        ObjectMapper json = new ObjectMapper();
        Path index = model.resolve("model_index.json");
        ObjectNode whole = (ObjectNode) json.readTree(index.toFile());
        json.writeValue(index.toFile(), whole.put("_class_name", "StableDiffusionUpscalePipeline"));
        byte[] samples = new byte[10 * 7 * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (5 * i);
        ImageFile.write(folder.resolve("small.png"), new Image(10, 7, 3, samples));
    }

    private CommandRun run(String line) {
        List<String> words = new ArrayList<>(List.of("upscale", path("small.png"), "--model", path("upscaler")));
        for (String word : line.split(" ", -1)) words.add(word.startsWith("@") ? path(word.substring(1)) : word);
        words.addAll(List.of("--dtype", "float32", "--steps", "2"));
        return CommandRun.of(words.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void aPictureBecomesFourTimesAsLarge() throws IOException {
        for (String line : List.of("-o @a.png --prompt bird", "-o @b.png --noise 300", "-o @c.png --to 40")) {
            CommandRun run = run(line);
            assertThat(run.err()).as(line).isEmpty();
            assertThat(run.code()).isZero();
        }
        Image large = ImageFile.read(folder.resolve("a.png"));
        assertThat(List.of(large.width(), large.height())).containsExactly(40, 28);
        assertThat(PngText.read(folder.resolve("a.png")).entries().get(PngText.REQUEST))
                .contains("\"made_by\":\"upscale\"", "\"noise\":\"20\"", "bird");
        assertThat(ImageFile.read(folder.resolve("b.png")).samples())
                .isNotEqualTo(ImageFile.read(folder.resolve("c.png")).samples());
    }

    @Test
    void inLessMemoryItIsTheSamePicture() throws IOException {
        for (String line : List.of("-o @held.png --prompt bird", "-o @lent.png --prompt bird --low-memory")) {
            CommandRun run = run(line);
            assertThat(run.err()).as(line).isEmpty();
            assertThat(run.code()).isZero();
        }
        assertThat(ImageFile.read(folder.resolve("lent.png")).samples())
                .isEqualTo(ImageFile.read(folder.resolve("held.png")).samples());
        CommandRun run =
                CommandRun.of("upscale", path("small.png"), "--low-memory", "-o", path("unclip.png"), "--steps", "2");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("--low-memory: expected an upscaler of Stable Diffusion, got an unCLIP; leave it out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--to 80 | expected to enlarge to 4 times the picture, 40 pixels, got 80",
                "--noise 351 | expected a noise level of 0 to 350, got 351",
            })
    void whatItCannotDoIsRefused(String line, String message) {
        CommandRun run = run(line + " -o @a.png");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(folder.resolve("a.png")).doesNotExist();
    }
}
