package org.zeuxis.models.clip;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;

/** The transformer both towers are made of: norms first, residual sums. */
public final class ClipTransformer extends Module {
    private static final Attention.Keys KEYS = new Attention.Keys("q_proj", "k_proj", "v_proj", "out_proj");

    private final List<Layer> layers;

    ClipTransformer(int width, int layers, int heads, int innerWidth, Activation activation, FirstLayer first) {
        this.layers = children("layers", layers, i -> new Layer(width, heads, innerWidth, activation, first));
    }

    /** Every token sees every other; [batch, tokens, width]. */
    Tensor forward(Tensor x) {
        for (Layer layer : layers) x = Recomputation.of(y -> layer.forward(y, false), x);
        return x;
    }

    /** No token sees a later one. What comes back is the input, then what each layer gave, [batch, tokens, width] each. */
    List<Tensor> causal(Tensor x) {
        List<Tensor> states = new ArrayList<>();
        states.add(x);
        for (Layer layer : layers) states.add(x = Recomputation.of(y -> layer.forward(y, true), x));
        return states;
    }

    private static final class Layer extends Module {
        private final Attention attention;
        private final LayerNorm norm1;
        private final Linear widen;
        private final Linear narrow;
        private final LayerNorm norm2;
        private final Activation activation;

        Layer(int width, int heads, int innerWidth, Activation activation, FirstLayer first) {
            this.activation = activation;
            attention = child(
                    "self_attn",
                    new Attention(
                            KEYS,
                            Heads.of(heads),
                            new Linear(width, width, first.in()),
                            new Linear(width, width, first.in()),
                            new Linear(width, width, first.in()),
                            new Linear(width, width, first.out())));
            norm1 = child("layer_norm1", new LayerNorm(width));
            widen = child("mlp.fc1", new Linear(width, innerWidth, first.widen(), Initialization.fanIn(width)));
            narrow = child("mlp.fc2", new Linear(innerWidth, width, first.narrow(), Initialization.fanIn(innerWidth)));
            norm2 = child("layer_norm2", new LayerNorm(width));
        }

        Tensor forward(Tensor x, boolean causal) {
            Tensor normed = norm1.forward(x);
            x = x.plus(causal ? attention.causal(normed) : attention.forward(normed, normed));
            return x.plus(narrow.forward(activation.apply(widen.forward(norm2.forward(x)))));
        }
    }
}
