package org.zeuxis.diffusion.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.tensor.Tensor;

class NoiseScheduleTest {
    private static NoiseSchedule named(String name) {
        String plain = name.replace("-zero-snr", "");
        boolean sd = plain.equals("scaled_linear");
        return NoiseSchedule.named(plain, 1000, sd ? 0.00085 : 1e-4, sd ? 0.012 : 0.02, !plain.equals(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linear",
                "scaled_linear",
                "squaredcos_cap_v2",
                "linear-zero-snr",
                "scaled_linear-zero-snr",
                "squaredcos_cap_v2-zero-snr"
            })
    void tablesAndForwardProcessAreThoseOfDiffusers(String name) {
        NoiseSchedule schedule = named(name);
        try (Golden golden = Golden.open("samplers-schedules.safetensors")) {
            double[] betas = new double[1000];
            double[] alphaBar = new double[1000];
            for (int t = 0; t < 1000; t++) {
                betas[t] = schedule.beta(t);
                alphaBar[t] = schedule.alphaBar(t);
            }
            // a last digit of the end of √ᾱ, which rescaling subtracts, moves the rescaled tables by 2e-7
            golden.check("out.betas." + name, Tensor.of(betas, 1000), 5e-7);
            golden.check("out.alphas_cumprod." + name, Tensor.of(alphaBar, 1000), 5e-7);
            Tensor x0 = golden.tensor("in.clean");
            Tensor eps = golden.tensor("in.noise");
            Tensor t = golden.tensor("in.timesteps");
            golden.check("out.noised." + name, schedule.addNoise(x0, eps, t), 1e-6);
            golden.check("out.velocity." + name, schedule.velocity(x0, eps, t), 1e-6);
        }
    }

    @Test
    void otherNumbersOfTimestepsToo() {
        NoiseSchedule schedule = NoiseSchedule.scaledLinear(100, 0.00085, 0.012);
        try (Golden golden = Golden.open("samplers-schedules.safetensors")) {
            double[] alphaBar = new double[100];
            for (int t = 0; t < 100; t++) alphaBar[t] = schedule.alphaBar(t);
            golden.check("out.alphas_cumprod.scaled_linear-100", Tensor.of(alphaBar, 100), 1e-7);
        }
    }

    @Test
    void aRescaledScheduleEndsInPureNoiseAndSigmaStaysFinite() {
        NoiseSchedule schedule = NoiseSchedule.linear(1000, 1e-4, 0.02).withZeroTerminalSnr();
        assertThat(schedule.alphaBar(999)).isZero();
        assertThat(schedule.snr(999)).isZero();
        assertThat(schedule.sigma(999)).isCloseTo(4096, within(1.0));
    }

    /** Between timesteps the noise is that of the continuous cosine, to far less than from one timestep to the next. */
    @Test
    void betweenTimestepsTheNoiseIsThatOfContinuousTime() {
        NoiseSchedule schedule = NoiseSchedule.cosine(1000);
        for (double t = 10; t < 980; t += 0.37) {
            double step = Math.log(schedule.snr(Math.floor(t)) / schedule.snr(Math.floor(t) + 1));
            double alphaBar = cosine((t + 1) / 1000) / cosine(0);
            assertThat(Math.log(schedule.snr(t)))
                    .as("log-SNR at %f", t)
                    .isCloseTo(Math.log(alphaBar / (1 - alphaBar)), within(0.02 * step));
        }
        assertThat(schedule.alphaBar(500.0)).isEqualTo(schedule.alphaBar(500));
        assertThat(schedule.alphaBar(999.0)).isEqualTo(schedule.alphaBar(999));
        assertThat(schedule.alphaBar(998.5)).isBetween(schedule.alphaBar(999), schedule.alphaBar(998));
    }

    /** Improved DDPM, equation 17. */
    private static double cosine(double u) {
        double c = Math.cos((u + 0.008) / 1.008 * Math.PI / 2);
        return c * c;
    }

    @Test
    void sigmaAndTimestepAreInverse() {
        NoiseSchedule schedule = NoiseSchedule.cosine(1000);
        for (int t : new int[] {0, 1, 500, 998, 999}) {
            assertThat(schedule.timestepOf(schedule.sigma(t))).isCloseTo(t, within(1e-6));
        }
        assertThat(schedule.timestepOf(1e9)).isEqualTo(999);
        assertThat(schedule.timestepOf(1e-9)).isZero();
        assertThat(schedule.sigma(10.5)).isCloseTo((schedule.sigma(10) + schedule.sigma(11)) / 2, within(1e-9));
    }

    @Test
    void refusesWhatIsNoSchedule() {
        assertThatThrownBy(() -> NoiseSchedule.named("cubic", 1000, 1e-4, 0.02, false))
                .hasMessageContaining("laplace or exp, got cubic");
        assertThatThrownBy(() -> NoiseSchedule.of(0.1f, 1.5f)).hasMessageContaining("got 1.5");
        assertThatThrownBy(() -> NoiseSchedule.of(0.1f)).hasMessageContaining("at least 2 train timesteps");
        assertThatThrownBy(() -> NoiseSchedule.cosine(10).alphaBar(10)).hasMessageContaining("0 to 9, got 10");
    }
}
