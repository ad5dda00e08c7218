package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.ConsistencyBoundary;
import org.zeuxis.diffusion.ConsistencyLoss;
import org.zeuxis.diffusion.Network;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.hub.Models;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;

/**
 * A model that was distilled to few steps, as diffusers saved it.
 *
 * @see <a href="../../../../../../../../tools/golden/consistency.py">consistency.py</a>
 */
class LatentConsistencyTest {
    private static final ImageRequest REQUEST = ImageRequest.of("a red bird on a small tree")
            .withSeed(7)
            .withSteps(4)
            .withGuidance(7.5)
            .withSize(32, 24);

    @TempDir
    Path temp;

    private Path folder;

    @BeforeEach
    void whole() throws IOException {
        folder = FolderCopy.of(Golden.path("tiny-stable-diffusion"), temp.resolve("whole"));
        Path own = Golden.path("tiny-latent-consistency");
        try (Stream<Path> files = Files.walk(own)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(own.relativize(file).toString());
                Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private LatentDiffusion open() throws IOException {
        return Models.standard().open(folder.toString(), LatentDiffusion.class, DType.FLOAT32);
    }

    @Test
    void aFolderOfDiffusersIsDrawnAsThere() throws IOException {
        try (LatentDiffusion model = open();
                Golden golden = Golden.open("latent-consistency.safetensors");
                Gradients off = Gradients.off()) {
            TokenBatch tokens = model.tokenizer().encode(List.of("", REQUEST.prompt()));
            Tensor states = model.text().forward(Tensor.of(tokens.ids(), 2, 77));
            Scheduler own = model.scheduler().own();
            Tensor latents = model.drawing().latents(states, REQUEST, own, own.sampler(4), Progress.NONE);
            golden.check(
                    "out.latents", latents.times(model.autoencoder().config().scalingFactor()), 1e-4);
            golden.check("out.decoded", model.autoencoder().decode(latents), 1e-4);
        }
    }

    @Test
    void itTakesFourStepsUnlessToldOtherwiseAndHearsItsGuidance() throws IOException {
        try (LatentDiffusion model = open()) {
            ImageRequest plain = ImageRequest.of("a red bird").withSize(32, 24);
            GeneratedImage drawn = model.generate(plain).get(0);
            assertThat(drawn.text().entries().get("parameters")).contains("Steps: 4", "Sampler: lcm");
            assertThat(model.generate(plain.withGuidance(9)).get(0).image().samples())
                    .isNotEqualTo(drawn.image().samples());
        }
    }

    @Test
    void aNegativePromptIsRefused() throws IOException {
        try (LatentDiffusion model = open()) {
            assertThatThrownBy(() -> model.generate(REQUEST.withNegative("a cube")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("whole: expected no negative prompt, as this model was distilled with its guidance and"
                            + " reads one prompt alone, got one; leave it out, or name another model");
        }
    }

    @Test
    void savedItDrawsTheSame() throws IOException {
        try (LatentDiffusion model = open()) {
            model.save(temp.resolve("saved"));
            try (LatentDiffusion again = LatentDiffusion.load(temp.resolve("saved"), DType.FLOAT32)) {
                assertThat(again.unet().config()).isEqualTo(model.unet().config());
                assertThat(again.generate(REQUEST).get(0).image().samples())
                        .isEqualTo(model.generate(REQUEST).get(0).image().samples());
            }
        }
        assertThat(temp.resolve("saved/model_index.json")).content().contains("\"LatentConsistencyModelPipeline\"");
        assertThat(temp.resolve("saved/unet/config.json")).content().contains("\"time_cond_proj_dim\": 8");
    }

    @Test
    void oneFileCannotHoldIt() {
        assertThatThrownBy(
                        () -> StableDiffusionCopy.of(folder, temp.resolve("one.safetensors"), null, FileChoice.USUAL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "got a U-Net that is told its guidance, which one file has no name for; keep the folder");
    }

    @Test
    void wavesComeInPairs() throws IOException {
        FolderCopy.set(folder.resolve("unet/config.json"), "time_cond_proj_dim", "7");
        assertThatThrownBy(this::open).hasMessageContaining("expected an even time_cond_proj_dim, got 7");
    }

    @Test
    void aNetworkIsToldWhatItHears() throws IOException {
        Tensor x = Tensor.zeros(1, 4, 8, 8);
        Tensor t = Tensor.full(1, 1);
        Tensor words = Tensor.zeros(1, 77, 16);
        try (LatentDiffusion told = open();
                LatentDiffusion untold = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32)) {
            assertThatThrownBy(() -> told.unet().forward(x, t, words))
                    .hasMessage("expected a U-Net that is told no guidance scale, got one that is told it");
            assertThatThrownBy(() -> untold.unet().forward(x, t, words, t))
                    .hasMessage("expected a U-Net that is told a guidance scale, got one that is told none");
        }
    }

    @Test
    void aStepOfDistillationCostsAndTeachesAsInTheReference() throws IOException {
        try (LatentDiffusion student = open();
                LatentDiffusion teacher = LatentDiffusion.load(Golden.path("tiny-stable-diffusion"), DType.FLOAT32);
                Golden golden = Golden.open("latent-consistency.safetensors")) {
            Tensor states = golden.tensor("in.distil.states");
            Tensor words = states.slice(0, 0, 4);
            Tensor none = states.slice(0, 4, 5).expand(words.shape());
            Tensor scales = golden.tensor("in.distil.scales");
            Network guided = (xt, t) -> {
                Tensor without = teacher.unet().forward(xt, t, none);
                Tensor with = teacher.unet().forward(xt, t, words);
                return without.plus(with.minus(without).times(scales.reshape(4, 1, 1, 1)));
            };
            Scheduler noised = teacher.scheduler().training();
            student.unet().parameters().values().forEach(Tensor::recordGradient);
            Tensor loss = new ConsistencyLoss(noised.schedule(), noised.predicts(), 50, ConsistencyBoundary.PUBLISHED)
                    .of(
                            (xt, t) -> student.unet().forward(xt, t, words, scales),
                            guided,
                            golden.tensor("in.distil.x0"),
                            golden.tensor("in.distil.eps"),
                            golden.tensor("in.distil.t"));
            golden.check("out.distil.loss", loss, 1e-5);
            loss.backward();
            for (String key : List.of("time_embedding.cond_proj.weight", "conv_in.weight")) {
                Tensor gradient = student.unet().parameters().get(key).grad();
                golden.check("out.distil.gradient." + key, gradient, 1e-4);
            }
        }
    }

    @Test
    void fewerTimestepsThanTwoAreRefused() {
        Scheduler noised = SingleFile.scheduler(Parameterization.EPSILON).training();
        assertThatThrownBy(() ->
                        new ConsistencyLoss(noised.schedule(), noised.predicts(), 1, ConsistencyBoundary.PUBLISHED))
                .hasMessage("expected 2 to 1000 timesteps to distil at, got 1");
    }
}
