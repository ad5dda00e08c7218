package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.OptionalLong;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.Golden;
import org.zeuxis.machine.NoRoomException;
import org.zeuxis.machine.NoRoomToComputeException;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.SecondPass;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.tensor.DType;

/** The estimate of memory beside what was measured (docs/numbers.md), and what is said where it does not fit. */
class MemoryNeedTest {
    /** Of JVM and LibTorch, measured with no model open. */
    private static final double PROCESS = 0.3e9;

    private static final ImageRequest APPLE = ImageRequest.of("a red apple");

    /** Stable Diffusion 1.5. */
    private static MemoryNeed need(DType type) {
        return MemoryNeed.of(
                123_060_480,
                859_520_964,
                83_653_863,
                UNetConfig.STABLE_DIFFUSION_1,
                AutoencoderKl.Config.STABLE_DIFFUSION,
                type);
    }

    private static ImageRequest sized(int side) {
        return APPLE.withSize(side, side);
    }

    /** Peaks of the process, in 10⁹ bytes: a step of the U-Net, then the decoder, with all weights in memory or each part lent. */
    @ParameterizedTest
    @CsvSource({
        "BFLOAT16, 512, false, 3.28",
        "BFLOAT16, 768, false, 4.09",
        "BFLOAT16, 1024, false, 5.26",
        "BFLOAT16, 512, false, 3.42",
        "BFLOAT16, 512, true, 2.47",
        "FLOAT32, 512, false, 5.82",
        "FLOAT32, 768, false, 6.92",
    })
    void theEstimateIsWithinAQuarterOfWhatWasMeasured(DType type, int side, boolean lent, double gigabytes) {
        double most = PROCESS + need(type).most(sized(side), 512, lent);
        assertThat(most).isCloseTo(gigabytes * 1e9, Percentage.withPercentage(25));
    }

    @Test
    void aSecondPassCountsAtItsSizeAndGuidanceOneAtHalfABatch() {
        MemoryNeed need = need(DType.FLOAT32);
        assertThat(need.most(sized(512).withSecondPass(new SecondPass(2)), 512, false))
                .isEqualTo(need.most(sized(1024), 512, false));
        assertThat(need.most(sized(512).withGuidance(1), 512, true)).isLessThan(need.most(sized(512), 512, true));
        assertThat(need.most(APPLE, 512, false)).isEqualTo(need.most(sized(512), 512, false));
    }

    private static String refused(DType type, int side, boolean lent, double gigabytes) {
        try {
            need(type).expectRoom("sd", sized(side), 512, lent, OptionalLong.of((long) (gigabytes * 1e9)));
            return "";
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /** Each fix that is named fits when it is tried. */
    @Test
    void whatDoesNotFitIsRefusedWithTheNearestFix() {
        assertThat(refused(DType.FLOAT32, 512, false, 6.2)).isEmpty();
        assertThat(refused(DType.FLOAT32, 512, false, 5))
                .isEqualTo("sd: expected 6.0 GB of free memory to draw 512x512 in float32, of them 4.3 GB for weights,"
                        + " got 5.0 GB; add --low-memory");
        assertThat(refused(DType.FLOAT32, 512, true, 5)).isEmpty();
        assertThat(refused(DType.FLOAT32, 512, false, 3.5)).endsWith("got 3.5 GB; ask for --dtype bfloat16");
        assertThat(refused(DType.BFLOAT16, 512, false, 3.5)).isEmpty();
        assertThat(refused(DType.FLOAT32, 512, false, 2.5))
                .endsWith("got 2.5 GB; ask for --low-memory --dtype bfloat16");
        assertThat(refused(DType.FLOAT32, 512, true, 2.5)).endsWith("got 2.5 GB; ask for --dtype bfloat16");
        assertThat(refused(DType.BFLOAT16, 512, true, 2.5)).isEmpty();
        assertThat(refused(DType.BFLOAT16, 1024, true, 2.5)).endsWith("got 2.5 GB; ask for at most --size 704");
        assertThat(refused(DType.BFLOAT16, 704, true, 2.5)).isEmpty();
        assertThat(refused(DType.BFLOAT16, 1024, false, 2.5))
                .endsWith("got 2.5 GB; ask for --low-memory and at most --size 704");
        assertThat(refused(DType.BFLOAT16, 512, false, 0.5))
                .endsWith("got 0.5 GB; close other programs, or take a smaller model");
    }

    @Test
    void whereNobodyKnowsNothingIsRefused() {
        assertThatCode(() -> need(DType.FLOAT32).expectRoom("sd", sized(8192), 512, false, OptionalLong.empty()))
                .doesNotThrowAnyException();
    }

    @Test
    void anOpenModelRefusesWhatItCannotCompute() {
        assertThatThrownBy(() -> need(DType.BFLOAT16).expectRoomToCompute(sized(1024), 512, OptionalLong.of(1L << 30)))
                .isInstanceOf(NoRoomToComputeException.class)
                .hasMessage(
                        "expected 2.3 GB of free memory to compute 1024x1024 in bfloat16, got 1.1 GB; ask for at most"
                                + " 640x640");
        assertThatThrownBy(() -> need(DType.BFLOAT16).expectRoomToCompute(sized(1024), 512, OptionalLong.of(1000)))
                .hasMessageEndingWith("got 0.000 GB; close other programs");
    }

    /** No machine has as much: 2²⁰ pixels a side. */
    @Test
    void aFolderIsRefusedBeforeItsWeightsAreRead() throws IOException {
        ImageRequest large = sized(1 << 20);
        assertThatThrownBy(() ->
                        LatentDiffusion.expectRoom(Golden.path("tiny-stable-diffusion"), DType.FLOAT32, false, large))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("tiny-stable-diffusion: expected ")
                .isInstanceOf(NoRoomException.class)
                .hasMessageContaining(" GB of free memory to draw 1048576x1048576 in float32");
        try (StoredModel stored =
                StoredModel.of(Golden.path("tiny-stable-diffusion"), FileChoice.USUAL, Adapters.NONE)) {
            stored.expectRoom(APPLE, DType.FLOAT32, false, OptionalLong.of(1L << 30));
            assertThat((double)
                            MemoryNeed.of(stored.checkpoint(), DType.FLOAT32).most(APPLE, 32, false))
                    .isCloseTo(0, within(1e8));
        }
    }
}
