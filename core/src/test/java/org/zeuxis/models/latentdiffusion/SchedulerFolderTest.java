package org.zeuxis.models.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;

/** Whole folders whose scheduler is configured otherwise, drawn as {@code StableDiffusionPipeline} draws with them. */
class SchedulerFolderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ImageRequest REQUEST = ImageRequest.of("a red bird on a small tree")
            .withNegative("a blue cube")
            .withSeed(7)
            .withSteps(10)
            .withGuidance(5)
            .withSize(32, 24);
    private static final Map<String, String> NAMES = Map.of(
            "", "",
            "DDIM", "ddim",
            "EulerDiscrete", "euler",
            "DPMSolverMultistep", "dpm++2m",
            "UniPCMultistep", "unipc");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void copy() throws IOException {
        Engine.setThreads(1);
        Path published = Golden.path("tiny-stable-diffusion");
        try (Stream<Path> files = Files.walk(published)) {
            for (Path file : files.toList()) {
                Path copy = folder.resolve(published.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(copy);
                else Files.copy(file, copy);
            }
        }
    }

    private static LatentDiffusion open(String schedulerConfig, String className) throws IOException {
        Files.writeString(folder.resolve("scheduler").resolve("scheduler_config.json"), schedulerConfig);
        Path index = folder.resolve("model_index.json");
        ObjectNode components = (ObjectNode) JSON.readTree(index.toFile());
        components.putArray("scheduler").add("diffusers").add(className);
        JSON.writeValue(index.toFile(), components);
        return LatentDiffusion.load(folder, DType.FLOAT32);
    }

    static Stream<Arguments> cases() throws IOException {
        List<Arguments> all = new ArrayList<>();
        try (Golden golden = Golden.open("pipeline-schedulers.safetensors")) {
            JSON.readTree(golden.metadata().get("cases"))
                    .properties()
                    .forEach(e -> all.add(Arguments.of(e.getKey(), e.getValue())));
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void drawnWithinOneLevel(String name, JsonNode one) throws IOException {
        LatentDiffusion diffusion = open(
                one.get("scheduler_config").asText(), one.get("model_index").asText());
        String sampler = NAMES.get(one.get("asked").asText());
        Image image = diffusion.generate(REQUEST.withSampler(sampler)).get(0).image();
        try (Golden golden = Golden.open("pipeline-schedulers.safetensors")) {
            float[] expected = golden.tensor("out." + name + ".pixels").toFloats();
            byte[] samples = image.samples();
            assertThat(samples).hasSize(expected.length);
            for (int i = 0; i < expected.length; i++) {
                assertThat(Math.abs((samples[i] & 0xff) - expected[i]))
                        .as("sample " + i)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void aSchedulerThatIsNotHereIsRefusedOnlyWhereItIsUsed() throws IOException {
        LatentDiffusion diffusion = open("{\"beta_schedule\": \"scaled_linear\"}", "IPNDMScheduler");
        assertThatThrownBy(() -> diffusion.generate(REQUEST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scheduler_config.json: expected a scheduler of [")
                .hasMessageContaining("got IPNDMScheduler, which is not here; name a sampler, such as ddim");
        assertThat(diffusion
                        .generate(REQUEST.withSampler("ddim").withSteps(2))
                        .get(0)
                        .request()
                        .sampling()
                        .sampler())
                .isEqualTo("ddim");
    }

    @Test
    void hostileNumbersAreRefusedBeforeAnyWeightIsRead() {
        assertThatThrownBy(() -> open("{\"num_train_timesteps\": -1}", "PNDMScheduler"))
                .hasMessageContaining("scheduler_config.json: expected num_train_timesteps to be 2 to 100000, got -1");
    }

    @Test
    void aLearnedVarianceNeedsANetworkThatTellsIt() throws IOException {
        LatentDiffusion diffusion = open("{\"variance_type\": \"learned_range\"}", "DDPMScheduler");
        assertThatThrownBy(() -> diffusion.generate(REQUEST))
                .hasMessageContaining("expected a scheduler whose variance_type is fixed_small or fixed_large, got a"
                        + " learned one");
    }
}
