package org.zeuxis.train.recipe.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.prior.AutoregressivePrior;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Observer;
import org.zeuxis.train.recipe.RecipeFile;
import org.zeuxis.train.recipe.TrainingRun;

/** Both priors from their recipes' files over a tiny CLIP that a recipe trained. */
final class PriorRecipeTest {
    private static final Observer NOBODY = new Observer() {};
    private static final String MODEL =
            "\"model\": {\"num_attention_heads\": 2, \"attention_head_dim\": 8, \"num_layers\": 1}";

    @TempDir
    private Path folder;

    @BeforeEach
    void clip() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        List<Color> colors = List.of(Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW);
        for (int i = 0; i < colors.size(); i++) {
            BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
            for (int y = 4; y < 12; y++)
                for (int x = 4; x < 12; x++) picture.setRGB(x, y, colors.get(i).getRGB());
            ImageIO.write(picture, "png", data.resolve(i + ".png").toFile());
            Files.writeString(data.resolve(i + ".txt"), "drawing " + "abcd".charAt(i));
        }
        train(
                "clip",
                "clip",
                4,
                "\"model\": {\"projection_dim\": 20, \"text_config\": {\"vocab_size\": 540, \"max_position_embeddings\": 16,"
                        + " \"hidden_size\": 16, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"intermediate_size\":"
                        + " 32}, \"vision_config\": {\"image_size\": 16, \"patch_size\": 8, \"hidden_size\": 16,"
                        + " \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"intermediate_size\": 32}}",
                false);
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace('\\', '/');
    }

    private TrainingRun train(String name, String kind, int steps, String rest, boolean resume) throws IOException {
        String json = "{\"recipe\": \"" + kind + "\", \"run\": \"" + path(name) + "\", \"data\": {\"dataset\": \""
                + path("data") + "\", \"size\": 16}, \"training\": {\"steps\": " + steps
                + ", \"batch\": 4, \"learning_rate\": 1e-3, \"warm_up\": 2, \"end\": 1, \"ema\": 0.5,"
                + " \"checkpoint_every\": 2}, " + rest + "}";
        Path file = Files.writeString(folder.resolve(name + ".json"), json);
        TrainingRun run = new TrainingRun(RecipeFile.read(file), folder.resolve(name));
        run.run(resume, NOBODY, encoded -> {});
        return run;
    }

    private String over(String more) {
        return "\"clip\": \"" + path("clip/model") + "\", \"pictures\": 40, " + MODEL + more;
    }

    private Tensor imagined(Prior prior) throws IOException {
        try (Gradients off = Gradients.off()) {
            ClipFolder clip = ClipFolder.load(folder.resolve("clip/model"), DType.FLOAT32);
            EncodedText text =
                    new CaptionEncoder(clip.tokenizer(), clip.clip().texts()).encode(List.of("drawing a", ""));
            return prior.withGuidance(2).imageEmbeddings(text.rows(0, 1), text.rows(1, 2), Seed.of(1), Progress.NONE);
        }
    }

    @Test
    void theDiffusionPriorLearnsAndOpensAgain() throws IOException {
        TrainingRun run = train("prior", "diffusion-prior", 4, over(""), false);
        Prior prior = Prior.load(ModelFolder.open(run.model()));
        assertThat(prior).isInstanceOf(DiffusionPrior.class);
        assertThat(imagined(prior).shape()).containsExactly(1, 20);
        Tensor mean = ((DiffusionPrior) prior).network().parameters().get("clip_mean");
        assertThat(mean).isNotNull();
        assertThat(mean.abs().max()).as("of the embeddings").isPositive();
    }

    @Test
    void theAutoregressivePriorLearnsAndOpensAgain() throws IOException {
        String codes = ", \"buckets\": 32, \"dot_buckets\": 4, \"lost\": 0.05";
        TrainingRun run = train("prior", "autoregressive-prior", 4, over(codes), false);
        Prior prior = Prior.load(ModelFolder.open(run.model()));
        assertThat(prior).isInstanceOf(AutoregressivePrior.class);
        assertThat(imagined(prior).shape()).containsExactly(1, 20);
        assertThat(((AutoregressivePrior) prior).codes().buckets().count()).isEqualTo(32);
    }

    @Test
    void resumedTheyGoOnToTheBit() throws IOException {
        for (String kind : List.of("diffusion-prior", "autoregressive-prior")) {
            TrainingRun whole = train(kind + "-whole", kind, 4, over(""), false);
            train(kind + "-halved", kind, 2, over(""), false);
            TrainingRun halved = train(kind + "-halved", kind, 4, over(""), true);
            Tensor expected = imagined(Prior.load(ModelFolder.open(whole.model())));
            assertThat(imagined(Prior.load(ModelFolder.open(halved.model()))).maxDifference(expected))
                    .as(kind)
                    .isZero();
        }
    }

    /** A run that goes on over another CLIP would learn of embeddings that this one never gives. */
    @Test
    void embeddingsOfAnotherClipAreRefused() throws IOException {
        train("prior", "diffusion-prior", 2, over(""), false);
        for (int[] other : new int[][] {{20, 2}, {12, 1}}) {
            String tower = "\"hidden_size\": 16, \"num_hidden_layers\": " + other[1]
                    + ", \"num_attention_heads\": 2, \"intermediate_size\": 32}";
            String model = "\"model\": {\"projection_dim\": " + other[0]
                    + ", \"text_config\": {\"vocab_size\": 540, \"max_position_embeddings\": 16, " + tower
                    + ", \"vision_config\": {\"image_size\": 16, \"patch_size\": 8, " + tower + "}";
            train("clip" + other[0], "clip", 2, model, false);
            // trained anew at the same place
            Files.move(folder.resolve("clip/model"), folder.resolve("clip/before" + other[0]));
            FolderCopy.of(folder.resolve("clip" + other[0] + "/model"), folder.resolve("clip/model"));
            assertThatThrownBy(() -> train("prior", "diffusion-prior", 2, over(""), true))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(folder.resolve("prior/embeddings")
                            + (other[0] == 20
                                    ? ": expected embeddings of this CLIP, got those of another, with a cosine of "
                                    : ": expected embeddings 12 wide, as this CLIP's, got 20; name the CLIP that made"
                                            + " them, or remove the folder to embed anew"));
        }
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        assertThatThrownBy(() -> train("one", "diffusion-prior", 4, over("").replace("40", "1"), false))
                .hasMessageContaining("expected at least 2 of pictures, got 1");
        assertThatThrownBy(() -> train("zero", "diffusion-prior", 4, over(", \"guidance\": -1"), false))
                .hasMessageContaining("expected a guidance of at least 0, such as 2, got -1");
        assertThatThrownBy(() -> train("two", "diffusion-prior", 4, over(", \"dropped\": 1.5"), false))
                .hasMessageContaining("expected a share of dropped captions of 0 up to 1, got 1.5");
        assertThatThrownBy(() -> train("three", "diffusion-prior", 4, over(", \"buckets\": 8"), false))
                .hasMessageContaining("buckets = 8");
        assertThatThrownBy(() -> train("four", "autoregressive-prior", 4, over(", \"dot_buckets\": 3"), false))
                .hasMessageContaining("expected an even number of buckets of the dot product, got 3");
        assertThatThrownBy(() -> new EmbeddedPairs(Tensor.ones(2, 3), Tensor.ones(2, 3), List.of("a")))
                .hasMessage("expected a caption for each of 2 pictures, got 1");
    }
}
