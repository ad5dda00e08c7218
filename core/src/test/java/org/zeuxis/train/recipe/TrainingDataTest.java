package org.zeuxis.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.augmentation.Augmentation;
import org.zeuxis.data.augmentation.Blur;
import org.zeuxis.data.augmentation.Edges;
import org.zeuxis.data.augmentation.Gray;
import org.zeuxis.data.augmentation.Hue;
import org.zeuxis.data.augmentation.Ink;
import org.zeuxis.data.augmentation.Invert;
import org.zeuxis.data.augmentation.Jitter;
import org.zeuxis.data.augmentation.Jpeg;
import org.zeuxis.data.augmentation.Noise;
import org.zeuxis.data.augmentation.Pixelate;
import org.zeuxis.data.augmentation.RandomCrop;
import org.zeuxis.data.augmentation.Sometimes;
import org.zeuxis.data.augmentation.geometry.Mirror;
import org.zeuxis.data.augmentation.geometry.Perspective;
import org.zeuxis.data.augmentation.geometry.Rotate;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.data.pictogram.scene.Twins;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;

/** The {@code data} part of recipes: which drawings are chosen, how they are mixed, augmented and composed. */
final class TrainingDataTest {
    @TempDir
    Path folder;

    @BeforeEach
    void drawings() throws IOException {
        TrialRecipe.squares(folder.resolve("data"));
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace("\\", "/");
    }

    private String recipe() {
        return """
                {"about": {"command": "a test"}, "recipe": "autoencoder", "run": "%s", "data": {"dataset": "%s", "size": 16},
                "training": {"steps": 4, "batch": 4, "learning_rate": 1e-3, "warm_up": 2},
                "model": {"latent_channels": 2, "block_out_channels": [4, 8], "norm_num_groups": 2}}""".formatted(path("autoencoder"), path("data"));
    }

    @Test
    void picturesAreAugmentedAsTheRecipeSays() throws IOException {
        String good = recipe();
        assertThat(data(good).augmentation()).isEqualTo(Augmentation.NONE);
        String crop = "\"size\": 16, \"augment\": {\"crop\": [0.6, 0.9], \"mirror\": 0.5, \"hue\": 0.25}";
        TrainingData data = data(good.replace("\"size\": 16", crop));
        assertThat(data.augmentation().crop()).isEqualTo(new RandomCrop(0.6, 0.9));
        assertThat(data.augmentation().changes())
                .filteredOn(change -> change.share() > 0)
                .containsExactly(
                        new Sometimes(0.5, new Mirror()),
                        new Sometimes(1, new Jitter(0)),
                        new Sometimes(1, new Hue(0.25)));
        Examples plain = data(good).examples();
        int changed = 0;
        for (int i = 0; i < 8; i++) {
            Example augmented = data.examples().at(i);
            assertThat(augmented.caption()).isEqualTo(plain.at(i).caption());
            assertThat(augmented.image().width()).isEqualTo(16);
            byte[] samples = augmented.image().samples();
            assertThat(samples).isEqualTo(data.examples().at(i).image().samples());
            if (!Arrays.equals(samples, plain.at(i).image().samples())) changed++;
        }
        assertThat(changed).isGreaterThan(4);
        refused(good.replace("\"size\": 16", crop.replace("0.9]", "2]")), "crop");
        refused(good.replace("\"size\": 16", crop.replace(", 0.9]", "]")), "crop");
        refused(good.replace("\"size\": 16", crop.replace("mirror", "flip")), "flip");
    }

    @Test
    void scenesComeInTwinsOfTheDrawingsThatAreNamed() throws IOException {
        String good = recipe();
        String scenes = "\"size\": 32, \"scenes\": 0.5, \"twins\": true";
        TrainingData data = data(good.replace("\"size\": 16", scenes + ", \"scenes_of\": \"" + path("things") + "\""));
        Files.createDirectories(folder.resolve("things"));
        for (String name : List.of("apple", "cat")) {
            Files.copy(folder.resolve("data/0.png"), folder.resolve("things/" + name + ".png"));
            Files.writeString(folder.resolve("things/" + name + ".txt"), name);
        }
        Examples examples = data.pairs();
        Examples twins = new Twins(DatasetLocation.open(path("things")), 32, data.seed() + 1);
        int composed = 0;
        for (int i = 0; i < 40; i++) {
            Example example = examples.at(i);
            if (!example.key().startsWith("scene-")) continue;
            composed++;
            assertThat(example.caption()).isEqualTo(twins.at(i).caption());
            assertThat(example.image().samples()).isEqualTo(twins.at(i).image().samples());
            assertThat(examples.at(i ^ 1).key()).isEqualTo("scene-" + (i ^ 1));
        }
        assertThat(composed).isBetween(10, 30);
        refused(good.replace("\"size\": 16", scenes.replace("0.5", "0")), "a share of scenes above 0 beside twins");
        refused(good.replace("\"size\": 16", "\"size\": 32, \"scenes_of\": \"elsewhere\""), "scenes_of, got 0");
    }

