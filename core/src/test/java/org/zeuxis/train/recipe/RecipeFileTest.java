package org.zeuxis.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.models.clip.ModifiedResNet;
import org.zeuxis.models.clip.NfNetTower;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.nfnet.NfNet;
import org.zeuxis.tensor.DType;
import org.zeuxis.train.Observer;
import org.zeuxis.train.Recomputed;
import org.zeuxis.train.optimizer.Adafactor;

/** Recipes from their files to models: the shipped ones are valid, tiny ones are run, wrong ones are refused by name. */
final class RecipeFileTest {
    private static final String TRAINING =
            "\"training\": {\"steps\": 4, \"batch\": 4, \"learning_rate\": 1e-3, \"warm_up\": 2, \"checkpoint_every\":"
                    + " 2}";
    private static final Observer NOBODY = new Observer() {};

    @TempDir
    Path folder;

    @BeforeEach
    void drawings() throws IOException {
        TrialRecipe.squares(folder.resolve("data"));
    }

    private Path write(String name, String kind, String rest) throws IOException {
        String json = "{\"about\": {\"command\": \"a test\"}, \"recipe\": \"" + kind + "\", \"run\": \""
                + path(name) + "\", \"data\": {\"dataset\": \"" + path("data") + "\", \"size\": 16}, "
                + TRAINING + ", " + rest + "}";
        return Files.writeString(folder.resolve(name + ".json"), json);
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace("\\", "/");
    }

    private TrainingRun start(Path config, boolean resume) throws IOException {
        RecipeFile file = RecipeFile.read(config);
        TrainingRun run = new TrainingRun(file, file.run());
        run.run(resume, NOBODY, count -> {});
        return run;
    }

    private Path autoencoder() throws IOException {
        return write(
                "autoencoder",
                "autoencoder",
                "\"model\": {\"latent_channels\": 2, \"block_out_channels\": [4, 8], \"norm_num_groups\": 2}");
    }

    private Path clip(String name, String more) throws IOException {
        return write(
                name,
                "clip",
                "\"model\": {\"projection_dim\": 8, \"text_config\": {\"vocab_size\": 600,"
                        + " \"max_position_embeddings\": 8, \"hidden_size\": 16, \"num_hidden_layers\": 1,"
                        + " \"num_attention_heads\": 2, \"intermediate_size\": 16}, \"vision_config\": {\"image_size\":"
                        + " 16, \"patch_size\": 8, \"hidden_size\": 16, \"num_hidden_layers\": 1, \"num_attention_heads\":"
                        + " 2, \"intermediate_size\": 16}}" + more);
    }

    private Path diffusion(String name, String autoencoder, String more) throws IOException {
        return write(
                name,
                "latent-diffusion",
                "\"autoencoder\": \"" + autoencoder
                        + "\", \"clip\": \"" + path("clip/model") + "\", \"pictures\": 8, \"model\": {\"in_channels\":"
                        + " 2, \"out_channels\": 2, \"block_out_channels\":"
                        + " [4, 8], \"down_block_types\": [\"DownBlock2D\","
                        + " \"CrossAttnDownBlock2D\"],"
                        + " \"attention_head_dim\": [1, 2],"
                        + " \"layers_per_block\": 1,"
                        + " \"cross_attention_dim\": 16,"
                        + " \"norm_num_groups\": 2,"
                        + " \"use_linear_projection\": true}" + more);
    }

    @Test
    void aTrainedModelIsTrainedFurther() throws IOException {
        start(autoencoder(), false);
        start(clip("clip", ""), false);
        start(diffusion("diffusion", path("autoencoder/model"), ""), false);
        String from = ", \"from\": \"";
        start(write("clip-2", "clip", from.substring(2) + path("clip/model") + "\""), false);
        Path again = diffusion("diffusion-2", path("diffusion/model/vae"), from + path("diffusion/model/unet") + "\"");
        start(again, false);
        assertSameBeginning("clip/model/model.safetensors", "clip-2/state-000000000.safetensors");
        assertSameBeginning(
                "diffusion/model/unet/diffusion_pytorch_model.safetensors", "diffusion-2/state-000000000.safetensors");
        assertThat(folder.resolve("diffusion-2/model/vae/config.json"))
                .as("the latents keep their scale")
                .hasSameTextualContentAs(folder.resolve("diffusion/model/vae/config.json"));
    }

