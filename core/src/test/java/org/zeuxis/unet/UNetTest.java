package org.zeuxis.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.attention.AddedKeyValueAttention;
import org.zeuxis.unet.attention.PixelAttention;
import org.zeuxis.unet.attention.PixelProjection;
import org.zeuxis.unet.attention.TokenAttention;
import org.zeuxis.unet.attention.TransformerBlock2d;

/** What holds of every assembly; what each computes is held against its reference elsewhere. */
class UNetTest {
    private static final ResBlock.Style BLOCKS =
            new ResBlock.Style(16, 2, 1e-5, Activation.SILU, TimeEntry.SCALE_AND_SHIFT, 1);
    private static final Map<String, IntFunction<SpatialMixer>> READERS = Map.of(
            "transformer", c -> new TransformerBlock2d(c, 2, 6, 1, 2, PixelProjection.Kind.LINEAR),
            "tokens alone", c -> new TokenAttention(c, 2, 6, 2, 1e-5, Norm.NONE),
            "added keys and values", c -> new AddedKeyValueAttention(c, 2, 6, 2, 1e-5, Norm.NONE));

    private final Seed seed = Seed.of(3);

    private static UNet assembled(IntFunction<SpatialMixer> mixer) {
        List<UNet.Stage> stages = List.of(UNet.Stage.plain(4, 1), new UNet.Stage(8, 1, mixer));
        UNet drawn = Initialization.seeded(
                Seed.of(7),
                () -> new UNet(new UNet.Parts(
                        3,
                        3,
                        stages,
                        mixer,
                        BLOCKS,
                        c -> new ResBlock(c, c, BLOCKS, Resampling.DOWN),
                        c -> new ResBlock(c, c, BLOCKS, Resampling.UP))));
        drawn.parameters().values().stream().filter(p -> p.rank() > 1).forEach(UNetTest::wake);
        return drawn;
    }

    /** What begins at zero would hide what comes before it. */
    private static void wake(Tensor p) {
        if (p.square().max() == 0)
            InPlace.assign(p, Seed.of(p.count()).randn(p.shape()).times(0.1));
    }

    @Test
    void blocksThatResampleMeetSkipsOfOddSizes() {
        UNet unet = assembled(c -> SpatialMixer.NONE);
        Tensor x = seed.randn(1, 3, 5, 7);
        assertThat(unet.forward(x, Conditioning.of(seed.randn(1, 16))).shape()).containsExactly(1, 3, 5, 7);
    }

    @Test
    void whatIsMaskedIsNotRead() {
        READERS.forEach((name, mixer) -> {
            UNet unet = assembled(mixer);
            Tensor x = seed.randn(2, 3, 4, 6);
            Tensor time = seed.randn(2, 16);
            Tensor tokens = seed.randn(2, 5, 6);
            Tensor few = unet.forward(x, Conditioning.of(time, tokens.slice(1, 0, 3)));
            Tensor mask =
                    Tensor.of(new double[] {1, 1, 1, 0, 0}, 1, 5).expand(2, 5).to(DType.BOOL);
            Tensor masked = unet.forward(x, new Conditioning(time, tokens, mask));
            Tensor all = unet.forward(x, Conditioning.of(time, tokens));
            assertThat(masked.maxDifference(few)).as(name).isLessThan(1e-5);
            assertThat(all.maxDifference(few)).as(name).isGreaterThan(1e-3);
        });
    }

    @Test
    void withoutTokensWhatReadsThemSaysSo() {
        READERS.forEach((name, mixer) -> {
            UNet unet = assembled(mixer);
            Tensor x = seed.randn(1, 3, 4, 4);
            Conditioning told = Conditioning.of(seed.randn(1, 16));
            assertThatThrownBy(() -> unet.forward(x, told))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected tokens, which this network attends to, got none; pass [batch, n, width] with"
                            + " the time");
        });
        UNet alone = assembled(c -> new PixelAttention(c, 2, 2, 1e-5));
        assertThat(alone.forward(seed.randn(1, 3, 4, 4), Conditioning.of(seed.randn(1, 16)))
                        .allFinite())
                .isTrue();
    }

    @Test
    void aSkeletonHasAStage() {
        assertThatThrownBy(() -> new UNet.Parts(
                        3, 3, List.of(), c -> SpatialMixer.NONE, BLOCKS, Downsample::centred, Upsample::new))
                .hasMessage("expected at least one stage, got none");
    }
}
