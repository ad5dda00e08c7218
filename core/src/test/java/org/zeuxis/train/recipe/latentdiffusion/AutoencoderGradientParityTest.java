package org.zeuxis.train.recipe.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.autoencoder.LatentDistribution;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/** An autoencoder's losses and their gradients against the reference's. */
final class AutoencoderGradientParityTest {
    private static final Golden GOLDEN = Golden.open("training.safetensors");

    @AfterAll
    static void close() {
        GOLDEN.close();
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
            InPlace.become(p, p.copy());
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
