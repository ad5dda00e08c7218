package org.zeuxis.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/** Adafactor against that of transformers, on a matrix, a vector, a number and a kernel, and against its formulas. */
final class AdafactorTest {
    private static final Golden GOLDEN = Golden.open("adafactor.safetensors");
    private static final int STEPS = 20;
    private static final List<String> NAMES = List.of("matrix", "vector", "number", "kernel");

    @AfterAll
    static void close() {
        GOLDEN.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"paper", "decay", "other"})
    void takesTheStepsOfTransformers(String variant) throws IOException {
        JsonNode asked =
                new ObjectMapper().readTree(GOLDEN.metadata().get("adafactor")).get(variant);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (String name : NAMES)
            weights.put(name, GOLDEN.tensor("in.start." + name).copy());
        FlatParameters parameters = new FlatParameters(weights);
        Adafactor.Config paper = Adafactor.Config.PAPER;
        JsonNode epsilons = asked.path("eps");
        Optimizer optimizer = new Adafactor.Config(
                        -asked.path("decay_rate").asDouble(-paper.decay()),
                        asked.path("clip_threshold").asDouble(paper.threshold()),
                        epsilons.path(0).asDouble(paper.epsilon1()),
                        epsilons.path(1).asDouble(paper.epsilon2()),
                        asked.path("weight_decay").asDouble(paper.weightDecay()))
                .over(parameters);
        for (int step = 0; step < STEPS; step++) {
            for (Map.Entry<String, Tensor> place :
                    parameters.named(parameters.gradients()).entrySet()) {
                InPlace.assign(
                        place.getValue(),
                        GOLDEN.tensor("in.gradient." + place.getKey()).select(0, step));
            }
            optimizer.step(step, asked.get("lr").asDouble());
            for (String name : NAMES) {
                Tensor expected = GOLDEN.tensor("out." + variant + "." + name).select(0, step);
                assertThat(expected.maxDifference(weights.get(name).detach()))
                        .as(variant + " " + name + " after step " + step)
                        .isLessThan(1e-6);
            }
        }
        Map.of("rows", "row", "columns", "column", "squares", "v").forEach((ours, theirs) -> {
            Map<String, Tensor> group = optimizer.state().get(ours);
            assertThat(group).as(ours).hasSize(2);
            group.forEach((name, x) -> GOLDEN.check("out." + variant + "." + theirs + "." + name, x, 1e-5));
        });
    }

    @Test
    void theFirstStepIsInProportionToTheParameterAndRemembersAMatrixByItsRowsAndColumns() {
        // of squares that are an outer product nothing is lost: the update is the gradient's sign
        Tensor x = Tensor.of(new double[] {3, -3, 3, -3, 3, -3}, 2, 3);
        FlatParameters parameters = new FlatParameters(Map.of("x", x));
        Optimizer optimizer = Adafactor.Config.PAPER.over(parameters);
        InPlace.assign(parameters.gradients(), Tensor.of(new double[] {1, -2, 3, 2, -4, 6}, 6));
        optimizer.step(0, 0.1);
        float[] moved = x.toFloats();
        double[] expected = {3 - 0.3, -3 + 0.3, 3 - 0.3, -3 - 0.3, 3 + 0.3, -3 - 0.3};
        for (int i = 0; i < 6; i++) assertThat(moved[i]).isEqualTo((float) expected[i], within(1e-5f));
        assertThat(optimizer.state().get("rows").get("x").toFloats()).containsExactly(14f / 3, 56f / 3);
        assertThat(optimizer.state().get("columns").get("x").toFloats()).containsExactly(2.5f, 10, 22.5f);
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> new Adafactor.Config(1.1, 1, 1e-30, 1e-3, 0))
                .hasMessage(
                        "expected a decay above 0 and up to 1, and threshold, epsilon1 and epsilon2 above 0, got 1.1,"
                                + " 1.0, 1.0E-30 and 0.001");
    }
}
