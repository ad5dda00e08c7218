package org.zeuxis.models.lm;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.checkpoint.ComposedWeights;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.tensor.DType;

/** A language model as transformers keeps it. */
public final class LanguageModelFolder {
    private LanguageModelFolder() {}

    /**
     * Opens a folder of LLaMA, GPT-NeoX (Pythia), OPT or MPT.
     *
     * @param type to compute in; {@code INT8} and {@code INT4} keep what layers multiply by in 8 or 4 bits and compute in what is {@linkplain
     *     DType#fastest fastest}
     * @throws IOException if it holds another model, or not all of it
     */
    public static Decoder load(Path path, DType type) throws IOException {
        return ModelFolder.opened(path, () -> {
            ModelFolder folder = ModelFolder.open(path);
            Family family = family(folder.config());
            try (Weights weights = folder.weights()) {
                return filled(family, family.vocabulary(), family.keys().of(weights), type);
            }
        });
    }

    /**
     * The same where some weights were trained further elsewhere, perhaps with tokens that were added.
     *
     * @param newer under the names that the family publishes
     */
    public static Decoder load(Path path, Weights newer, DType type) throws IOException {
        return ModelFolder.opened(path, () -> {
            ModelFolder folder = ModelFolder.open(path);
            Family family = family(folder.config());
            try (Weights older = folder.weights()) {
                // each by itself: the same tensor may have two names in transformers of two ages
                Weights named = ComposedWeights.over(
                        family.keys().of(newer), family.keys().of(older));
                return filled(family, Math.toIntExact(named.shape("model.embed_tokens.weight")[0]), named, type);
            }
        });
    }

    /**
     * Writes a folder that {@link #load} opens, and transformers' {@code LlamaForCausalLM}.
     *
     * @param family of the model
     * @param endToken the token that ends a text
     */
    public static void save(Decoder model, Llama family, int endToken, Path folder) throws IOException {
        ModelFolder.save(folder, ModelFolder.Layout.TRANSFORMERS, family.write(endToken), model.parameters());
    }

    private static Decoder filled(Family family, int vocabulary, Weights weights, DType type) throws IOException {
        StateDict state = StateDict.of(weights).kept(type);
        if (family.tied()) state = state.ignoring("lm_head.weight");
        Decoder model = state.sized(() -> new Decoder(family, vocabulary));
        state.loadInto(model);
        return model;
    }

    private static Family family(Config config) {
        config.expect("model_type", "llama", "gpt_neox", "opt", "mpt");
        return switch (config.text("model_type")) {
            case "gpt_neox" -> GptNeoX.from(config);
            case "opt" -> Opt.from(config);
            case "mpt" -> Mpt.from(config);
            default -> Llama.from(config);
        };
    }
}
