package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.attention.PixelProjection;

/** Folders as one file, and one file as a folder. */
class StableDiffusionCopyTest {
    @TempDir
    Path temporary;

    private Path folder(LatentDiffusion model) throws IOException {
        Path folder = temporary.resolve("folder");
        model.save(folder);
        model.close();
        return folder;
    }

    private static void copy(Path from, Path into) throws IOException {
        assertThat(StableDiffusionCopy.of(from, into, null, FileChoice.USUAL)).isPositive();
    }

    private static LatentDiffusion model(String kind) {
        return switch (kind) {
            case "1" -> TinyStableDiffusion.first(4);
            case "2" -> TinyStableDiffusion.second();
            default -> TinyStableDiffusion.first(9);
        };
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(folder::relativize)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "inpainting"})
    void thereAndBackIsTheSameByteForByte(String kind) throws IOException {
        Path folder = folder(model(kind));
        Path file = temporary.resolve("one.safetensors");
        copy(folder, file);
        Path again = temporary.resolve("again");
        copy(file, again);
        assertThat(files(again)).isEqualTo(files(folder));
        for (Path each : files(folder)) {
            assertThat(again.resolve(each)).hasSameBinaryContentAs(folder.resolve(each));
        }
        // diffusers opens no folder for inpainting without it
        assertThat(Files.readString(again.resolve("model_index.json")).contains("_diffusers_version"))
                .isEqualTo(kind.equals("inpainting"));
        Path secondFile = temporary.resolve("second.safetensors");
        copy(again, secondFile);
        assertThat(secondFile).hasSameBinaryContentAs(file);
        Path third = temporary.resolve("third.safetensors");
        copy(file, third);
        assertThat(third).hasSameBinaryContentAs(file);
        try (Safetensors weights = Safetensors.open(file)) {
            assertThat(weights.shape("first_stage_model.decoder.mid.attn_1.q.weight"))
                    .containsExactly(32, 32, 1, 1);
            assertThat(weights.metadata())
                    .containsEntry("modelspec.prediction_type", kind.equals("2") ? "v" : "epsilon")
                    .containsEntry("modelspec.resolution", kind.equals("2") ? "768x768" : "512x512");
            assertThat(weights.names().contains("cond_stage_model.model.transformer.resblocks.1.attn.in_proj_weight"))
                    .isEqualTo(kind.equals("2"));
        }
    }

    /** What a training leaves beside the weights stays behind; what is not read of a part comes along. */
    @Test
    void aFileAgainIsThePartsAlone() throws IOException {
        Map<String, Tensor> all = new LinkedHashMap<>();
        TinyStableDiffusion.released(TinyStableDiffusion.first(4)).forEach((key, x) -> {
            all.put(key, x);
            if (key.startsWith("model.")) {
                all.put("model_ema." + key.substring("model.".length()).replace(".", ""), x.times(2));
            }
        });
        String buffer = "cond_stage_model.transformer.text_model.embeddings.position_ids";
        all.put(buffer, Tensor.arange(77).unsqueeze(0));
        all.put("model_ema.decay", Tensor.ones(1));
        all.put("betas", Tensor.ones(3));
        Path from = temporary.resolve("trained.safetensors");
        SafetensorsWriter.write(from, all, Map.of());
        Path into = temporary.resolve("pruned.safetensors");
        StableDiffusionCopy.of(from, into, DType.FLOAT16, FileChoice.USUAL.with(UNetWeights.AVERAGED));
        String key = "model.diffusion_model.out.2.weight";
        try (Safetensors pruned = Safetensors.open(into)) {
            Set<String> names = pruned.names();
            assertThat(names).contains(buffer).allMatch(name -> name.matches("(model|first_stage|cond_stage).*"));
            assertThat(names).noneMatch(name -> name.startsWith("model_ema."));
            assertThat(pruned.dtype(buffer)).isEqualTo(DType.INT64);
            Tensor doubled = all.get(key).times(2).to(DType.FLOAT16);
            assertThat(pruned.dtype(key)).isEqualTo(DType.FLOAT16);
            assertThat(pruned.tensor(key).maxDifference(doubled)).isZero();
        }
        Path folder = temporary.resolve("averaged");
        StableDiffusionCopy.of(from, folder, null, FileChoice.USUAL.with(UNetWeights.AVERAGED));
        try (Safetensors unet = Safetensors.open(folder.resolve("unet/diffusion_pytorch_model.safetensors"))) {
            assertThat(unet.tensor("conv_out.weight").maxDifference(all.get(key).times(2)))
                    .isZero();
        }
    }

    @Test
    void aNumberThatDoesNotFitIsNamedAndNothingIsLeft() throws IOException {
        LatentDiffusion model = TinyStableDiffusion.first(4);
        Path folder = folder(model);
        Map<String, Tensor> all = new LinkedHashMap<>(TinyStableDiffusion.released(TinyStableDiffusion.first(4)));
        all.replace("model.diffusion_model.out.2.bias", Tensor.full(1e5, 4));
        Path file = temporary.resolve("large.safetensors");
        SafetensorsWriter.write(file, all, Map.of("modelspec.prediction_type", "epsilon"));
        int before = files(temporary).size();
        for (String into : List.of("half", "half.safetensors")) {
            assertThatThrownBy(() ->
                            StableDiffusionCopy.of(file, temporary.resolve(into), DType.FLOAT16, FileChoice.USUAL))
                    .hasMessageStartingWith(
                            file + ": expected numbers that float16 can hold, at most 65504.0, got one of"
                                    + " magnitude 100000.0 in ")
                    .hasMessageContaining(into.equals("half") ? "conv_out.bias" : "model.diffusion_model.out.2.bias");
        }
        assertThat(files(temporary)).hasSize(before);
        assertThatThrownBy(() -> StableDiffusionCopy.of(folder, file, null, FileChoice.USUAL))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> StableDiffusionCopy.of(
                        folder, temporary.resolve("x"), null, FileChoice.USUAL.with(UNetWeights.AVERAGED)))
                .hasMessageContaining("got a folder, which has one kind alone");
    }

    @Test
    void whatAFileCannotSayIsRefused() throws IOException {
        Path into = temporary.resolve("one.safetensors");
        Path golden = Golden.path("tiny-stable-diffusion");
        assertThatThrownBy(() -> copy(golden, into))
                .hasMessage(
                        golden + "/tokenizer: expected CLIP's own tokenizer, which is what one file is opened with, got"
                                + " another; keep the folder");
        Path folder = folder(TinyStableDiffusion.model(
                new UNetConfig(
                        4,
                        4,
                        List.of(new UNetConfig.Level(32, 4, true), new UNetConfig.Level(64, 8, false)),
                        1,
                        64,
                        1,
                        32,
                        PixelProjection.Kind.CONVOLUTION),
                Activation.QUICK_GELU,
                "epsilon",
                512));
        assertThatThrownBy(() -> copy(folder, into))
                .hasMessage(folder + "/unet: expected \"attention_head_dim\": [ 8, 8 ], as one file is opened with, got"
                        + " \"attention_head_dim\": [ 4, 8 ]; keep the folder");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"beta_end\": 0.012', '\"beta_end\": 0.02', 'beta_schedule scaled_linear from 0.00085 to 0.012 in 1000 timesteps, got another'",
        "epsilon, sample, 'expected prediction_type epsilon or v_prediction, got sample'",
    })
    void anotherNoiseIsRefused(String old, String changed, String message) throws IOException {
        Path folder = folder(TinyStableDiffusion.first(4));
        Path scheduler = folder.resolve("scheduler/scheduler_config.json");
        Files.writeString(scheduler, Files.readString(scheduler).replace(old, changed));
        Path into = temporary.resolve("one.safetensors");
        assertThatThrownBy(() -> copy(folder, into))
                .hasMessageStartingWith(folder + "/scheduler: ")
                .hasMessageContaining(message)
                .hasMessageEndingWith(", which one file cannot say; keep the folder");
        assertThat(into).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"one.safetensors", "folder", "again.safetensors"})
    void stoppedWithinItLeavesNothing(String into) throws IOException {
        Path made = temporary.resolve("made");
        Path file = temporary.resolve("whole.safetensors");
        try (LatentDiffusion model = TinyStableDiffusion.first(4)) {
            model.save(made);
        }
        StableDiffusionCopy.of(made, file, null, FileChoice.USUAL);
        Path from = into.startsWith("one") ? made : file;
        List<String> heard = new ArrayList<>();
        assertThatThrownBy(() ->
                        StableDiffusionCopy.of(from, temporary.resolve(into), DType.FLOAT16, FileChoice.USUAL, name -> {
                            heard.add(name);
                            if (heard.size() == 20) throw new CancellationException("stopped");
                        }))
                .isInstanceOf(CancellationException.class);
        assertThat(heard).hasSize(20);
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).containsExactlyInAnyOrder(made, file);
        }
    }
}