    @Test
    void aClassifierLearnsItsLabelsAndOpensAgain() throws IOException {
        classifierLearns(
                16,
                "\"model\": {\"image_size\": 16, \"patch_size\": 8, \"hidden_size\": 16, \"num_hidden_layers\": 1,"
                        + " \"num_attention_heads\": 2, \"intermediate_size\": 32}");
    }

    @Test
    void aResNetThatClassifiesLearnsItsLabelsAndOpensAgain() throws IOException {
        classifierLearns(
                32, "\"model\": {\"image_size\": 32, \"layers\": [1, 1, 1, 1], \"width\": 4, \"head_width\": 32}");
    }

    @Test
    void aMisspeltKeyIsNamed() throws IOException {
        Path wrong = write("wrong", "classifier", "\"modell\": {}");
        assertThatThrownBy(() -> RecipeFile.read(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("modell");
    }

    @Test
    void aKeyOfTheModelThatNothingReadsIsRefused() throws IOException {
        for (String[] wrong : new String[][] {
            {"autoencoder", "\"norm_groups\": 2", "norm_num_groups); correct them, or leave such keys out"},
            {"autoencoder", "\"sample_size\": 32", "to be 16, got 32, which is not supported; leave such keys out"},
            {"autoencoder", "\"dropout\": 0.1", "expected dropout to be 0, got 0.1"},
            {"clip", "\"projection_dims\": 8", "projection_dims = 8 (nearest key: projection_dim)"},
            {"clip", "\"text_config\": {\"num_heads\": 2}", "text_config: expected only known keys, got num_heads = 2"},
            {"clip", "\"text_config\": {\"eos_token_id\": 2}", "expected eos_token_id to be null, got 2"},
            {"clip", "\"vision_config\": {\"attention_dropout\": 0.1}", "expected attention_dropout to be 0, got 0.1"},
            {"clip", "\"vision_config\": {\"hidden_size\": 0}", "a whole number from 1 to 65536, got the number 0"},
            {"classifier", "\"layers\": [1, 1], \"width\": 4", "expected layers of 4 stages, got 2"},
        }) {
            String others = (wrong[1].contains("text_config") ? "" : ", \"text_config\": {}")
                    + (wrong[1].contains("vision_config") ? "" : ", \"vision_config\": {}");
            Path config =
                    write("wrong", wrong[0], "\"model\": {" + wrong[1] + (wrong[0].equals("clip") ? others : "") + "}");
            assertThatThrownBy(() -> start(config, false))
                    .as(wrong[1])
                    .hasMessageContaining("wrong.json model")
                    .hasMessageContaining(wrong[2])
                    .hasMessageNotContaining("checkpoint");
        }
    }

    @Test
    void gradientsMayBeClippedUnitByUnit() throws IOException {
        String model =
                "\"model\": {\"image_size\": 16, \"patch_size\": 8, \"hidden_size\": 16, \"num_hidden_layers\": 1,"
                        + " \"num_attention_heads\": 2, \"intermediate_size\": 32}";
        String keys = "\"adaptive_clip\": 0.01, \"adaptive_clip_without\": [";
        for (String[] each : new String[][] {
            {keys + "\"last.\"]", "expected parameters that begin with last., got none among "},
            {"\"adaptive_clip\": 0.01, \"clip\": 2", "expected clip or adaptive_clip, got both; leave out one of them"},
            {"\"adaptive_clip\": -1", "adaptive_clip"},
            {
                "\"adaptive_clip_epsilon\": 1e-3",
                "expected adaptive_clip_epsilon with adaptive_clip alone, got it without"
            },
            {"\"clip\": 0", "expected clip to be a number above 0, got the number 0"},
            {keys + "\"visual_projection.\"]", ""},
        }) {
            Path config = write("clipped-" + each[1].length(), "classifier", model);
            String text = Files.readString(config);
            Files.writeString(config, text.replace("\"steps\": 4", "\"steps\": 2, " + each[0]));
            if (each[1].isEmpty()) {
                assertThat(ImageClassifier.isOne(start(config, false).model())).isTrue();
            } else {
                assertThatThrownBy(() -> start(config, false)).as(each[0]).hasMessageContaining(each[1]);
            }
        }
    }

    @Test
    void aClassifierNeedsTwoLabels() throws IOException {
        Path one = write("one", "classifier", "\"model\": {\"image_size\": 16, \"patch_size\": 8}");
        for (int i = 1; i < 4; i++) Files.delete(folder.resolve("data").resolve(i + ".png"));
        assertThatThrownBy(() -> start(one, false)).hasMessageContaining("at least 2 labels, got only of [drawing a]");
    }

    private void classifierLearns(int size, String model) throws IOException {
        Path config = write("classifier", "classifier", model);
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"steps\": 4", "\"steps\": 200, \"ema\": 0.5")
                        .replace("\"size\": 16", "\"size\": " + size)
                        .replace("1e-3", "5e-3")
                        .replace("\"checkpoint_every\": 2", "\"checkpoint_every\": 200"));
        TrainingRun run = start(config, false);
        assertThat(ImageClassifier.isOne(run.model())).isTrue();
        ImageClassifier classifier = ImageClassifier.load(run.model(), DType.FLOAT32);
        assertThat(classifier.labels()).containsExactly("drawing a", "drawing b", "drawing c", "drawing d");
        for (int i = 0; i < 4; i++) {
            Image image = ImageFile.read(folder.resolve("data").resolve(i + ".png"));
            assertThat(classifier.logits(List.of(image)).argmax(1).toLongs()).containsExactly(i);
        }
    }

