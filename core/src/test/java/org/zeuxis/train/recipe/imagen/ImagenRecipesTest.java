package org.zeuxis.train.recipe.imagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.config.Config;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.TinyClip;
import org.zeuxis.models.clip.text.ClipTextFolder;
import org.zeuxis.models.imagen.Imagen;
import org.zeuxis.models.imagen.Stage;
import org.zeuxis.models.imagen.efficient.EfficientUNet;
import org.zeuxis.models.minilm.MiniLmFolder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.TrainingRun;
import org.zeuxis.train.recipe.TrialRecipe;

/** A base and a stage of super-resolution from their recipes' files, over a tiny sentence encoder. */
final class ImagenRecipesTest {
    private static final String SHARED = """
             "block_out_channels": [8, 16], "down_block_types": ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"],
             "up_block_types": ["SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"],
             "mid_block_type": "UNetMidBlock2DSimpleCrossAttn", "attention_head_dim": 8, "cross_attention_dim": 32,
             "cross_attention_norm": "group_norm", "encoder_hid_dim": 16, "encoder_hid_dim_type": "text_proj",
             "addition_embed_type": "text", "addition_embed_type_num_heads": 4, "layers_per_block": 1,
             "norm_num_groups": 4, "resnet_time_scale_shift": "scale_shift"}""";
    private static final String BASE =
            "\"model\": {\"_class_name\": \"UNet2DConditionModel\", \"sample_size\": 16, \"in_channels\": 3,"
                    + " \"out_channels\": 3,\n" + SHARED;
    private static final String UPSAMPLER =
            "\"model\": {\"_class_name\": \"UNet2DConditionModel\", \"sample_size\": 32, \"in_channels\": 6,"
                    + " \"out_channels\": 3, \"class_embed_type\": \"timestep\", \"only_cross_attention\": true,\n"
                    + SHARED;

    @TempDir
    private Path folder;

    private final List<Double> losses = new ArrayList<>();

    @BeforeEach
    void data() throws IOException {
        TrialRecipe.squares(folder.resolve("data"));
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace('\\', '/');
    }

    private static String text(String rest) {
        return "\"text\": \"" + Golden.path("tiny-minilm").toString().replace('\\', '/') + "\", \"context\": 12, "
                + rest;
    }

    private TrainingRun train(String name, String kind, int steps, String rest, boolean resume) throws IOException {
        int size = kind.endsWith("base") ? 16 : 32;
        String json = "{\"recipe\": \"" + kind + "\", \"run\": \"" + path(name) + "\", \"data\": {\"dataset\": \""
                + path("data") + "\", \"size\": " + size + ", \"colored\": 0}, \"training\": {\"steps\": " + steps
                + ", \"batch\": 8, \"learning_rate\": 3e-3, \"warm_up\": 2, \"end\": 1, \"ema\": 0.5,"
                + " \"checkpoint_every\": 2}, " + rest + "}";
        return TrialRecipe.run(folder, name, json, resume, losses);
    }

