package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;

class SeedTest {
    private static final double CLOSE = 1e-6;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, (1L << 32) + 5})
    void drawsWhatPythonDraws(long number) {
        try (Golden golden = Golden.open("randomness.safetensors")) {
            String key = "out." + number + ".";
            for (int n : new int[] {1, 2, 5, 15, 16, 17, 31, 32, 100})
                golden.check(key + "randn." + n, Seed.of(number).randn(n), CLOSE);
            for (int n : new int[] {5, 16, 40})
                golden.check(key + "rand." + n, Seed.of(number).rand(n), CLOSE);
            for (long high : new long[] {2, 1000, 1L << 33})
                golden.check(key + "randint." + high, Seed.of(number).randint(0, high, 9), 0);
            for (int n : new int[] {10, 100})
                golden.check(key + "randperm." + n, Seed.of(number).randperm(n), 0);
            Tensor latent = Seed.of(number).randn(1, 4, 64, 64).reshape(-1);
            golden.check(key + "randn.latent_first64", latent.slice(0, 0, 64), CLOSE);
            golden.check(key + "randn.latent_last16", latent.slice(0, latent.count() - 16, latent.count()), CLOSE);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, (1L << 32) + 5})
    void drawsInTurnWhatPythonDrawsInTurn(long number) {
        Seed seed = Seed.of(number);
        List<Tensor> draws = List.of(
                seed.randn(3),
                seed.randn(4),
                seed.randn(16),
                seed.randn(2),
                seed.rand(5),
                seed.randint(0, 1000, 4),
                seed.randn(35),
                seed.randperm(6),
                seed.randn(1),
                seed.randn(1));
        Seed pictures = Seed.of(number);
        try (Golden golden = Golden.open("randomness.safetensors")) {
            for (int i = 0; i < draws.size(); i++)
                golden.check("out." + number + ".sequence." + i, draws.get(i), CLOSE);
            Tensor batch = Tensor.cat(0, pictures.randn(1, 4, 4, 4), pictures.randn(1, 4, 4, 4));
            golden.check("out." + number + ".batch", batch, CLOSE);
        }
    }

    @Test
    void doesNotDependOnTheNumberOfThreads() {
        int before = Engine.threads();
        try {
            Engine.setThreads(1);
            Tensor one = Seed.of(7).randn(300, 1001);
            Engine.setThreads(4);
            assertThat(Seed.of(7).randn(300, 1001).toBytes()).isEqualTo(one.toBytes());
        } finally {
            Engine.setThreads(before);
        }
    }

    @Test
    void doesNotDependOnOtherDraws() {
        byte[] alone = Seed.of(7).randn(100).toBytes();
        Tensor.randn(33);
        Seed other = Seed.of(7);
        other.rand(5);
        Seed again = Seed.of(7);
        other.randn(3);
        Tensor.randn(1);
        assertThat(again.randn(100).toBytes()).isEqualTo(alone);
    }

    @Test
    void movesOnWithEachDraw() {
        Seed seed = Seed.of(7);
        assertThat(seed.randn(10).toFloats()).isNotEqualTo(seed.randn(10).toFloats());
        assertThat(seed.number()).isEqualTo(7);
    }

    @Test
    void outlivesTheScopeItWasMadeIn() {
        Seed seed;
        try (Scope scope = new Scope()) {
            seed = Seed.of(7);
        }
        assertThat(seed.randn(10).toFloats()).isEqualTo(Seed.of(7).randn(10).toFloats());
    }

    @Test
    void stepsOfNearbySeedsAllDiffer() {
        Set<Long> numbers = new HashSet<>();
        for (long number = 0; number < 100; number++) {
            for (long step = 0; step < 100; step++) {
                assertThat(Seed.mix(number, step)).isNotNegative();
                numbers.add(Seed.mix(number, step));
            }
        }
        assertThat(numbers).hasSize(10_000);
        assertThat(Seed.of(3, 4).number()).isEqualTo(Seed.mix(3, 4));
    }
}