    private Path resNetClip(String name, String more) throws IOException {
        Path config = clip(name, more);
        return Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"size\": 16", "\"size\": 32")
                        .replaceAll("\"vision_config\": \\{[^}]*}", """
                                "vision_config": {"image_size": 32, "layers": [1, 1, 1, 1], "width": 4, "head_width": 32}"""));
    }

    @Test
    void aClipThatSeesWithAResNetIsTrainedAndTrainedFurther() throws IOException {
        TrainingRun run = start(resNetClip("clip", ""), false);
        ClipFolder saved = ClipFolder.load(run.model(), DType.FLOAT32);
        assertThat(saved.clip().config().vision()).isEqualTo(new ModifiedResNet.Config(32, List.of(1, 1, 1, 1), 4, 4));
        assertThat(saved.clip().parameters().get("visual.bn1.running_var").toFloats())
                .as("gathered in training")
                .doesNotContain(1);
        Path further = write("further", "clip", "\"from\": \"" + path("clip/model") + "\"");
        Files.writeString(further, Files.readString(further).replace("\"size\": 16", "\"size\": 32"));
        start(further, false);
        try (Safetensors model = Safetensors.open(run.model().resolve("open_clip_model.safetensors"));
                Safetensors state = Safetensors.open(folder.resolve("further/state-000000000.safetensors"))) {
            for (String key : List.of("visual.layer1.0.bn3.weight", "visual.layer4.0.bn1.running_mean")) {
                assertThat(state.tensor("weights/" + key).toFloats())
                        .as(key)
                        .isEqualTo(model.tensor(key).toFloats());
            }
        }
    }

    private Path nfNetClip(String name) throws IOException {
        Path config = resNetClip(name, "");
        return Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                "\"layers\": [1, 1, 1, 1], \"width\": 4, \"head_width\": 32",
                                "\"timm_model_name\": \"dm_nfnet_f0\", \"model_args\": {\"depths\": [1, 1, 1, 1],"
                                        + " \"channels\": [16, 16, 16, 16], \"stem_chs\": 8, \"group_size\": 8,"
                                        + " \"num_features\": 16}"));
    }

    @Test
    void aClipThatSeesWithAnNfNetIsTrainedAndOpenedAgain() throws IOException {
        Path config = nfNetClip("clip");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                "\"batch\"",
                                "\"adaptive_clip\": 0.01, \"adaptive_clip_without\": [\"visual.head.proj.\"], \"batch\""));
        TrainingRun run = start(config, false);
        List<Image> pictures =
                List.of(ImageFile.read(folder.resolve("data/0.png")), ImageFile.read(folder.resolve("data/1.png")));
        try (ClipFolder saved = ClipFolder.load(run.model(), DType.FLOAT32);
                Safetensors first = Safetensors.open(folder.resolve("clip/state-000000000.safetensors"))) {
            assertThat(saved.clip().config().vision())
                    .isEqualTo(new NfNetTower.Config(
                            32, new NfNet.Config(List.of(1, 1, 1, 1), List.of(16, 16, 16, 16), 8, 8, 16, 0)));
            for (String key :
                    List.of("trunk.stages.3.0.skipinit_gain", "trunk.stem.conv1.weight", "head.proj.weight")) {
                assertThat(saved.clip().parameters().get("visual." + key).toFloats())
                        .as(key)
                        .isNotEqualTo(first.tensor("weights/visual." + key).toFloats());
            }
            Path copy = folder.resolve("copy");
            saved.save(copy);
            try (ClipFolder again = ClipFolder.load(copy, DType.FLOAT32)) {
                assertThat(again.embedImages(pictures).maxDifference(saved.embedImages(pictures)))
                        .isZero();
            }
        }
    }

    @Test
    void aRecipeOfAnNfNetDropsNothing() throws IOException {
        for (String own : List.of("\"timm_drop\": 0.1", "\"timm_drop_path\": 0.2", "\"timm_model_pretrained\": true")) {
            Path config = nfNetClip("clip");
            Files.writeString(
                    config, Files.readString(config).replace("\"timm_model_name\"", own + ", \"timm_model_name\""));
            assertThatThrownBy(() -> start(config, false)).hasMessageContaining(own.substring(1, own.indexOf(":") - 1));
        }
    }

    @Test
    void anNfNetHasNoPatchesToHide() throws IOException {
        Path masked = nfNetClip("masked");
        Files.writeString(masked, Files.readString(masked).replace("\"batch\"", "\"patch_mask\": 0.5, \"batch\""));
        assertThatThrownBy(() -> start(masked, false)).hasMessageContaining("expected no patch_mask for an NFNet");
    }

    @Test
    void aResNetHasNoPatchesToHide() throws IOException {
        Path masked = resNetClip("masked", "");
        Files.writeString(masked, Files.readString(masked).replace("\"batch\"", "\"patch_mask\": 0.5, \"batch\""));
        assertThatThrownBy(() -> start(masked, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected no patch_mask for a ResNet");
    }

    private void assertSameBeginning(String weights, String checkpoint) throws IOException {
        try (Safetensors model = Safetensors.open(folder.resolve(weights));
                Safetensors state = Safetensors.open(folder.resolve(checkpoint))) {
            for (String key : model.names()) {
                assertThat(state.tensor("weights/" + key).toFloats())
                        .as(key)
                        .isEqualTo(model.tensor(key).toFloats());
            }
        }
    }

    @Test
    void theThreeRecipesMakeAModelThatDraws() throws IOException {
        start(autoencoder(), false);
        start(clip("clip", ""), false);
        Path unet = diffusion("diffusion", path("autoencoder/model"), ", \"samples\": [\"a\", \"b\"]");
        TrainingRun run = start(unet, false);

        LatentDiffusion model = LatentDiffusion.load(run.model(), DType.FLOAT32);
        assertThat(model.generate(ImageRequest.of("drawing a").withSteps(2))).hasSize(1);
        assertThat(model.tokenizer().encode(List.of("drawing a")).ids())
                .isEqualTo(ClipFolder.load(folder.resolve("clip/model"), DType.FLOAT32)
                        .tokenizer()
                        .encode(List.of("drawing a"))
                        .ids());
        assertThat(folder.resolve("diffusion/samples/step-000000004.png")).exists();
        assertThat(Files.readAllLines(folder.resolve("diffusion/metrics.csv"))).hasSize(1 + 4);
    }

    @Test
    void aTextTowerTrainedJointlyLearnsAndIsTrainedFurtherWithItsModel() throws IOException {
        start(autoencoder(), false);
        start(clip("clip", ""), false);
        start(diffusion("frozen", path("autoencoder/model"), ""), false);
        start(diffusion("joint", path("autoencoder/model"), ", \"joint\": true"), false);
        Path read = folder.resolve("clip/model/model.safetensors");
        String key = "text_model.encoder.layers.0.mlp.fc1.weight";
        assertThat(tensor(folder.resolve("frozen/model/text_encoder/model.safetensors"), key))
                .isEqualTo(tensor(read, key));
        Path taught = folder.resolve("joint/model/text_encoder/model.safetensors");
        assertThat(tensor(taught, key)).isNotEqualTo(tensor(read, key));

        start(
                write(
                        "further",
                        "latent-diffusion",
                        "\"from\": \"" + path("joint/model") + "\", \"pictures\": 8," + " \"joint\": true"),
                false);
        Path first = folder.resolve("further/state-000000000.safetensors");
        assertThat(tensor(first, "weights/text_encoder." + key.substring("text_model.".length())))
                .isEqualTo(tensor(taught, key));
        Path unet = folder.resolve("joint/model/unet/diffusion_pytorch_model.safetensors");
        assertThat(tensor(first, "weights/conv_in.weight")).isEqualTo(tensor(unet, "conv_in.weight"));
    }

    private static float[] tensor(Path file, String key) throws IOException {
        try (Safetensors weights = Safetensors.open(file)) {
            return weights.tensor(key).toFloats();
        }
    }

    @Test
    void whatIsExportedIsTheAverage() throws IOException {
        start(autoencoder(), false);
        Path run = folder.resolve("autoencoder");
        try (Safetensors state = Safetensors.open(run.resolve("state-000000004.safetensors"));
                Safetensors model = Safetensors.open(run.resolve("model/diffusion_pytorch_model.safetensors"))) {
            for (String key : model.names()) {
                assertThat(model.tensor(key).toFloats())
                        .isEqualTo(state.tensor("ema/" + key).toFloats());
            }
        }
    }

    @Test
    void aRunIsResumedWithItsOwnRecipeAndNeverBegunTwice() throws IOException {
        Path config = autoencoder();
        start(config, false);
        assertThatThrownBy(() -> start(config, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected an empty folder for a new run");
        start(config, true);
        Files.writeString(config, Files.readString(config).replace("a test", "another word about it"));
        start(config, true);
        Files.writeString(config, Files.readString(config).replace("1e-3", "2e-3"));
        assertThatThrownBy(() -> start(config, true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("resume with the recipe it began with");
    }

    @Test
    void resumingWhatWasNeverBegunIsRefused() throws IOException {
        Path config = autoencoder();
        assertThatThrownBy(() -> start(config, true)).isInstanceOf(IOException.class);
        assertThat(folder.resolve("autoencoder")).doesNotExist();
    }

    @Test
    void wrongValuesAreRefusedByName() throws IOException {
        String good = Files.readString(autoencoder());
        refused(good.replace("1e-3", "-1"), "learning_rate");
        refused(good.replace("\"steps\": 4", "\"steps\": 0"), "steps");
        refused(good.replace("\"steps\": 4", "\"steps\": \"many\""), "steps");
        refused(good.replace("\"warm_up\": 2", "\"warm_up\": 2, \"momentum\": 1"), "momentum");
        for (String clips : List.of("\"chunk\": 2", "\"recompute\": true", "\"patch_mask\": 0.5")) {
            refused(
                    good.replace("\"warm_up\": 2", "\"warm_up\": 2, " + clips),
                    "got " + clips.replaceAll("\"(\\w+)\".*", "$1 ="));
        }
        String contrast = Files.readString(clip("clip", ""));
        refused(contrast.replace("\"warm_up\": 2", "\"warm_up\": 2, \"chunk\": 5"), "chunk of 1 up to the batch's 4");
        refused(contrast.replace("\"warm_up\": 2", "\"warm_up\": 2, \"chunk\": 0"), "chunk of 1 up to the batch's 4");
        refused(good.replace("\"size\": 16", "\"size\": 1"), "size");
        refused(good.replace("\"autoencoder\", \"run\"", "\"autoencodr\", \"run\""), "autoencodr");
    }

    @Test
    void aClipIsTrainedInChunksAndItsLayersComputedAgain() throws IOException {
        Path config = clip("clip", "");
        Files.writeString(
                config,
                Files.readString(config).replace("\"batch\": 4", "\"batch\": 4, \"chunk\": 3, \"recompute\": true"));
        ModelInTraining model = RecipeFile.read(config).preparation().begin(folder.resolve("looked-at"), count -> {});
        assertThat(model.objective()).isInstanceOf(Recomputed.class);
        start(config, false);
        assertThat(folder.resolve("clip/model/model.safetensors")).exists();
    }

    private void refused(String json, String name) throws IOException {
        Path config = Files.writeString(folder.resolve("wrong.json"), json);
        assertThatThrownBy(() -> RecipeFile.read(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrong.json")
                .hasMessageContaining(name);
    }

    @Test
    void everyShippedRecipeIsReadToItsLastKey() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("..", "configs"))) {
            List<Path> recipes =
                    files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
            assertThat(recipes).hasSizeGreaterThan(8);
            for (Path each : recipes) {
                RecipeFile file = RecipeFile.read(each);
                String name = each.getFileName().toString();
                assertThat(file.run()).isEqualTo(Path.of("trained", name.replace(".json", "")));
                assertThat(Config.read(each).child("about").text("command")).contains(name);
            }
        }
    }

    @Test
    void whatNothingWouldReadIsRefusedBeforeAnythingIsOpened() throws IOException {
        String nowhere = path("nowhere");
        String whole = "\"from\": \"" + nowhere + "\", \"pictures\": 8";
        for (String[] wrong : new String[][] {
            {"latent-diffusion", whole + ", \"jiont\": true", "got jiont = true (nearest key: joint)"},
            {"latent-diffusion", whole + ", \"chunk\": 2", "got chunk = 2"},
            {"latent-diffusion", whole.replace("8", "0"), "expected at least 1 of pictures, got 0"},
            {"latent-diffusion", whole + ", \"clip\": \"c\"", "expected the key autoencoder"},
            {"clip", "\"from\": \"" + nowhere + "\", \"model\": {}", "expected no model beside from"},
            {"clip", "\"from\": \"" + nowhere + "\", \"joint\": true", "got joint = true"},
            {"classifier", "\"modell\": {}", "modell"},
        }) {
            String json = Files.readString(write("wrong", wrong[0], wrong[1]));
            refused(json.replace(path("data"), nowhere), wrong[2]);
        }
        for (String part : List.of("autoencoder", "clip", "model")) {
            String json = "\"from\": \"pictograms\", \"pictures\": 8, \"" + part + "\": \"mine\"";
            refused(
                    Files.readString(write("wrong", "latent-diffusion", json)),
                    "expected no " + part + " beside from, which names a whole model, got both");
        }
        String vision = "\"model\": {\"image_size\": 16, \"patch_size\": 8}";
        for (String unseen : List.of("\"scenes\": 0.5", "\"colored\": 0.5")) {
            String json = Files.readString(write("wrong", "classifier", vision));
            String key = unseen.replaceAll("\"(\\w+)\".*", "$1");
            refused(json.replace("\"size\": 16", "\"size\": 16, " + unseen), "expected " + key + " to be 0, got 0.5");
        }
    }

    @Test
    void aWholeModelIsTakenAloneAndAUNetWithPartsBesideIt() throws IOException {
        start(autoencoder(), false);
        start(clip("clip", ""), false);
        start(diffusion("diffusion", path("autoencoder/model"), ""), false);
        String from = ", \"from\": \"" + path("diffusion/model") + "\"";
        Path beside = diffusion("beside", path("autoencoder/model"), from);
        assertThatThrownBy(() -> start(beside, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("beside autoencoder, clip and model, got a whole model");
        Path alone = write(
                "alone", "latent-diffusion", from.substring(2).replace("model", "model/unet") + ", \"pictures\": 8");
        assertThatThrownBy(() -> start(alone, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "got the U-Net of a pipeline (UNet2DConditionModel); name the folder it belongs to");
        assertThat(folder.resolve("alone")).doesNotExist();
    }

    @Test
    void aModelForInpaintingIsNotTrainedFurther() throws IOException {
        Path model = FolderCopy.of(Golden.path("tiny-stable-diffusion"), folder.resolve("inpainting"));
        for (String file : List.of("config.json", "diffusion_pytorch_model.safetensors")) {
            Files.copy(
                    Golden.path("tiny-inpainting-unet").resolve(file),
                    model.resolve("unet").resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Path recipe = write("further", "latent-diffusion", "\"from\": \"" + path("inpainting") + "\", \"pictures\": 8");
        assertThatThrownBy(() -> start(recipe, false))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith(
                        ": expected a model that draws what the prompt says alone, got one for inpainting,"
                                + " which is not trained here; choose another model");
    }

    @Test
    void howLongAndHowOftenAreNoPartOfTheHash() throws IOException {
        String good = Files.readString(autoencoder());
        String hash = RecipeFile.read(folder.resolve("autoencoder.json")).hash();
        String other = good.replace(
                "\"steps\": 4", "\"steps\": 9, \"keep\": 7, \"checkpoint_minutes\": 0.5, \"samples_every\": 3");
        Path file = Files.writeString(folder.resolve("other.json"), other);
        assertThat(RecipeFile.read(file).hash()).isEqualTo(hash);
        for (String changed : List.of("\"batch\": 5", "\"batch\": 4, \"ema\": 0.5")) {
            Files.writeString(file, good.replace("\"batch\": 4", changed));
            assertThat(RecipeFile.read(file).hash()).isNotEqualTo(hash);
        }
        Files.writeString(file, good.replace("\"batch\": 4", "\"batch\": 4, \"checkpoint_minutes\": 0"));
        assertThatThrownBy(() -> RecipeFile.read(file))
                .hasMessageContaining("checkpoint_minutes of more than 0 minutes");
    }

    @Test
    void theOptimizerIsNamedAndHasItsOwnKeys() throws IOException {
        String good = Files.readString(autoencoder());
        Path file = folder.resolve("adafactor.json");
        String adafactor = "\"warm_up\": 2, \"optimizer\": \"adafactor\"";
        String own = adafactor
                + ", \"decay\": 0.7, \"threshold\": 0.9, \"epsilon1\": 1e-20, \"epsilon2\": 0.01, \"weight_decay\": 0.2";
        Files.writeString(file, good.replace("\"warm_up\": 2", own));
        assertThat(RecipeFile.read(file).training().optimizer())
                .isEqualTo(new Adafactor.Config(0.7, 0.9, 1e-20, 0.01, 0.2));
        refused(
                good.replace("\"warm_up\": 2", adafactor + ", \"beta2\": 0.9"),
                "expected beta2 with the optimizer adamw alone, got it with adafactor; its keys are decay, threshold,");
        refused(
                good.replace("\"warm_up\": 2", "\"warm_up\": 2, \"threshold\": 1"),
                "expected threshold with the optimizer adafactor alone");
        refused(
                good.replace("\"warm_up\": 2", adafactor.replace("factor", "max")),
                "expected optimizer to be adafactor or adamw, got adamax");
        Files.writeString(file, good.replace("\"warm_up\": 2", adafactor).replace("1e-3", "1e-2"));
        start(file, false);
        byte[] whole = Files.readAllBytes(folder.resolve("autoencoder/state-000000004.safetensors"));
        Files.delete(folder.resolve("autoencoder/state-000000004.safetensors"));
        start(file, true);
        assertThat(Files.readAllBytes(folder.resolve("autoencoder/state-000000004.safetensors")))
                .as("resumed from step 2")
                .isEqualTo(whole);
    }

    @Test
    void picturesWithoutCaptionsTeachAnAutoencoderAlone() throws IOException {
        for (int i = 0; i < 4; i++) Files.delete(folder.resolve("data").resolve(i + ".txt"));
        assertThat(start(autoencoder(), false).model().resolve("config.json")).exists();
        assertThatThrownBy(() -> start(clip("clip", ""), false))
                .hasMessageContaining("expected a caption or label of the picture, got none");
    }
}
