package org.zeuxis.models.nfnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** NFNet against timm's. */
class NfNetTest {
    @TempDir
    Path temporary;

    @Test
    void featuresAndScoresAreTimms() throws IOException {
        try (Golden golden = Golden.open("nfnet.safetensors");
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            NfNet net = NfNet.load(Golden.path("tiny-nfnet"), DType.FLOAT32);
            Tensor pixels = golden.tensor("in.pixels");
            golden.check("out.features", net.features(pixels), 1e-5);
            golden.check("out.scores", net.classify(pixels), 1e-5);
            net.save(temporary);
            NfNet again = NfNet.load(temporary, DType.FLOAT32);
            assertThat(again.classify(pixels).maxDifference(net.classify(pixels)))
                    .isZero();
        }
    }

    /** As many parameters as timm's, which are the paper's: 71.5 million with the classifier of F0. */
    @Test
    void theSizesAreThePapers() {
        for (long[] expected : new long[][] {{0, 68_416_284}, {1, 129_561_256}}) {
            NfNet net = Initialization.skipped(
                    Long.MAX_VALUE, Long.MAX_VALUE, () -> new NfNet(NfNet.Config.f((int) expected[0])));
            long all = net.parameters().values().stream()
                    .mapToLong(p -> Arrays.stream(p.shape()).reduce(1, (a, b) -> a * b))
                    .sum();
            assertThat(all).isEqualTo(expected[1]);
        }
    }

    /** As its gains are drawn a block is the identity of its skip, so that a deep one begins as a shallow one. */
    @Test
    void blocksBeginAsTheirSkips() {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            NfBlock block = Initialization.seeded(Seed.of(3), () -> new NfBlock(16, 16, 8, 4, 1, 0.5));
            Tensor x = Seed.of(4).randn(2, 16, 6, 6);
            assertThat(block.forward(x).maxDifference(x)).isZero();
            InPlace.assign(block.parameters().get("skipinit_gain"), Tensor.scalar(1));
            assertThat(block.forward(x).maxDifference(x)).isGreaterThan(0.05);
        }
    }

    @Test
    void whatItCannotBeIsSaid() throws IOException {
        Files.writeString(temporary.resolve("config.json"), "{\"architecture\": \"resnet50\"}");
        assertThatThrownBy(() -> NfNet.load(temporary, DType.FLOAT32))
                .hasMessageContaining("expected architecture to be one of dm_nfnet_f0 to dm_nfnet_f6, got resnet50");
        assertThatThrownBy(() -> NfNet.Config.f(7)).hasMessage("expected F0 to F6, got F7");
        assertThatThrownBy(() -> new NfNet.Config(List.of(1, 1, 1), List.of(8, 8, 8), 8, 4, 8, 0))
                .hasMessageStartingWith("expected depths of at least 1 and channels of four stages, got [1, 1, 1]");
        assertThatThrownBy(() -> new NfNet.Config(List.of(1, 1, 1, 1), List.of(8, 8, 8, 20), 8, 4, 8, 0))
                .hasMessage("expected half of the channels in groups of 4, got 20 channels");
        assertThatThrownBy(() -> new NfNet.Config(List.of(1, 1, 1, 1), List.of(8, 8, 8, 8), 12, 4, 8, 0))
                .hasMessage("expected stem and features in multiples of 8, got 12 and 8");
        NfNet net = Initialization.seeded(
                Seed.of(1), () -> new NfNet(new NfNet.Config(List.of(1, 1, 1, 1), List.of(8, 8, 8, 8), 8, 4, 8, 0)));
        assertThatThrownBy(() -> net.features(Tensor.zeros(1, 3, 48, 64)))
                .hasMessage("expected pictures in multiples of 32 pixels, got 64x48");
        assertThatThrownBy(() -> net.classify(Tensor.zeros(1, 3, 32, 32)))
                .hasMessage("expected an NFNet with a classifier, got one without");
    }
}
