package org.zeuxis.models.imagen.efficient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;

/** Shapes, skips and sizes of Imagen's appendix B. */
class EfficientUNetTest {
    private static final EfficientUNet.Config TINY = new EfficientUNet.Config(
            6,
            3,
            List.of(
                    new EfficientUNet.Level(8, 1, Attends.NOT),
                    new EfficientUNet.Level(16, 2, Attends.TO_TEXT),
                    new EfficientUNet.Level(24, 3, Attends.TO_ALL)),
            20,
            4,
            4,
            12,
            true,
            32);

    /** The last layer is silent at first: here it speaks. */
    private static EfficientUNet speaking() {
        EfficientUNet net = Initialization.seeded(Seed.of(1), () -> new EfficientUNet(TINY));
        net.parameters().forEach((key, p) -> {
            if (p.abs().max() == 0 && p.rank() > 1) {
                org.zeuxis.tensor.InPlace.assign(
                        p, Seed.of(key.hashCode()).randn(p.shape()).times(0.1));
            }
        });
        return net;
    }

    @Test
    void aPictureComesBackInItsSizeAndHearsEverything() {
        try (EfficientUNet net = speaking();
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Seed seed = Seed.of(2);
            Tensor x = seed.randn(2, 6, 16, 32);
            Tensor t = Tensor.of(new float[] {3, 700}, 2);
            Tensor text = seed.randn(2, 5, 12);
            Tensor level = Tensor.of(new float[] {0, 250}, 2);
            Tensor out = net.forward(x, t, net.read(text), level);
            assertThat(out.shape()).containsExactly(2, 3, 16, 32);
            assertThat(net.forward(x, t.plus(9), net.read(text), level).maxDifference(out))
                    .isGreaterThan(1e-5);
            assertThat(net.forward(x, t, net.read(text.plus(seed.randn(2, 5, 12))), level)
                            .maxDifference(out))
                    .isGreaterThan(1e-5);
            assertThat(net.forward(x, t, net.read(text), level.plus(9)).maxDifference(out))
                    .isGreaterThan(1e-5);
            Tensor other = Tensor.cat(1, x.slice(1, 0, 3), x.slice(1, 3, 6).plus(1));
            assertThat(net.forward(other, t, net.read(text), level).maxDifference(out))
                    .isGreaterThan(1e-5);
        }
    }

    /** Figures A.28 and A.29: the blocks work at half of what comes in, and of what goes out. */
    @Test
    void sizesAreHalvedFirstAndDoubledLast() {
        EfficientUNet.Level level = new EfficientUNet.Level(16, 2, Attends.NOT);
        DBlock down = new DBlock(8, level, TINY);
        UBlock up = new UBlock(24 + 16, level, TINY);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Conditioning told = Conditioning.of(Tensor.zeros(1, 20));
            Tensor half = down.forward(Tensor.ones(1, 8, 16, 16), told);
            assertThat(half.shape()).containsExactly(1, 16, 8, 8);
            assertThat(up.forward(Tensor.ones(1, 24, 8, 8), half, told).shape()).containsExactly(1, 16, 16, 16);
        }
        assertThat(down.parameters().get("conv.weight")).isNotNull();
        assertThat(down.parameters().get("conv.weight").shape()).containsExactly(16, 8, 3, 3);
        assertThat(down.parameters().get("res_blocks.0.conv1.weight").shape()).containsExactly(16, 16, 3, 3);
        assertThat(up.parameters().get("res_blocks.0.conv1.weight").shape()).containsExactly(16, 40, 3, 3);
    }

    @Test
    void skipsComeInAtOneOverTheRootOfTwo() {
        try (Scope scope = new Scope()) {
            Tensor x = Seed.of(1).randn(1, 2, 64, 64);
            Tensor skip = Seed.of(2).randn(1, 3, 64, 64);
            Tensor joined = UBlock.joined(x, skip);
            assertThat(joined.slice(1, 0, 2).maxDifference(x)).isZero();
            assertThat(joined.slice(1, 2, 5).square().mean().item()).isBetween(0.45, 0.55);
        }
    }

    /**
     * The paper says 600 million to 256 pixels and 400 million to 1024, and not how wide the layers are that tell the time and pool the
     * text: here those that pool T5-XXL's are 50 million.
     */
    @Test
    void mostOfItIsAtLowResolution() {
        EfficientUNet to1024 = Initialization.skipped(() -> new EfficientUNet(EfficientUNet.Config.TO_1024));
        EfficientUNet to256 = Initialization.skipped(() -> new EfficientUNet(EfficientUNet.Config.TO_256));
        assertThat(to1024.parameterCount()).isEqualTo(537_314_179);
        assertThat(to256.parameterCount()).isEqualTo(545_710_979);
        long low = to1024.parameters().entrySet().stream()
                .filter(e ->
                        e.getKey().startsWith("down_blocks.3.") || e.getKey().startsWith("up_blocks.0."))
                .mapToLong(e -> e.getValue().count())
                .sum();
        assertThat((double) low / to1024.parameterCount()).isGreaterThan(0.65);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> new EfficientUNet.Config(6, 3, List.of(), 20, 4, 4, 12, true, 32))
                .hasMessage("expected at least one level, got none");
        List<EfficientUNet.Level> odd = List.of(new EfficientUNet.Level(10, 1, Attends.NOT));
        assertThatThrownBy(() -> new EfficientUNet.Config(6, 3, odd, 20, 4, 4, 12, true, 32))
                .hasMessageContaining(
                        "with channels in 4 equal groups and twice as many in 4 equal heads, got Level[channels=10");
        assertThatThrownBy(() -> new EfficientUNet.Config(6, 3, TINY.levels(), 20, 4, 4, 13, true, 32))
                .hasMessage("expected a text width of equal heads to pool it, got 13 in 4");
    }

    @Test
    void itComputesInBfloat16() {
        try (EfficientUNet net = speaking();
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            net.to(DType.BFLOAT16);
            Tensor out = net.forward(
                    Tensor.ones(1, 6, 16, 16), Tensor.ones(1), net.read(Tensor.ones(1, 5, 12)), Tensor.ones(1));
            assertThat(out.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(out.allFinite()).isTrue();
        }
    }
}
