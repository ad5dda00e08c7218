package org.zeuxis.train.recipe.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Drawn;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.tensor.DType;
import org.zeuxis.train.recipe.TrainingRun;

/** What a recipe may have otherwise than the paper, or as its ablations have it. */
class FlamingoVariantsTest extends FlamingoTrial {
    private static final Prompt ASKED = Prompt.of("<image>Output:", List.of(Drawn.plain(200, 30, 30)));

    private static double score(Path model) throws IOException {
        try (FlamingoFolder flamingo = FlamingoFolder.load(model, DType.FLOAT32)) {
            return flamingo.rank(ASKED, List.of("a cat")).get(0).score();
        }
    }

    /** What is seen in half its size counts, and the folder says that it is. */
    @Test
    void picturesMayBeLookedAtInHalfTheirSizeToo() throws IOException {
        int vision = CLIP.indexOf("\"vision_config\"");
        String resNet = CLIP.substring(0, vision)
                + "\"vision_config\": {\"image_size\": 32, \"layers\": [1, 1, 1, 1], \"width\": 4, \"head_width\": 16}}";
        train("resnet", "clip", 2, resNet, false);
        String twice = between().replace("clip/model", "resnet/model")
                + ", \"places\": 4, \"frames\": 2, \"videos\": 0.5, \"gates\": [0.5, 0.5]";
        Path model = train("twice", "flamingo", 128, 3, twice + ", \"overview\": true", false)
                .model();
        Path config = model.resolve("open_flamingo.json");
        String said = Files.readString(config);
        assertThat(said).containsPattern("\"overview\": true");
        double whole = score(model);
        Files.writeString(config, said.replaceFirst(",\\s*\"overview\": true", ""));
        assertThat(score(model)).isNotEqualTo(whole);
        String later = twice.replace(
                ", \"gates\": [0.5, 0.5]", ", \"overview\": true, \"from\": \"" + path("twice/model") + "\"");
        train("later", "flamingo", 128, 2, later, false);
        assertThatThrownBy(() -> train("transformer", "flamingo", 2, between() + ", \"overview\": true", false))
                .hasMessageContaining("expected no overview of a vision transformer, which sees one size");
    }

    @Test
    void aFeedForwardMayStandInThePlaceOfTheResampler() throws IOException {
        String mlp = between() + ", \"frames\": 2, \"videos\": 0.5, \"places\": 4, \"resampler\": \"mlp\"";
        TrainingRun run = train("mlp", "flamingo", 2, mlp, false);
        try (FlamingoFolder model = FlamingoFolder.load(run.model(), DType.FLOAT32)) {
            assertThat(model.model().trained().keySet())
                    .contains("perceiver.row_embs", "perceiver.layers.0.1.weight")
                    .doesNotContain("perceiver.latents");
            assertThat(model.frames()).isEqualTo(2);
            assertThat(model.rank(ASKED, List.of("a cat", "a car"))).hasSize(2);
        }
        String from = ", \"from\": \"" + path("mlp/model") + "\"";
        assertThatThrownBy(() -> train("perceiver", "flamingo", 2, mlp.replace("mlp", "perceiver") + from, false))
                .hasMessageContaining(
                        "expected a Flamingo with the resampler and gated layers that the recipe asks for");
        assertThatThrownBy(() -> train("none", "flamingo", 2, mlp.replace("mlp", "none"), false))
                .hasMessageContaining("expected a resampler of perceiver or mlp, got none");
    }

    /** Its language model goes into the checkpoint, beside the one that it began as. */
    @Test
    void theLanguageModelMayLearnToo() throws IOException {
        Path model = train("thawed", "flamingo", 3, between() + ", \"frozen\": false", false)
                .model();
        assertThat(Files.mismatch(
                        folder.resolve("lm/model/model.safetensors"),
                        model.resolve("language-model/model.safetensors")))
                .isEqualTo(-1);
        Path frozen = train("frozen", "flamingo", 3, between(), false).model();
        try (FlamingoFolder before = FlamingoFolder.load(frozen, DType.FLOAT32);
                FlamingoFolder after = FlamingoFolder.load(model, DType.FLOAT32)) {
            String key = "lang_encoder.model.layers.0.mlp.down_proj.weight";
            assertThat(after.model()
                            .ofLanguage()
                            .get(key)
                            .maxDifference(before.model().ofLanguage().get(key)))
                    .isBetween(1e-3, 0.1);
        }
        assertThatThrownBy(() -> train(
                        "further",
                        "flamingo",
                        2,
                        between() + ", \"frozen\": false, \"from\": \"" + path("thawed/model") + "\"",
                        false))
                .hasMessageContaining(
                        "expected no from beside a frozen of false, whose language model would not go on");
    }
}