    @Test
    void whatIsLearnedFromIsChosenByKindThingAndVendor() throws IOException {
        Files.createDirectories(folder.resolve("drawn"));
        for (String one : List.of("ann fruit apple", "ann fruit pear", "bob fruit apple", "ann animal cat")) {
            String[] of = one.split(" ");
            String name = "drawn/" + one.replace(' ', '-');
            Files.copy(folder.resolve("data/0.png"), folder.resolve(name + ".png"));
            Files.writeString(
                    folder.resolve(name + ".json"),
                    "{\"caption\": \"%s\", \"vendor\": \"%s\", \"subgroup\": \"%s\", \"label\": \"%s\"}"
                            .formatted(one, of[0], of[1], of[2]));
        }
        assertThat(chosen("\"only\": \"fruit\""))
                .containsExactly("ann-fruit-apple", "ann-fruit-pear", "bob-fruit-apple");
        assertThat(chosen("\"concepts\": [\"apple\", \"cat\"]"))
                .containsExactly("ann-animal-cat", "ann-fruit-apple", "bob-fruit-apple");
        assertThat(chosen("\"concepts\": \"apple\", \"only\": \"fruit\", \"vendors\": \"bob\""))
                .containsExactly("bob-fruit-apple");
        assertThatThrownBy(() -> chosen("\"concepts\": \"cat\", \"only\": \"fruit\""))
                .hasMessageContaining("label asked for, got none of cat");
        assertThatThrownBy(() -> chosen("\"concepts\": [\"apple\", \"dog\"]"))
                .hasMessageContaining("label asked for, got none of dog");
    }

    private List<String> chosen(String keys) throws IOException {
        String json = recipe().replace(path("data"), path("drawn"));
        Dataset drawings =
                data(json.replace("\"size\": 16", "\"size\": 16, " + keys)).drawings();
        return IntStream.range(0, drawings.size())
                .mapToObj(i -> drawings.key(i).replace(".png", ""))
                .toList();
    }

    @Test
    void otherWaysToDrawAreSharesAndStrengths() throws IOException {
        String good = recipe();
        String ways = "\"size\": 16, \"augment\": {\"edges\": 0.1, \"ink\": 0.2, \"invert\": 0.3, \"gray\": 0.35,"
                + " \"noise\": [0.4, 0.2], \"blur\": 0.5, \"rotate\": [0.6, 20], \"perspective\": 0.7,"
                + " \"jpeg\": [0.8, 30], \"pixelate\": [0.9, 8]}";
        TrainingData data = data(good.replace("\"size\": 16", ways));
        assertThat(data.augmentation().changes())
                .containsExactly(
                        new Sometimes(0, new Mirror()),
                        new Sometimes(0.6, new Rotate(20)),
                        new Sometimes(0.7, new Perspective(0.2)),
                        new Sometimes(1, new Jitter(0)),
                        new Sometimes(1, new Hue(0)),
                        new Sometimes(0.35, new Gray()),
                        new Sometimes(0.2, new Ink()),
                        new Sometimes(0.1, new Edges()),
                        new Sometimes(0.3, new Invert()),
                        new Sometimes(0.5, new Blur(1.5)),
                        new Sometimes(0.9, new Pixelate(8)),
                        new Sometimes(0.4, new Noise(0.2)),
                        new Sometimes(0.8, new Jpeg(30)));
        refused(good.replace("\"size\": 16", ways.replace("0.1,", "1.1,")), "edges: expected a share of 0 to 1");
        refused(good.replace("\"size\": 16", ways.replace("20]", "200]")), "rotate: expected a rotation of above 0");
        refused(
                good.replace("\"size\": 16", ways.replace("[0.4, 0.2]", "[0.4, 0.2, 1]")),
                "expected noise to be a share of the pictures and how far at most, got 3 numbers");
        refused(good.replace("\"size\": 16", ways.replace("edges", "sketch")), "sketch");
    }

    @Test
    void severalDatasetsAreMixedByTheirShares() throws IOException {
        String good = recipe();
        String first = data(good).datasets().keySet().iterator().next();
        String second = path("more");
        Files.createDirectories(folder.resolve("more"));
        ImageIO.write(
                new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB),
                "png",
                folder.resolve("more/second.png").toFile());
        Files.writeString(folder.resolve("more/second.txt"), "nothing");
        String mixed = good.replaceFirst(
                "\"dataset\": \"[^\"]*\"", "\"dataset\": [\"" + first + "\", \"" + second + "\"], \"shares\": [1, 3]");
        Examples examples = data(mixed).examples();
        int ofSecond = 0;
        for (int i = 0; i < 400; i++) if (examples.at(i).key().startsWith("second")) ofSecond++;
        assertThat(ofSecond).isBetween(260, 340);
        assertThat(data(mixed).examples().at(7).image().samples())
                .isEqualTo(examples.at(7).image().samples());
        refused(mixed.replace("[1, 3]", "[1]"), "2 datasets and 1 shares");
        refused(mixed.replace("[1, 3]", "[1, 0]"), "shares above 0");
        refused(mixed.replace(second, first), "twice");
    }

    private TrainingData data(String json) throws IOException {
        return RecipeFile.read(Files.writeString(folder.resolve("data.json"), json))
                .data();
    }

    private void refused(String json, String name) throws IOException {
        Path config = Files.writeString(folder.resolve("wrong.json"), json);
        assertThatThrownBy(() -> RecipeFile.read(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrong.json")
                .hasMessageContaining(name);
    }
}
