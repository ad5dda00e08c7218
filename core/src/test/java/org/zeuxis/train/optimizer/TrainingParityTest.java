package org.zeuxis.train.optimizer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.LossWeight;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/** Optimiser, average and loss weights against PyTorch's and diffusers', and against their formulas. */
final class TrainingParityTest {
    private static final Golden GOLDEN = Golden.open("training.safetensors");
    private static final int STEPS = 20;

    @AfterAll
    static void close() {
        GOLDEN.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"b2-0.999", "b2-0.98", "no-decay-on-bias", "warm-up", "clipped"})
    void adamWTakesTheStepsOfPyTorch(String variant) throws IOException {
        JsonNode hyper =
                new ObjectMapper().readTree(GOLDEN.metadata().get("adamw")).get(variant);
        double decay = hyper.get("weight_decay").asDouble();
        // ours never decays a vector; where the reference does, only the matrix is compared
        boolean biasToo = variant.equals("no-decay-on-bias");
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (String name : new String[] {"matrix", "bias"}) {
            weights.put(name, GOLDEN.tensor("in.adamw.start." + name).copy());
        }
        FlatParameters parameters = new FlatParameters(weights);
        AdamW adam = new AdamW(
                new AdamW.Config(
                        hyper.get("betas").get(0).asDouble(),
                        hyper.get("betas").get(1).asDouble(),
                        hyper.get("eps").asDouble(),
                        decay),
                parameters);
        double peak = hyper.get("lr").asDouble();
        LearningRate rate =
                variant.equals("warm-up") ? LearningRate.cosine(peak, 10, STEPS, 0) : LearningRate.constant(peak, 0);
        for (int step = 0; step < STEPS; step++) {
            for (Map.Entry<String, Tensor> place :
                    parameters.named(parameters.gradients()).entrySet()) {
                InPlace.assign(
                        place.getValue(),
                        GOLDEN.tensor("in.adamw.gradient." + place.getKey()).select(0, step));
            }
            if (variant.equals("clipped")) {
                double norm = parameters.gradientNorm();
                double expected = GOLDEN.tensor("mid.adamw.clipped.gradient_norm")
                        .select(0, step)
                        .item();
                assertThat(norm).isEqualTo(expected, within(1e-5));
                parameters.clip(norm, 1);
            }
            adam.step(step, rate.at(step));
            for (String name : weights.keySet()) {
                if (name.equals("bias") && !biasToo) continue;
                Tensor expected =
                        GOLDEN.tensor("out.adamw." + variant + "." + name).select(0, step);
                assertThat(expected.maxDifference(weights.get(name).detach()))
                        .as(variant + " " + name + " after step " + step)
                        .isLessThan(1e-6);
            }
        }
        state(adam, "m").forEach((name, m) -> GOLDEN.check("out.adamw." + variant + ".exp_avg." + name, m, 1e-6));
        state(adam, "v").forEach((name, v) -> GOLDEN.check("out.adamw." + variant + ".exp_avg_sq." + name, v, 1e-6));
    }

    private static Map<String, Tensor> state(Optimizer optimizer, String group) {
        return requireNonNull(optimizer.state().get(group), group);
    }

    @Test
    void adamWFollowsItsClosedForm() {
        // with a constant gradient g, m = (1 − β1ⁿ) g and v = (1 − β2ⁿ) g²: each step is lr · g / (|g| + ε)
        double rate = 0.01;
        double decay = 0.1;
        Tensor x = Tensor.of(new double[] {1, -2, 0.5, 3}, 2, 2);
        FlatParameters parameters = new FlatParameters(Map.of("x", x));
        AdamW.Config config = new AdamW.Config(0.9, 0.999, 1e-8, decay);
        AdamW adam = new AdamW(config, parameters);
        float[] g = {0.3f, -0.7f, 2, 1e-3f};
        double[] expected = {1, -2, 0.5, 3};
        for (int step = 0; step < 50; step++) {
            InPlace.assign(parameters.gradients(), Tensor.of(g, 4));
            adam.step(step, rate);
            for (int i = 0; i < 4; i++) {
                expected[i] = expected[i] * (1 - rate * decay) - rate * g[i] / (Math.abs(g[i]) + config.epsilon());
            }
        }
        float[] actual = x.toFloats();
        float[] m = requireNonNull(state(adam, "m").get("x")).toFloats();
        float[] v = requireNonNull(state(adam, "v").get("x")).toFloats();
        for (int i = 0; i < 4; i++) {
            assertThat(actual[i]).isEqualTo((float) expected[i], within(2e-5f));
            assertThat(m[i]).isEqualTo((float) ((1 - Math.pow(0.9, 50)) * g[i]), within(1e-5f));
            assertThat(v[i]).isEqualTo((float) ((1 - Math.pow(0.999, 50)) * g[i] * g[i]), within(1e-5f));
        }
    }

    @Test
    void matricesAndKernelsDecayButNoGainNoBiasAndNotTheTemperature() {
        Clip clip = new Clip(new Clip.Config(
                new ClipTextModel.Config(20, 6, 8, 1, 2, 16, Activation.QUICK_GELU, 19),
                new ClipVisionModel.Config(8, 4, 8, 1, 2, 16, Activation.QUICK_GELU),
                6));
        FlatParameters parameters = new FlatParameters(clip.parameters());
        InPlace.assign(parameters.values(), Tensor.ones(1));
        new AdamW(new AdamW.Config(0.9, 0.98, 1e-6, 0.5), parameters).step(0, 0.1);
        clip.parameters().forEach((name, p) -> {
            double expected = p.rank() > 1 ? 0.95 : 1;
            assertThat(p.min()).as(name).isEqualTo(expected, within(1e-6));
            assertThat(p.max()).as(name).isEqualTo(expected, within(1e-6));
            boolean gainOrBias = name.endsWith(".bias") || name.contains("norm");
            if (gainOrBias || name.equals("logit_scale"))
                assertThat(p.rank()).as(name).isLessThan(2);
        });
        assertThat(clip.parameters()).containsKey("logit_scale");
    }

    @Test
    void theAverageIsThatOfDiffusers() {
        Tensor rows = GOLDEN.tensor("in.ema.weights");
        FlatParameters parameters =
                new FlatParameters(Map.of("x", rows.select(0, 0).copy()));
        Ema ema = new Ema(0.99, parameters);
        for (int step = 0; step < 11; step++) {
            InPlace.assign(parameters.values(), rows.select(0, step + 1));
            ema.follow(parameters, step);
            double decay =
                    GOLDEN.tensor("mid.ema.constant.decay").select(0, step).item();
            assertThat(ema.remembered(step)).as("decay at step " + step).isEqualTo(decay, within(1e-6));
            assertThat(GOLDEN.tensor("out.ema.constant").select(0, step).maxDifference(ema.average()))
                    .as("average after step " + step)
                    .isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scaled_linear", "squaredcos_cap_v2"})
    void minSnrWeighsAsDiffusers(String schedule) {
        float[] snr = GOLDEN.tensor("mid.min_snr." + schedule + ".snr").toFloats();
        Map<String, Parameterization> predictions = Map.of(
                "epsilon", Parameterization.EPSILON, "v_prediction", Parameterization.V, "sample", Parameterization.X0);
        predictions.forEach((name, predicts) -> {
            float[] expected =
                    GOLDEN.tensor("out.min_snr." + schedule + "." + name).toFloats();
            for (int i = 0; i < snr.length; i++) {
                assertThat(LossWeight.minSnr(5).of(snr[i], predicts))
                        .as(name + " at ratio " + snr[i])
                        .isEqualTo(expected[i], within(1e-5));
            }
        });
    }
}
