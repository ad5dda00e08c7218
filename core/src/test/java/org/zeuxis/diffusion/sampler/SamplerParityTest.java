package org.zeuxis.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeuxis.Golden;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Network;
import org.zeuxis.diffusion.sampler.ConsistencySampler.OnTrajectory;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.tensor.Engine;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Whole loops from noise to data, and the estimate at each step, as diffusers computes them from the same scheduler_config.json
 * and the same seed.
 */
class SamplerParityTest {
    private static final double TOLERANCE = 1e-4;

    static Stream<Arguments> cases() throws IOException {
        JsonNode cases =
                new ObjectMapper().readTree(Golden.path("samplers.json").toFile());
        return StreamSupport.stream(cases.spliterator(), false)
                .map(c -> Arguments.of(c.get("name").asText(), c));
    }

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aWholeLoop(String name, JsonNode golden) throws IOException {
        SchedulerConfig config = SchedulerConfig.from(
                golden.get("model_index").get(1).asText(),
                Config.parse(name, golden.get("scheduler_config").asText()));
        Scheduler scheduler = config.named(golden.path("sampler").asText(""));
        try (Golden file = Golden.open(golden.get("file").asText())) {
            Seed seed = Seed.of(golden.get("seed").asLong());
            Tensor xT = seed.randn(file.tensor("in." + name + ".x_T").shape());
            file.check("in." + name + ".x_T", xT, 0);
            List<Tensor> x0 = new ArrayList<>();
            Tensor out = sampler(golden, scheduler)
                    .sample(
                            denoiser(golden, scheduler),
                            scheduler.schedule(),
                            Start.noise(xT),
                            seed,
                            (step, steps, estimate) -> x0.add(estimate.copy().outliving()));
            if (golden.get("gives_x0").asBoolean() && golden.get("calls").asInt() == x0.size()) {
                Tensor expected = file.tensor("mid." + name + ".x0");
                for (int k = 0; k < x0.size(); k++) {
                    assertThat(relative(expected.select(0, k), x0.get(k)))
                            .as("x0 of step " + k)
                            .isLessThanOrEqualTo(TOLERANCE);
                }
            }
            assertThat(relative(file.tensor("out." + name), out)).isLessThanOrEqualTo(TOLERANCE);
        }
    }

    private static double relative(Tensor expected, Tensor actual) {
        return expected.maxDifference(actual) / Math.max(1, expected.abs().max());
    }

    /** That of the configuration, with the eta that a pipeline is called with. */
    private static Sampler sampler(JsonNode golden, Scheduler scheduler) {
        Sampler sampler = scheduler.sampler(golden.get("steps").asInt());
        JsonNode eta = golden.get("step_arguments").path("eta");
        if (eta.isMissingNode()) return sampler;
        if (sampler instanceof DdimSampler ddim) {
            return new DdimSampler(ddim.respacing(), eta.asDouble(), ddim.alphaToOne());
        }
        ConsistencySampler tcd = (ConsistencySampler) sampler;
        return new ConsistencySampler(tcd.steps(), tcd.distilled(), new OnTrajectory(eta.asDouble()));
    }

    private static Denoiser denoiser(JsonNode golden, Scheduler scheduler) {
        String predicts = golden.get("prediction_type").asText();
        String variance = golden.get("variance_type").asText();
        Network network = (x, t) -> {
            Tensor y = switch (predicts) {
                case "epsilon" ->
                    t.over(400).tanh().times(x).plus(x.times(3).sin().times(0.1));
                case "v_prediction" -> x.times(0.7).plus(t.over(1000)).tanh().times(0.3);
                default -> t.over(2000).negate().plus(1).times(x.times(0.9).tanh());
            };
            Tensor share = x.plus(0.2).tanh();
            return switch (variance) {
                case "learned" -> Tensor.cat(1, y, share.plus(1).times(0.02));
                case "learned_range" -> Tensor.cat(1, y, share);
                default -> y;
            };
        };
        assertThat(scheduler.learnsVariance()).isEqualTo(variance.startsWith("learned"));
        return scheduler.thresholding().apply(scheduler.denoiser(network));
    }
}
