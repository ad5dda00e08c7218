package org.zeuxis.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeuxis.Golden;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Inpainting;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.models.Source;
import org.zeuxis.tensor.Engine;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** The steps that are left at a strength, from data under noise, with and without a mask, as diffusers' pipelines take them. */
class RedrawingParityTest {
    private static final double TOLERANCE = 1e-4;
    private static final Image ANY = new Image(1, 1, 3, new byte[3]);

    static Stream<Arguments> cases() throws IOException {
        List<Arguments> all = new ArrayList<>();
        try (Golden golden = Golden.open("redrawing.safetensors")) {
            new ObjectMapper()
                    .readTree(golden.metadata().get("cases"))
                    .properties()
                    .forEach(e -> all.add(Arguments.of(e.getKey(), e.getValue())));
        }
        return all.stream();
    }

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theStepsThatAreLeft(String name, JsonNode one) throws IOException {
        Config file = Config.parse(name, one.get("scheduler_config").asText());
        Scheduler scheduler =
                SchedulerConfig.from(file.text("_class_name"), file).own();
        int steps = one.get("steps").asInt();
        double strength = one.get("strength").asDouble();
        boolean masked = one.get("masked").asBoolean();
        Seed seed = Seed.of(one.get("seed").asLong());
        try (Golden golden = Golden.open("redrawing.safetensors")) {
            Tensor data = golden.tensor("in.data");
            Tensor noise = seed.randn(data.shape());
            golden.check("in." + name + ".noise", noise, 0);
            Denoiser denoiser = scheduler.denoiser(RedrawingParityTest::network);
            Inpainting.Known known = new Inpainting.Known(data, noise, golden.tensor("in.mask"));
            boolean fromNoise = masked && strength == 1;
            Start start = fromNoise
                    ? Start.noise(noise)
                    : Start.upon(data, noise, new Source(ANY, strength, null).firstStep(steps));
            Tensor x = scheduler
                    .sampler(steps)
                    .sample(
                            masked ? inpainting(denoiser, known, fromNoise) : denoiser,
                            scheduler.schedule(),
                            start,
                            seed);
            Tensor out = masked ? known.in(x) : x;
            Tensor expected = golden.tensor("out." + name);
            assertThat(expected.maxDifference(out) / Math.max(1, expected.abs().max()))
                    .isLessThanOrEqualTo(TOLERANCE);
        }
    }

    /** As the pipeline has it, which shows nothing of what is known in the first step from noise alone. */
    private static Denoiser inpainting(Denoiser denoiser, Inpainting.Known known, boolean fromNoise) {
        Denoiser inpainting = new Inpainting(denoiser, known);
        if (!fromNoise) return inpainting;
        List<NoiseLevel> levels = new ArrayList<>();
        return (xt, level) -> {
            levels.add(level);
            return (level.equals(levels.get(0)) ? denoiser : inpainting).denoise(xt, level);
        };
    }

    private static Tensor network(Tensor x, Tensor t) {
        return t.over(400)
                .tanh()
                .times(x)
                .plus(x.times(3).sin().times(0.1))
                .plus(x.mean(3).mean(2).times(0.3));
    }
}
