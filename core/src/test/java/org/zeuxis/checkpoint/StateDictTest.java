package org.zeuxis.checkpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.NearestName;

class StateDictTest {
    @TempDir
    private Path folder;

    private static Map<String, Tensor> model() {
        Map<String, Tensor> model = new LinkedHashMap<>();
        model.put("decoder.blocks.3.q.weight", Tensor.zeros(4, 2).recordGradient());
        model.put("decoder.blocks.3.q.bias", Tensor.zeros(4));
        model.put("decoder.norm.weight", Tensor.zeros(2));
        return model;
    }

    private static Tensor at(Map<String, Tensor> model, String key) {
        return requireNonNull(model.get(key));
    }

    private Weights file(Map<String, Tensor> tensors) throws Exception {
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, tensors, Map.of());
        return Safetensors.open(file);
    }

    @Test
    void fillsAModelAndKeepsItsGradientsRecorded() throws Exception {
        Map<String, Tensor> model = model();
        Map<String, Tensor> stored = new LinkedHashMap<>();
        model.forEach((key, x) -> stored.put(key, Tensor.ones(x.shape())));
        try (Weights weights = file(stored)) {
            StateDict.of(weights).loadInto(model);
        }
        Tensor q = at(model, "decoder.blocks.3.q.weight");
        assertThat(q.requiresGrad()).isTrue();
        assertThat(q.toFloats()).containsOnly(1);
        q.square().sum().backward();
        assertThat(requireNonNull(q.grad()).toFloats()).containsOnly(2);
    }

    private static final class Pair extends Module {
        Pair() {
            parameter("scale", Initialization.ones(), 2);
            child("first", new Linear(8, 4));
            child("", new LayerNorm(8));
        }
    }

    @Test
    void fillsAModuleLayerByLayer() throws Exception {
        Map<String, Tensor> stored = new Pair().parameters();
        try (Weights weights = file(stored)) {
            Pair pair = new Pair();
            StateDict.of(weights).as(DType.BFLOAT16).loadInto(pair);
            assertThat(pair.parameters().keySet()).containsExactlyElementsOf(stored.keySet());
            pair.parameters().forEach((key, x) -> {
                assertThat(x.dtype()).isEqualTo(DType.BFLOAT16);
                assertThat(x.toFloats())
                        .isEqualTo(at(stored, key).to(DType.BFLOAT16).toFloats());
            });
            assertThatThrownBy(() -> StateDict.of(weights).under("first.").loadInto(pair))
                    .isInstanceOf(KeyMismatchException.class);
        }
    }

    @Test
    void keepsTheFilesTypeUnlessAskedForAnother() throws Exception {
        Map<String, Tensor> stored = new LinkedHashMap<>();
        model().forEach((key, x) -> stored.put(key, Tensor.ones(x.shape()).to(DType.FLOAT16)));
        try (Weights weights = file(stored)) {
            Map<String, Tensor> model = model();
            StateDict.of(weights).loadInto(model);
            assertThat(model.values()).extracting(Tensor::dtype).containsOnly(DType.FLOAT16);
            StateDict.of(weights).as(DType.BFLOAT16).loadInto(model);
            assertThat(model.values()).extracting(Tensor::dtype).containsOnly(DType.BFLOAT16);
            assertThat(at(model, "decoder.norm.weight").toFloats()).containsOnly(1);
        }
    }

    @Test
    void freesWhatItReadAsSoonAsTheModelHasIt() throws Exception {
        List<Tensor> read = new ArrayList<>();
        Map<String, Tensor> stored = new LinkedHashMap<>();
        model().forEach((key, x) -> stored.put(key, Tensor.ones(x.shape()).to(DType.FLOAT16)));
        Map<String, Tensor> model = model();
        try (Weights weights = file(stored)) {
            StateDict.of(noting(weights, read)).as(DType.FLOAT32).loadInto(model);
        }
        assertThat(read).hasSize(3).allMatch(Tensor::isFreed);
        assertThat(at(model, "decoder.norm.weight").toFloats()).containsOnly(1);
    }

    /** The same weights, every tensor they gave written down. */
    private static Weights noting(Weights weights, List<Tensor> given) {
        return (Weights) Proxy.newProxyInstance(
                Weights.class.getClassLoader(), new Class<?>[] {Weights.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(weights, arguments);
                    if (answer instanceof Tensor x) given.add(x);
                    return answer;
                });
    }

    @Test
    void namesWhatDiffersAndTheNearestKeyAndChangesNothing() throws Exception {
        Map<String, Tensor> stored = new LinkedHashMap<>();
        stored.put("decoder.blocks.3.to_q.weight", Tensor.ones(4, 2));
        stored.put("decoder.blocks.3.q.bias", Tensor.ones(5));
        stored.put("decoder.norm.weight", Tensor.ones(2));
        stored.put("embeddings.position_ids", Tensor.arange(77));
        Map<String, Tensor> model = model();
        try (Weights weights = file(stored)) {
            assertThatThrownBy(() -> StateDict.of(weights).loadInto(model))
                    .isInstanceOfSatisfying(KeyMismatchException.class, e -> {
                        assertThat(e.missing()).containsExactly("decoder.blocks.3.q.weight");
                        assertThat(e.misshapen()).containsExactly("decoder.blocks.3.q.bias");
                        assertThat(e.unexpected())
                                .containsExactlyInAnyOrder("decoder.blocks.3.to_q.weight", "embeddings.position_ids");
                    })
                    .hasMessageContaining("got 1 missing, 1 misshapen, 2 unknown ones")
                    .hasMessageContaining("checkpoint lacks decoder.blocks.3.q.weight [4, 2];"
                            + " nearest key: decoder.blocks.3.to_q.weight")
                    .hasMessageContaining("checkpoint has decoder.blocks.3.q.bias as [5], expected [4]")
                    .hasMessageContaining("model lacks embeddings.position_ids [77]")
                    .hasMessageContaining("model lacks decoder.blocks.3.to_q.weight [4, 2];"
                            + " nearest key: decoder.blocks.3.q.weight");
        }
        assertThat(at(model, "decoder.norm.weight").toFloats()).containsOnly(0);
    }

    @Test
    void ignoresWhatItIsToldToAndReadsUnderAPrefix() throws Exception {
        Map<String, Tensor> stored = new LinkedHashMap<>();
        stored.put("text.a.weight", Tensor.ones(2));
        stored.put("text.embeddings.position_ids", Tensor.arange(3));
        stored.put("text.ema.a", Tensor.ones(2));
        stored.put("vision.a.weight", Tensor.zeros(9));
        Map<String, Tensor> model = new LinkedHashMap<>();
        model.put("a.weight", Tensor.zeros(2));
        model.put("buffer", Tensor.full(7, 2));
        try (Weights weights = file(stored)) {
            StateDict.of(weights)
                    .under("text.")
                    .ignoring("position_ids", "ema.*", "buffer")
                    .loadInto(model);
        }
        assertThat(at(model, "a.weight").toFloats()).containsOnly(1);
        assertThat(at(model, "buffer").toFloats()).containsOnly(7);
    }

    @Test
    void listsOnlyTheFirstOfManyKeys() throws Exception {
        Map<String, Tensor> model = new LinkedHashMap<>();
        for (int i = 0; i < 2000; i++) model.put("layers." + i + ".attention.weight", Tensor.zeros(1));
        Map<String, Tensor> stored = new LinkedHashMap<>();
        for (int i = 0; i < 2000; i++) stored.put("h." + i + ".attn.weight", Tensor.zeros(1));
        try (Weights weights = file(stored)) {
            assertThatThrownBy(() -> StateDict.of(weights).loadInto(model))
                    .hasMessageContaining("got 2000 missing")
                    .hasMessageContaining("layers.0.attention.weight")
                    .hasMessageContaining("layers.2.attention.weight")
                    .hasMessageContaining("1997 more like this")
                    .extracting(e -> requireNonNull(e.getMessage()).lines().count())
                    .isEqualTo(1L);
        }
    }

    @Test
    void findsTheNearestName() {
        List<String> names = List.of("decoder.blocks.3.to_q.weight", "decoder.blocks.13.q.weight", "x");
        assertThat(NearestName.of("decoder.blocks.3.q.weight", names)).isEqualTo("decoder.blocks.13.q.weight");
        assertThat(NearestName.of("decoder.blocks.3.to_k.weight", names)).isEqualTo("decoder.blocks.3.to_q.weight");
        assertThat(NearestName.of("entirely.another", names)).isNull();
    }
}
