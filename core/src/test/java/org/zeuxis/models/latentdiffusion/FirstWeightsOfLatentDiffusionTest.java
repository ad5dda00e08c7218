package org.zeuxis.models.latentdiffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.attention.PixelProjection;

/** Residual branches begin silent, so that a network begins as the identity of its skips; what has no norm keeps the variance. */
class FirstWeightsOfLatentDiffusionTest {
    private final Seed seed = Seed.of(2);

    @Test
    void anAutoencoderKeepsTheVarianceOfItsSkipsAndHardlySpreadsItsLatents() {
        Map<String, Tensor> drawn = Initialization.seeded(
                        Seed.of(1), () -> new AutoencoderKl(new AutoencoderKl.Config(3, 4, List.of(32, 64), 1, 8, 1)))
                .parameters();
        drawn.forEach((key, p) -> {
            if (!key.endsWith(".weight") || p.rank() < 2) return;
            boolean silent = key.endsWith("conv2.weight") || key.endsWith("to_out.0.weight");
            boolean keeping = key.contains("conv_shortcut") || key.contains("conv") && !key.contains(".resnets.");
            double fanIn = p.count() / (double) p.size(0);
            double expected = silent ? 0 : Math.sqrt((keeping ? 1 : 1 / 3.0) / fanIn);
            double deviation = Math.sqrt(p.square().mean().item());
            assertThat(deviation).as(key).isCloseTo(expected, within((p.count() < 1000 ? 0.3 : 0.05) * expected));
        });
        assertThat(requireNonNull(drawn.get("quant_conv.bias")).toFloats()).containsExactly(0, 0, 0, 0, -9, -9, -9, -9);
    }

    @Test
    void aUNetPredictsNothingYetAndItsTransformersChangeNothing() {
        List<UNetConfig.Level> levels = List.of(new UNetConfig.Level(8, 1, false), new UNetConfig.Level(8, 2, true));
        UNetConfig config = new UNetConfig(4, 4, levels, 1, 6, 1, 2, PixelProjection.Kind.CONVOLUTION);
        DenoisingUNet unet = Initialization.seeded(Seed.of(1), () -> new DenoisingUNet(config));
        Tensor out = unet.forward(seed.randn(2, 4, 8, 8), Tensor.of(new double[] {3, 900}, 2), seed.randn(2, 5, 6));
        assertThat(out.toFloats()).containsOnly(0);
        unet.parameters().forEach((key, p) -> {
            boolean silent =
                    key.endsWith("conv2.weight") || key.endsWith("proj_out.weight") || key.equals("conv_out.weight");
            if (p.rank() > 1) assertThat(p.square().max() == 0).as(key).isEqualTo(silent);
        });
    }
}