    @Test
    void aCascadeLearnsAndDraws() throws IOException {
        TrainingRun base = train("base", "imagen-base", 60, text(BASE), false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        TrainingRun upsampler = train("upsampler", "imagen-upsampler", 60, text(UPSAMPLER), false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        FolderCopy.of(upsampler.model(), base.model().resolve("upsampler_32"));
        String further = "\"crop\": 32, \"from\": \"" + path("upsampler") + "/model/unet\", " + text(UPSAMPLER);
        double ofCrops = TrialRecipe.mean(losses.subList(50, 60));
        train("whole", "imagen-upsampler", 4, further, false);
        assertThat(TrialRecipe.mean(losses)).as("of whole pictures").isLessThan(1.5 * ofCrops);
        try (Imagen model = Models.standard().open(base.model().toString(), Imagen.class, DType.FLOAT32)) {
            assertThat(model.text()).isInstanceOf(MiniLmFolder.class);
            assertThat(model.text().tokenizer().contextLength()).isEqualTo(12);
            assertThat(model.base().own().sampler()).isEqualTo("dpm++2m");
            GeneratedImage drawn =
                    model.generate(ImageRequest.of("drawing a").withSteps(3)).get(0);
            assertThat(drawn.image().width()).isEqualTo(32);
            assertThat(model.generate(drawn.request()).get(0).image().samples())
                    .isEqualTo(drawn.image().samples());
            Image other = model.generate(ImageRequest.of("drawing b")
                            .withSteps(3)
                            .withSeed(drawn.request().seed()))
                    .get(0)
                    .image();
            assertThat(other.samples()).isNotEqualTo(drawn.image().samples());
        }
    }

    /** The encoder that the paper holds beside T5, section 4.4 and Figure A.5. */
    @Test
    void aClipMayReadTheCaptions() throws IOException {
        Tensor expected;
        try (ClipFolder clip = TinyClip.make();
                Gradients off = Gradients.off()) {
            clip.save(folder.resolve("clip"));
            long[] ids =
                    clip.tokenizer().withContextLength(12).encode("drawing a").ids();
            expected = clip.clip().text().forward(Tensor.of(ids, 1, 12));
        }
        String text = "\"text\": \"" + path("clip") + "\", \"context\": 12, ";
        TrainingRun run = train("base", "imagen-base", 60, text + BASE, false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        try (Imagen model = Models.standard().open(run.model().toString(), Imagen.class, DType.FLOAT32);
                Gradients off = Gradients.off()) {
            assertThat(model.text()).isInstanceOf(ClipTextFolder.class);
            assertThat(model.text().encode(List.of("drawing a")).states().maxDifference(expected))
                    .isZero();
            ImageRequest request = ImageRequest.of("drawing a").withSteps(3);
            Image drawn = model.generate(request).get(0).image();
            Image other = model.generate(request.withPrompt("drawing b")).get(0).image();
            assertThat(other.samples()).isNotEqualTo(drawn.samples());
        }
        String wider = BASE.replace("\"encoder_hid_dim\": 16", "\"encoder_hid_dim\": 20");
        assertThatThrownBy(() -> train("wider", "imagen-base", 2, text + wider, false))
                .hasMessage(
                        "expected encoder_hid_dim of 16, the width of the text encoder " + path("clip") + ", got 20");
        assertThatThrownBy(() -> train(
                        "longer", "imagen-base", 2, text.replace("\"context\": 12", "\"context\": 17") + BASE, false))
                .hasMessage("expected a context of at most 16 tokens, as many as this CLIP reads, got 17");
        String imagen = text.replace(path("clip"), run.model().toString().replace('\\', '/'));
        assertThatThrownBy(() -> train("imagen", "imagen-base", 2, imagen + BASE, false))
                .hasMessageContaining("or a sentence encoder of sentence-transformers in the shape of BERT, got")
                .hasMessageContaining("expected the text tower of a CLIP");
    }

    /** The paper's own network, from its recipe to a folder that opens. */
    @Test
    void aStageMayBeAnEfficientUNet() throws IOException {
        String model = """
                "model": {"_class_name": "EfficientUNet", "sample_size": 32, "in_channels": 6, "out_channels": 3,
                 "block_out_channels": [32, 32], "layers_per_block": [1, 2], "attention": ["not", "to_text"],
                 "num_attention_heads": 4, "norm_num_groups": 4, "time_embedding_dim": 32, "encoder_hid_dim": 16,
                 "class_embed_type": "timestep"}""";
        TrainingRun upsampler = train("efficient", "imagen-upsampler", 60, text(model), false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        assertThat(upsampler.model().resolve("model_index.json"))
                .content()
                .contains("[ \"zeuxis\", \"EfficientUNet\" ]");
        Path cascade = train("base", "imagen-base", 2, text(BASE), false).model();
        FolderCopy.of(upsampler.model(), cascade.resolve("upsampler_32"));
        try (Imagen opened = Models.standard().open(cascade.toString(), Imagen.class, DType.FLOAT32)) {
            Stage stage = opened.superResolutions().get(0);
            assertThat(stage.network()).isInstanceOf(EfficientUNet.class);
            stage.save(folder.resolve("again"));
            assertThat(folder.resolve("again/unet/config.json"))
                    .hasSameTextualContentAs(upsampler.model().resolve("unet/config.json"));
            ImageRequest request = ImageRequest.of("drawing a").withSteps(2);
            GeneratedImage drawn = opened.generate(request).get(0);
            assertThat(drawn.image().width()).isEqualTo(32);
            assertThat(opened.generate(drawn.request()).get(0).image().samples())
                    .isEqualTo(drawn.image().samples());
        }
        String odd = model.replace("[\"not\", ", "[\"sideways\", ");
        assertThatThrownBy(() -> train("odd", "imagen-upsampler", 2, text(odd), false))
                .hasMessageContaining("expected attention of not, to_text or to_all, got sideways");
        String shorter = model.replace("[1, 2]", "[1]");
        assertThatThrownBy(() -> train("shorter", "imagen-upsampler", 2, text(shorter), false))
                .hasMessageContaining("expected for each of block_out_channels its layers_per_block and attention, got"
                        + " 2, 1 and 2 of them");
    }

    /** A network that learned the velocity is saved, and so sampled, as one; diffusers knows static thresholding as one that never divides. */
    @Test
    void aStageMayLearnTheVelocityAndThresholdStatically() throws IOException {
        String own = "\"prediction_type\": \"v_prediction\", \"thresholding\": \"static\", ";
        TrainingRun run = train("base", "imagen-base", 60, own + text(BASE), false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        assertThat(run.model().resolve("scheduler/scheduler_config.json"))
                .content()
                .contains("\"v_prediction\"", "\"sample_max_value\": 1.0", "\"thresholding\": true");
    }

    /** As the paper does; a sampler then asks it at times between timesteps. */
    @Test
    void aCascadeMayLearnAtContinuousTimes() throws IOException {
        String times = "\"times\": \"continuous\", ";
        TrainingRun base = train("base", "imagen-base", 60, times + text(BASE), false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        TrainingRun upsampler = train("upsampler", "imagen-upsampler", 60, times + text(UPSAMPLER), false);
        assertThat(TrialRecipe.mean(losses.subList(50, 60))).isLessThan(0.8 * TrialRecipe.mean(losses.subList(0, 10)));
        FolderCopy.of(upsampler.model(), base.model().resolve("upsampler_32"));
        try (Imagen model = Imagen.load(base.model(), DType.FLOAT32)) {
            ImageRequest request = ImageRequest.of("drawing a").withSteps(3).withSampler("euler-karras");
            assertThat(model.generate(request).get(0).image().width()).isEqualTo(32);
        }
    }

    @Test
    void whatIsTrainedInHalvesIsTheSameToTheBit() throws IOException {
        for (String kind : List.of("imagen-base", "imagen-upsampler")) {
            String rest = text(kind.endsWith("base") ? BASE : UPSAMPLER);
            TrainingRun whole = train(kind + "-whole", kind, 4, rest, false);
            train(kind + "-halved", kind, 2, rest, false);
            TrainingRun halved = train(kind + "-halved", kind, 4, rest, true);
            String weights = "unet/diffusion_pytorch_model.safetensors";
            assertThat(halved.model().resolve(weights))
                    .as(kind)
                    .hasSameBinaryContentAs(whole.model().resolve(weights));
        }
    }

    /** Weights of the same name and shape come along, whatever else the other network had. */
    @Test
    void aStageBeginsWithWhatAnotherNetworkLearned() throws IOException {
        Path unet = train("base", "imagen-base", 60, text(BASE), false).model().resolve("unet");
        double learned = TrialRecipe.mean(losses.subList(50, 60));
        String from = "\"from\": \"" + unet.toString().replace('\\', '/') + "\", ";
        String narrower = BASE.replace("\"cross_attention_dim\": 32", "\"cross_attention_dim\": 64");
        train("further", "imagen-base", 10, from + text(narrower), false);
        assertThat(TrialRecipe.mean(losses)).isLessThan(1.2 * learned);
        assertThatThrownBy(
                        () -> train("other", "imagen-base", 2, from + text(BASE.replace("[8, 16]", "[12, 24]")), false))
                .hasMessageContaining("expected most weights to have the names and shapes of model's, got ");
        assertThatThrownBy(() -> train("none", "imagen-base", 2, from.replace("unet", "unot") + text(BASE), false))
                .hasMessageContaining("unot");
    }

    @Test
    void theEncoderStaysAsItIs() throws IOException {
        TrainingRun run = train("base", "imagen-base", 2, text(BASE), false);
        try (MiniLmFolder before = MiniLmFolder.load(Golden.path("tiny-minilm"), DType.FLOAT32);
                MiniLmFolder after = MiniLmFolder.load(
                        run.model().resolve("text_encoder"), run.model().resolve("tokenizer"), DType.FLOAT32);
                Gradients off = Gradients.off()) {
            Tensor expected =
                    before.withContextLength(12).encode(List.of("drawing a")).states();
            assertThat(after.encode(List.of("drawing a")).states().maxDifference(expected))
                    .isZero();
        }
    }

    @Test
    void aTenthOfCaptionsIsLeftOut() throws IOException {
        try (MiniLmFolder encoder = MiniLmFolder.load(Golden.path("tiny-minilm"), DType.FLOAT32);
                Scope scope = new Scope()) {
            List<String> captions = Collections.nCopies(600, "a b c");
            Tensor none = encoder.encode(List.of("")).states();
            Tensor drawn = new Captioning(encoder, 0.1).read(captions, Seed.of(3));
            int left = 0;
            for (int i = 0; i < 600; i++) {
                if (drawn.slice(0, i, i + 1).maxDifference(none) < 1e-5) left++;
            }
            assertThat(left).isBetween(40, 80);
            assertThat(new Captioning(encoder, 0)
                            .read(captions.subList(0, 9), Seed.of(3))
                            .maxDifference(
                                    encoder.encode(captions.subList(0, 9)).states()))
                    .isZero();
        }
    }

    /** Section 2.4: the level is drawn, and the network is told. */
    @Test
    void theSmallPictureIsNoisedAtTheLevelThatIsTold() throws IOException {
        TrainingRun run = train("upsampler", "imagen-upsampler", 2, text(UPSAMPLER), false);
        Path cascade = train("base", "imagen-base", 2, text(BASE), false).model();
        FolderCopy.of(run.model(), cascade.resolve("upsampler_32"));
        try (Imagen model = Imagen.load(cascade, DType.FLOAT32);
                Scope scope = new Scope()) {
            Stage stage = model.superResolutions().get(0);
            Tensor large = stage.enlarged(Tensor.full(0.5, 3, 3, 8, 8));
            assertThat(large.shape()).containsExactly(3, 3, 32, 32);
            Tensor noised = stage.noised(large, Tensor.of(new long[] {0, 250, 999}, 3), Seed.of(1));
            double[] deviation = new double[3];
            for (int i = 0; i < 3; i++) {
                deviation[i] =
                        Math.sqrt(noised.select(0, i).minus(0.5).square().mean().item());
            }
            assertThat(deviation[0]).isLessThan(0.02);
            assertThat(deviation[1]).isBetween(0.3, 0.5);
            assertThat(deviation[2]).isBetween(1.0, 1.3);
            assertThatThrownBy(() -> model.base().noised(large, Tensor.of(new long[] {0, 0, 0}, 3), Seed.of(1)))
                    .hasMessage("expected a stage of super-resolution to enlarge, got the base");
        }
        TrainingRun plain = train("plain", "imagen-upsampler", 2, text("\"noise_levels\": 1, " + UPSAMPLER), false);
        assertThat(Files.mismatch(
                        plain.model().resolve("unet/diffusion_pytorch_model.safetensors"),
                        run.model().resolve("unet/diffusion_pytorch_model.safetensors")))
                .isNotNegative();
        assertThat(Config.read(plain.model().resolve("model_index.json")).integer("_noise_level"))
                .isZero();
        assertThat(Config.read(run.model().resolve("model_index.json")).integer("_noise_level"))
                .isEqualTo(250);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "imagen-base | \"text_dropped\": 2, | | | expected text_dropped of 0 to 1, got 2.0",
                "imagen-base | | \"out_channels\": 3 | \"out_channels\": 6 | expected in_channels of 3 and out_channels of 3, as only the noise is predicted, got 3 and 6",
                "imagen-base | | \"out_channels\": 3 | \"out_channels\": 3, \"class_embed_type\": \"timestep\" | expected class_embed_type of timestep in super-resolution and in no other stage, got one",
                "imagen-base | | \"sample_size\": 16 | \"sample_size\": 8 | expected sample_size to be 16, got 8",
                "imagen-base | | \"encoder_hid_dim\": 16 | \"encoder_hid_dim\": 20 | expected encoder_hid_dim of 16, the width of the text encoder",
                "imagen-base | \"context\": 1, | \"context\": 12, |  | expected a context length of at least 2, got 1",
                "imagen-base | \"noise_levels\": 9, | | | noise_levels",
                "imagen-base | \"prediction_type\": \"sample\", | | | expected a prediction_type of epsilon or v_prediction, got sample",
                "imagen-base | \"times\": \"some\", | | | expected times of whole or continuous, got some",
                "imagen-upsampler | \"noise_levels\": 1001, | | | expected noise_levels of 1 to 1000, got 1001",
                "imagen-upsampler | \"crop\": 33, | | | expected a crop of 2 to 32 pixels in multiples of 2, got 33",
                "imagen-upsampler | | \"in_channels\": 6 | \"in_channels\": 3 | expected in_channels of 6, the noised picture and the small one, and out_channels of 3",
                "imagen-upsampler | | [8, 16] | [8, 16, 16, 16] | of them"
            })
    void whatARecipeCannotDoIsRefusedByName(String kind, String keys, String from, String to, String message) {
        String rest = (keys == null ? "" : keys) + text(kind.endsWith("base") ? BASE : UPSAMPLER);
        String changed = from == null ? rest : rest.replace(from, to == null ? "" : to);
        assertThatThrownBy(() -> train("refused", kind, 2, changed, false)).hasMessageContaining(message);
    }

    @Test
    void sizesThatCannotBeHalvedAreRefused() {
        String deep = UPSAMPLER
                .replace("[8, 16]", "[8, 16, 16, 16, 16]")
                .replace(
                        "[\"ResnetDownsampleBlock2D\"",
                        "[\"ResnetDownsampleBlock2D\", \"ResnetDownsampleBlock2D\","
                                + " \"ResnetDownsampleBlock2D\", \"ResnetDownsampleBlock2D\"")
                .replace(
                        "\"ResnetUpsampleBlock2D\"]",
                        "\"ResnetUpsampleBlock2D\", \"ResnetUpsampleBlock2D\","
                                + " \"ResnetUpsampleBlock2D\", \"ResnetUpsampleBlock2D\"]");
        assertThatThrownBy(() -> train("refused", "imagen-upsampler", 2, text(deep), false))
                .hasMessageContaining(
                        "expected a size in multiples of 64 pixels, whose crops the network can halve, got 32");
    }
}
