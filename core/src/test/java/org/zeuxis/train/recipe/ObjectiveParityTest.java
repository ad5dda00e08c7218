package org.zeuxis.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.latentdiffusion.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.LatentDistribution;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.Tensor;

/** Losses and their gradients against the reference's: the contrast of CLIP, the whole of a CLIP, an autoencoder. */
final class ObjectiveParityTest {
    private static final Golden GOLDEN = Golden.open("training.safetensors");

    @AfterAll
    static void close() {
        GOLDEN.close();
    }

    @Test
    void theContrastOfClip() {
        Tensor images = GOLDEN.tensor("in.clip_loss.image_features").copy().recordGradient();
        Tensor texts = GOLDEN.tensor("in.clip_loss.text_features").copy().recordGradient();
        Tensor scale = GOLDEN.tensor("in.clip_loss.logit_scale").copy().recordGradient();
        Tensor logits = images.normalized(-1)
                .matmul(texts.normalized(-1).transpose(0, 1))
                .times(scale.exp());
        GOLDEN.check("mid.clip_loss.logits_per_image", logits, 1e-5);
        Tensor loss = ClipObjective.contrast(logits);
        GOLDEN.check("out.clip_loss", loss, 1e-5);
        List<Tensor> gradients = loss.gradients(List.of(images, texts, scale));
        GOLDEN.check("out.clip_loss.gradient.image_features", gradients.get(0), 1e-5);
        GOLDEN.check("out.clip_loss.gradient.text_features", gradients.get(1), 1e-5);
        GOLDEN.check("out.clip_loss.gradient.logit_scale", gradients.get(2), 1e-5);
    }

    @Test
    void everyWeightOfAClip() {
        Clip clip = new Clip(new Clip.Config(
                new ClipTextModel.Config(20, 6, 8, 1, 2, 16, Activation.QUICK_GELU, 19),
                new ClipVisionModel.Config(8, 4, 8, 1, 2, 16, Activation.QUICK_GELU),
                6));
        GOLDEN.load(clip, "clip_model.");
        Map<String, Tensor> parameters = clip.parameters();
        parameters.values().forEach(p -> {
            p.become(p.copy());
            p.recordGradient();
        });
        Tensor images = clip.embedImages(GOLDEN.tensor("in.clip_model.pixels"));
        Tensor texts = clip.embedText(GOLDEN.tensor("in.clip_model.tokens"));
        Tensor loss = ClipObjective.contrast(clip.logits(images, texts));
        GOLDEN.check("out.clip_model.loss", loss, 1e-5);
        loss.backward();
        parameters.forEach((key, p) -> {
            Tensor gradient = p.grad();
            assertThat(gradient).as(key).isNotNull();
            if (gradient != null) GOLDEN.check("out.clip_model.gradient." + key, gradient, 1e-4);
        });
    }

    @Test
    void theDivergenceOfLatents() {
        Tensor moments = GOLDEN.tensor("in.kl.moments").copy().recordGradient();
        List<Tensor> halves = moments.chunk(2, 1);
        Tensor kl = new LatentDistribution(halves.get(0), halves.get(1).clamp(-30, 20)).divergence();
        GOLDEN.check("out.kl", kl, 1e-4);
        GOLDEN.check(
                "out.kl.gradient.moments", kl.mean().gradients(List.of(moments)).get(0), 1e-5);
    }

    @Test
    void anAutoencodersLossAndGradients() {
        AutoencoderKl autoencoder = new AutoencoderKl(new AutoencoderKl.Config(3, 2, List.of(4, 8), 1, 2, 1));
        GOLDEN.load(autoencoder, "autoencoder.");
        Map<String, Tensor> parameters = autoencoder.parameters();
        parameters.values().forEach(p -> {
            p.become(p.copy());
            p.recordGradient();
        });
        Tensor x = GOLDEN.tensor("in.autoencoder.image");
        LatentDistribution latent = autoencoder.encode(x);
        Tensor y = autoencoder.decode(latent.sample(GOLDEN.tensor("in.autoencoder.noise")));
        GOLDEN.check("mid.autoencoder.reconstruction", y, 1e-4);
        Tensor kl = latent.divergence().mean();
        Tensor loss = y.minus(x).abs().mean().plus(kl.times(1e-2));
        GOLDEN.check("out.autoencoder.loss", loss, 1e-4);
        loss.backward();
        for (String key : List.of("encoder.conv_in.weight", "decoder.conv_out.weight", "quant_conv.weight")) {
            Tensor p = parameters.get(key);
            Tensor gradient = p == null ? null : p.grad();
            assertThat(gradient).as(key).isNotNull();
            if (gradient != null) GOLDEN.check("out.autoencoder.gradient." + key, gradient, 1e-4);
        }
    }
}
