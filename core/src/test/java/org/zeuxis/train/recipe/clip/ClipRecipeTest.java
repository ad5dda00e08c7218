package org.zeuxis.train.recipe.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.NfNetTower;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.TrainingRun;
import org.zeuxis.train.recipe.TrialRecipe;

/** A tiny CLIP, and another that sees anew beside its text tower. */
class ClipRecipeTest {
    private static final String CLIP = """
            "model": {"projection_dim": 20, "text_config": {"vocab_size": 540, "max_position_embeddings": 16,
             "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32},
             "vision_config": {"image_size": 32, "patch_size": 8, "hidden_size": 32, "num_hidden_layers": 1,
             "num_attention_heads": 2, "intermediate_size": 32}}""";
    private static final String EYES = """
            "model": {"vision_config": {"image_size": 32, "timm_model_name": "dm_nfnet_f0", "model_args": {
             "depths": [1, 1, 1, 1], "channels": [16, 16, 16, 16], "stem_chs": 8, "group_size": 8,
             "num_features": 16}}}""";

    @TempDir
    private Path folder;

    private final List<Double> losses = new ArrayList<>();

    @BeforeEach
    void data() throws IOException {
        TrialRecipe.things(folder.resolve("data"));
        train("clip", 4, CLIP, false);
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace('\\', '/');
    }

    private TrainingRun train(String name, int steps, String rest, boolean resume) throws IOException {
        String json =
                "{\"recipe\": \"clip\", \"run\": \"" + path(name) + "\", \"data\": {\"dataset\": \"" + path("data")
                        + "\", \"size\": 32}, \"training\": {\"steps\": " + steps
                        + ", \"batch\": 4, \"learning_rate\": 1e-2, \"warm_up\": 2, \"end\": 1, \"ema\": 0.5,"
                        + " \"checkpoint_every\": 2}, " + rest + "}";
        return TrialRecipe.run(folder, name, json, resume, losses);
    }

    private String textFrom() {
        return "\"text_from\": \"" + path("clip/model") + "\", ";
    }

    @Test
    void aTextTowerThatStaysAsItIsMayTeachOthersEyes() throws IOException {
        Path model = train("locked", 40, textFrom() + EYES, false).model();
        assertThat(TrialRecipe.mean(losses.subList(30, 40))).isLessThan(0.9 * TrialRecipe.mean(losses.subList(0, 3)));
        try (ClipFolder before = ClipFolder.load(folder.resolve("clip/model"), DType.FLOAT32);
                ClipFolder after = ClipFolder.load(model, DType.FLOAT32)) {
            assertThat(after.clip().vision()).isInstanceOf(NfNetTower.class);
            assertThat(after.clip().config().width()).isEqualTo(20);
            assertThat(after.tokenizer().encode(List.of("an apple")).ids())
                    .isEqualTo(before.tokenizer().encode(List.of("an apple")).ids());
            Map<String, Tensor> learned = after.clip().parameters();
            before.clip().parameters().forEach((key, weight) -> {
                if (key.startsWith("text_"))
                    assertThat(weight.maxDifference(learned.get(key))).as(key).isZero();
            });
        }
    }

    @Test
    void stoppedAndResumedItIsTheSameToTheBit() throws IOException {
        Path whole = train("whole", 6, textFrom() + EYES, false).model();
        train("parts", 3, textFrom() + EYES, false);
        Path parts = train("parts", 6, textFrom() + EYES, true).model();
        String weights = "open_clip_model.safetensors";
        assertThat(Files.mismatch(whole.resolve(weights), parts.resolve(weights)))
                .isEqualTo(-1);
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        String from = "\"from\": \"" + path("clip/model") + "\", ";
        assertThatThrownBy(() -> train("both", 2, from + textFrom() + EYES, false))
                .hasMessageContaining("expected no from beside text_from, whose text tower goes on, too");
        assertThatThrownBy(() -> train("texts", 2, textFrom() + CLIP, false))
                .hasMessageContaining("expected only known keys, got projection_dim = 20");
        assertThatThrownBy(() -> train("gone", 2, textFrom().replace("clip/model", "gone") + EYES, false))
                .hasMessageContaining("gone");
        assertThatThrownBy(() -> train("size", 2, textFrom() + EYES.replace(": 32,", ": 64,"), false))
                .hasMessageContaining("the vision tower's");
    }
}
