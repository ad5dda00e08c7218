package org.zeuxis.train.recipe.flamingo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.train.recipe.TrainingRun;
import org.zeuxis.train.recipe.TrialRecipe;

/** A CLIP and a language model that recipes trained, to train tiny Flamingos over. */
abstract class FlamingoTrial {
    static final String CLIP = """
            "model": {"projection_dim": 20, "text_config": {"vocab_size": 540, "max_position_embeddings": 16,
             "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32},
             "vision_config": {"image_size": 32, "patch_size": 8, "hidden_size": 32, "num_hidden_layers": 1,
             "num_attention_heads": 2, "intermediate_size": 32}}""";
    private static final String LANGUAGE = """
            "model": {"model_type": "llama", "vocab_size": 420, "hidden_size": 32, "intermediate_size": 64,
             "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 160, "tie_word_embeddings": true}""";

    @TempDir
    Path folder;

    final List<Double> losses = new ArrayList<>();

    @BeforeEach
    void parts() throws IOException {
        TrialRecipe.things(folder.resolve("data"));
        train("clip", "clip", 2, CLIP, false);
        train("lm", "language-model", 30, LANGUAGE, false);
    }

    final String path(String name) {
        return folder.resolve(name).toString().replace('\\', '/');
    }

    final String between() {
        return "\"clip\": \"" + path("clip/model") + "\", \"language\": \"" + path("lm/model")
                + "\", \"resampler_layers\": 1, \"latents\": 4, \"head_width\": 4, \"shots\": 3";
    }

    final TrainingRun train(String name, String kind, int steps, String rest, boolean resume) throws IOException {
        return train(name, kind, 32, steps, rest, resume);
    }

    final TrainingRun train(String name, String kind, int size, int steps, String rest, boolean resume)
            throws IOException {
        String json = "{\"recipe\": \"" + kind + "\", \"run\": \"" + path(name) + "\", \"data\": {\"dataset\": \""
                + path("data") + "\", \"size\": " + size + "}, \"training\": {\"steps\": " + steps
                + ", \"batch\": 4, \"learning_rate\": 1e-2, \"warm_up\": 2, \"end\": 1, \"ema\": 0.5,"
                + " \"checkpoint_every\": 2}, " + rest + "}";
        return TrialRecipe.run(folder, name, json, resume, losses);
    }
}
