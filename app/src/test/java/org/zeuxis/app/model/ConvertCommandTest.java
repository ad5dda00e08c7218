package org.zeuxis.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.UNetConfig;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.unet.attention.PixelProjection;

/** {@code zeuxis convert}. */
class ConvertCommandTest {
    @TempDir
    Path folder;

    @Test
    void aPipelineOfAnotherTypeDrawsAndSaysItsType() throws IOException {
        String half = folder.resolve("half").toString();
        CommandRun run = CommandRun.of("convert", CommandRun.TINY, half, "--dtype", "float16");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith(half + " (").endsWith(" MB of weights)\n");
        assertThat(Path.of(half, "text_encoder/config.json")).content().contains("\"dtype\": \"float16\"");
        assertThat(Path.of(half, "unet/config.json"))
                .hasSameTextualContentAs(Path.of(CommandRun.TINY, "unet/config.json"));
        assertThat(CommandRun.of("imagine", "cat", "--model", half, "--steps", "1", "-o", folder + "/cat.png")
                        .err())
                .isEmpty();
        CommandRun again = CommandRun.of("convert", CommandRun.TINY, half, "--dtype", "float16");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).hasLineCount(1).contains(half + ": already exists; name another or remove it");
    }

    /** A file that says nothing of itself, as releases do. */
    @Test
    void whatAFilePredictsIsTold() throws IOException {
        String file = folder.resolve("one.safetensors").toString();
        assertThat(CommandRun.of("convert", released().toString(), file).err()).isEmpty();
        String untold = folder.resolve("untold.safetensors").toString();
        try (Safetensors weights = Safetensors.open(Path.of(file))) {
            SafetensorsWriter.write(Path.of(untold), weights.tensors(), Map.of());
        }
        String again = folder.resolve("again").toString();
        assertThat(CommandRun.of("convert", untold, again, "--prediction", "v").err())
                .isEmpty();
        assertThat(Path.of(again, "scheduler/scheduler_config.json"))
                .content()
                .contains("\"prediction_type\": \"v_prediction\"");
        assertThat(CommandRun.of("convert", file, folder + "/other", "--prediction", "v")
                        .err())
                .hasLineCount(1)
                .contains("expected the prediction that its header tells, epsilon, got another by --prediction");
    }

    /** A folder, one file of it, and a folder of that, which draws the same picture. */
    @Test
    void aStableDiffusionBecomesOneFileAndAFolderAgain() throws IOException {
        String from = released().toString();
        String file = folder.resolve("one.safetensors").toString();
        CommandRun run = CommandRun.of("convert", from, file);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith(file + " (").endsWith(" MB of weights)\n");
        String again = folder.resolve("again").toString();
        assertThat(CommandRun.of("convert", file, again).err()).isEmpty();
        for (String model : new String[] {from, file, again}) {
            String picture = model + ".png";
            CommandRun drawn = CommandRun.of(
                    "imagine",
                    "cat",
                    "--model",
                    model,
                    "--steps",
                    "1",
                    "--sampler",
                    "ddim",
                    "--dtype",
                    "float32",
                    "-o",
                    picture);
            assertThat(drawn.err()).as(model).isEmpty();
            assertThat(ImageFile.read(Path.of(picture)).samples())
                    .isEqualTo(ImageFile.read(Path.of(from + ".png")).samples());
        }
        CommandRun averaged = CommandRun.of("convert", file, folder + "/ema", "--ema");
        assertThat(averaged.code()).isEqualTo(1);
        assertThat(averaged.err())
                .hasLineCount(1)
                .contains(file + ": expected averaged weights (EMA) beside the plain ones, got none for ")
                .endsWith("; open the plain ones, without --ema\n");
        assertThat(CommandRun.of("convert", from, folder + "/ema", "--ema").err())
                .hasLineCount(1)
                .contains(from + ": expected a checkpoint in one file, which may have averaged weights (EMA)");
        assertThat(CommandRun.of("convert", from, file).err()).contains(file + ": already exists");
        assertThat(CommandRun.of("convert", folder + "/nothing", folder + "/x").err())
                .isEqualTo("zeuxis convert: " + folder + "/nothing: there is no such file or folder; check the path\n");
        Path other = folder.resolve("other.safetensors");
        SafetensorsWriter.write(other, Map.of("conditioner.embedders.1.x", Tensor.ones(1)), Map.of());
        assertThat(CommandRun.of("convert", other.toString(), folder + "/x").err())
                .isEqualTo("zeuxis convert: " + other
                        + ": expected a Stable Diffusion 1.x or 2.x, got a Stable Diffusion XL"
                        + " checkpoint; choose another model\n");
        assertThat(folder.resolve("x")).doesNotExist();
        assertThat(folder.resolve("ema")).doesNotExist();
    }

    /** Small, with CLIP's own words, of sizes that one file tells by its shapes. */
    private Path released() throws IOException {
        Path from = folder.resolve("released");
        ClipTokenizer tokenizer = new ClipTokenizer(BytePairEncoding.clip());
        Config noise = Config.of(
                "scheduler",
                Map.of(
                        "beta_start",
                        0.00085,
                        "beta_end",
                        0.012,
                        "beta_schedule",
                        "scaled_linear",
                        "set_alpha_to_one",
                        false));
        try (LatentDiffusion model = new LatentDiffusion(
                "released",
                tokenizer,
                new ClipTextModel(new ClipTextModel.Config(49408, 77, 64, 1, 1, 64, Activation.QUICK_GELU, 49407)),
                new DenoisingUNet(new UNetConfig(
                        4,
                        4,
                        List.of(new UNetConfig.Level(32, 8, true), new UNetConfig.Level(32, 8, false)),
                        1,
                        64,
                        1,
                        32,
                        PixelProjection.Kind.CONVOLUTION)),
                new AutoencoderKl(new AutoencoderKl.Config(3, 4, List.of(32, 32), 1, 32, 0.18215)),
                SchedulerConfig.from("DDIMScheduler", noise).inStableDiffusion(),
                64)) {
            model.save(from);
        }
        return from;
    }

    @Test
    void aNumberThatDoesNotFitIsNamedAndNothingIsLeft() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Path weights = model.resolve("model.safetensors");
        SafetensorsWriter.write(weights, Map.of("norm.scale", Tensor.of(new float[] {1, -1e5f}, 2)), Map.of());
        Files.writeString(model.resolve("config.json"), "{}");
        String half = folder.resolve("half").toString();
        CommandRun run = CommandRun.of("convert", model.toString(), half, "--dtype", "float16");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("zeuxis convert: " + weights
                        + ": expected numbers that float16 can hold, at most 65504.0, got one of magnitude 100000.0 in"
                        + " norm.scale; convert to bfloat16, or leave the model as it is\n");
        assertThat(folder.toFile().list()).containsExactly("model");
    }
}
