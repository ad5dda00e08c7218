package org.zeuxis.train.recipe.latentdiffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.hub.Models;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;
import org.zeuxis.train.recipe.TrialRecipe;

/** From a folder of diffusers to one that draws in four steps. */
class LatentConsistencyRecipeTest {
    private final List<Double> losses = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void drawings() throws IOException {
        TrialRecipe.squares(folder.resolve("data"));
    }

    private void run(String name, String from, String more) throws IOException {
        TrialRecipe.run(folder, name, """
                {"about": {"command": "a test"}, "recipe": "latent-consistency", "run": "%s", "from": "%s",
                 "pictures": 8%s, "data": {"dataset": "%s", "size": 32},
                 "training": {"steps": 3, "batch": 2, "learning_rate": 1e-3, "warm_up": 1, "checkpoint_every": 3}}
                """.formatted(path(name), from, more, path("data")), false, losses);
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace("\\", "/");
    }

    private static String teacher() {
        return Golden.path("tiny-stable-diffusion").toString().replace("\\", "/");
    }

    @Test
    void aStudentBeginsAsItsTeacherAndLearnsToHearItsGuidance() throws IOException {
        run("distilled", teacher(), ", \"guidance\": [2, 4], \"timesteps\": 20, \"samples\": [\"drawing a\"]");
        assertThat(losses).hasSize(3).allSatisfy(loss -> assertThat(loss).isPositive());
        Path first = folder.resolve("distilled/state-000000000.safetensors");
        Path own = Path.of(teacher(), "unet", "diffusion_pytorch_model.safetensors");
        assertThat(tensor(first, "weights/conv_in.weight")).isEqualTo(tensor(own, "conv_in.weight"));
        assertThat(tensor(first, "weights/time_embedding.cond_proj.weight")).containsOnly(0);

        String model = path("distilled/model");
        try (LatentDiffusion drawn = Models.standard().open(model, LatentDiffusion.class, DType.FLOAT32)) {
            assertThat(drawn.unet().config().hearsGuidance()).isTrue();
            assertThat(drawn.scheduler().write().text()).contains("LCMScheduler", "\"original_inference_steps\": 20");
            assertThat(drawn.generate(ImageRequest.of("drawing a"))
                            .get(0)
                            .text()
                            .entries()
                            .get("parameters"))
                    .contains("Steps: 4");
        }
        Path unet = folder.resolve("distilled/model/unet/diffusion_pytorch_model.safetensors");
        assertThat(tensor(unet, "time_embedding.cond_proj.weight"))
                .isNotEqualTo(tensor(first, "weights/time_embedding.cond_proj.weight"));

        assertThatThrownBy(() -> run("again", model, ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("got one that was distilled to few steps, which is not trained here");
    }

    private static float[] tensor(Path file, String key) throws IOException {
        try (Safetensors weights = Safetensors.open(file)) {
            return weights.tensor(key).toFloats();
        }
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        for (String[] wrong : new String[][] {
            {
                ", \"guidance\": [3]",
                "expected guidance of two numbers, the least and the most, such as [3, 9], got [3.0]"
            },
            {", \"guidance\": [0.5, 3]", "expected guidance from at least 1 up, such as [3, 9], got [0.5, 3.0]"},
            {", \"guidance\": [4, 3]", "expected guidance from at least 1 up, such as [3, 9], got [4.0, 3.0]"},
            {", \"jiont\": true", "got jiont = true"},
            {", \"timesteps\": 1", "expected 2 to 1000 timesteps to distil at, got 1"},
        }) {
            assertThatThrownBy(() -> run("wrong", teacher(), wrong[0])).hasMessageContaining(wrong[1]);
        }
    }
}
