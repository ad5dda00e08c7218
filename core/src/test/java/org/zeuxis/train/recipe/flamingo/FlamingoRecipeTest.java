package org.zeuxis.train.recipe.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.eval.language.QuestionSeries;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.image.Video;
import org.zeuxis.models.ImageToText;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.recipe.TrainingRun;
import org.zeuxis.train.recipe.TrialRecipe;

/** A tiny Flamingo from its recipe's file, over a CLIP and a language model that recipes trained. */
class FlamingoRecipeTest extends FlamingoTrial {
    @Test
    void itLearnsToSpeakOfPicturesAndLeavesWhatItIsBetweenAsItWas() throws IOException {
        TrainingRun run = train("flamingo", "flamingo", 150, between(), false);
        assertThat(TrialRecipe.mean(losses.subList(130, 150)))
                .isLessThan(0.9 * TrialRecipe.mean(losses.subList(0, 10)));
        assertThat(Files.mismatch(
                        folder.resolve("lm/model/model.safetensors"),
                        run.model().resolve("language-model/model.safetensors")))
                .isEqualTo(-1);
        assertThat(Files.mismatch(
                        folder.resolve("clip/model/model.safetensors"),
                        run.model().resolve("clip/model.safetensors")))
                .isEqualTo(-1);
        try (ImageToText opened = Models.standard().open(run.model().toString(), ImageToText.class);
                FlamingoFolder model = FlamingoFolder.load(run.model(), DType.FLOAT32)) {
            assertThat(opened).isInstanceOf(FlamingoFolder.class);
            assertThat(model.model().trained()).allSatisfy((key, p) -> {
                if (key.endsWith("_gate")) assertThat(p.item()).as(key).isNotZero();
            });
            String question = "<image>Question:what is this? Short answer:";
            assertThat(model.rank(Prompt.of(question, List.of(Drawn.plain(200, 30, 30))), List.of("a cat", "12 %")))
                    .extracting(FlamingoFolder.Ranked::answer)
                    .containsExactly("a cat", "12 %");
        }
    }

    @Test
    void itsGatesBeginWhereTheRecipeSays() throws IOException {
        String open = between() + ", \"gates\": [0.5, 0.2]";
        try (FlamingoFolder model =
                FlamingoFolder.load(train("open", "flamingo", 2, open, false).model(), DType.FLOAT32)) {
            assertThat(model.model().trained()).allSatisfy((key, p) -> {
                if (key.endsWith("attn_gate")) assertThat(p.item()).as(key).isBetween(0.45, 0.55);
                if (key.endsWith("ff_gate")) assertThat(p.item()).as(key).isBetween(0.15, 0.25);
            });
        }
        assertThatThrownBy(() -> train("one", "flamingo", 2, between() + ", \"gates\": [0.5]", false))
                .hasMessageContaining(
                        "expected gates of two numbers, those of attention and of the feed-forward layers, got [0.5]");
    }

    @Test
    void itGoesOnFromAnEarlierOne() throws IOException {
        Path earlier = train("earlier", "flamingo", 2, between() + ", \"gates\": [0.5, 0.2]", false)
                .model();
        String from = ", \"from\": \"" + earlier.toString().replace('\\', '/') + "\"";
        train("further", "flamingo", 2, between() + from, false);
        try (FlamingoFolder before = FlamingoFolder.load(earlier, DType.FLOAT32);
                FlamingoFolder after = FlamingoFolder.load(folder.resolve("further/model"), DType.FLOAT32)) {
            assertThat(after.model().trained())
                    .allSatisfy((key, p) -> assertThat(
                                    p.maxDifference(before.model().trained().get(key)))
                            .as(key)
                            .isLessThan(0.1));
            assertThat(after.model()
                            .trained()
                            .get("perceiver.latents")
                            .maxDifference(before.model().trained().get("perceiver.latents")))
                    .isPositive();
        }
        assertThatThrownBy(() -> train("both", "flamingo", 2, between() + from + ", \"gates\": [0.5, 0.2]", false))
                .hasMessageContaining("expected no gates beside from, whose own go on, got both");
        String wider = between().replace("\"latents\": 4", "\"latents\": 5");
        assertThatThrownBy(() -> train("wider", "flamingo", 2, wider + from, false))
                .hasMessageContaining(
                        "expected a Flamingo with the resampler and gated layers that the recipe asks for");
    }

    /** What tells places apart is in the folder's configuration, which has to agree with its weights. */
    @Test
    void itTellsPlacesApart() throws IOException {
        String placed = between() + ", \"frames\": 2, \"places\": 4";
        Path earlier = train("placed", "flamingo", 2, placed, false).model();
        try (FlamingoFolder model = FlamingoFolder.load(earlier, DType.FLOAT32)) {
            assertThat(model.model().places()).isEqualTo(4);
            assertThat(model.model().trained().get("perceiver.row_embs").shape())
                    .containsExactly(4, 32);
        }
        Path config = earlier.resolve("open_flamingo.json");
        String said = Files.readString(config);
        assertThat(said).containsPattern("\"places\": 4");
        Files.writeString(config, said.replace("\"places\": 4", "\"places\": 5"));
        assertThatThrownBy(() -> FlamingoFolder.load(earlier, DType.FLOAT32)).hasMessageContaining("row_embs");
        Files.writeString(config, said.replaceFirst(",\\s*\"places\": 4", ""));
        assertThatThrownBy(() -> FlamingoFolder.load(earlier, DType.FLOAT32)).hasMessageContaining("row_embs");
        assertThatThrownBy(() -> train("few", "flamingo", 2, placed.replace("\"places\": 4", "\"places\": 3"), false))
                .hasMessageContaining("expected features of 3 rows and columns");
    }

    /** One that told none apart gives all that it has but what decides where it looks. */
    @Test
    void itLearnsToTellPlacesApartAfterwards() throws IOException {
        String small = between() + ", \"frames\": 2";
        Path earlier = train("unplaced", "flamingo", 2, small, false).model();
        String from = ", \"places\": 4, \"from\": \"" + earlier.toString().replace('\\', '/') + "\"";
        Path later = train("placed", "flamingo", 2, small + from, false).model();
        try (FlamingoFolder before = FlamingoFolder.load(earlier, DType.FLOAT32);
                FlamingoFolder after = FlamingoFolder.load(later, DType.FLOAT32)) {
            Map<String, Tensor> learned = before.model().trained();
            after.model().trained().forEach((key, p) -> {
                if (key.endsWith("to_kv.weight"))
                    assertThat(p.maxDifference(learned.get(key))).as(key).isLessThan(0.1);
            });
            assertThat(after.model().places()).isEqualTo(4);
            assertThat(after.model().trained().get("perceiver.latents").maxDifference(learned.get("perceiver.latents")))
                    .isGreaterThan(0.1);
        }
        String again = from.replace("unplaced", "placed");
        try (FlamingoFolder before = FlamingoFolder.load(later, DType.FLOAT32);
                FlamingoFolder after = FlamingoFolder.load(
                        train("further", "flamingo", 2, small + again, false).model(), DType.FLOAT32)) {
            after.model()
                    .trained()
                    .forEach((key, p) -> assertThat(
                                    p.maxDifference(before.model().trained().get(key)))
                            .as(key)
                            .isLessThan(0.1));
        }
        assertThatThrownBy(() -> train("without", "flamingo", 2, small + again.replace("\"places\": 4, ", ""), false))
                .hasMessageContaining("head_width, frames and places as it has them");
    }

    /** As the shipped CLIP's does, at twice the size of its own pictures. */
    @Test
    void aResNetMayBeItsEyes() throws IOException {
        int vision = CLIP.indexOf("\"vision_config\"");
        String resNet = CLIP.substring(0, vision)
                + "\"vision_config\": {\"image_size\": 32, \"layers\": [1, 1, 1, 1], \"width\": 4, \"head_width\": 16}}";
        looksTwiceAsFar(resNet);
    }

    /** As the paper's. */
    @Test
    void anNfNetMayBeItsEyes() throws IOException {
        int vision = CLIP.indexOf("\"vision_config\"");
        String nfNet = CLIP.substring(0, vision)
                + "\"vision_config\": {\"image_size\": 32, \"timm_model_name\": \"dm_nfnet_f0\", \"model_args\": {"
                + "\"depths\": [1, 1, 1, 1], \"channels\": [16, 16, 16, 16], \"stem_chs\": 8, \"group_size\": 8,"
                + " \"num_features\": 16}}}";
        looksTwiceAsFar(nfNet);
    }

    private void looksTwiceAsFar(String clip) throws IOException {
        train("convolutional", "clip", 2, clip, false);
        TrainingRun run =
                train("seeing", "flamingo", 64, 3, between().replace("clip/model", "convolutional/model"), false);
        try (FlamingoFolder model = FlamingoFolder.load(run.model(), DType.FLOAT32)) {
            assertThat(model.preprocessing().size()).isEqualTo(64);
            Prompt prompt = Prompt.of("<image>Output:", List.of(Drawn.plain(200, 30, 30)));
            assertThat(model.rank(prompt, List.of("a cat", "a car"))).hasSize(2);
        }
    }

    /** What is saved is asked about one of as many frames, and the order in which they come makes a difference. */
    @Test
    void itLearnsOfVideos() throws IOException {
        TrainingRun run = train("moving", "flamingo", 6, between() + ", \"frames\": 3, \"videos\": 1", false);
        MovingScenes scenes = new MovingScenes(Drawn.drawings("apple", "cat"), 32, 1);
        List<Image> frames = scenes.at(MovingScenes.Kind.EVENT, 3, 3).video().frames();
        List<Image> backwards = new ArrayList<>(frames);
        Collections.reverse(backwards);
        try (FlamingoFolder model = FlamingoFolder.load(run.model(), DType.FLOAT32)) {
            assertThat(model.frames()).isEqualTo(3);
            assertThat(model.model().trained().get("perceiver.frame_embs").size(0))
                    .isEqualTo(3);
            Prompt asked = asking(model, frames);
            assertThat(asked.media()).hasSize(1);
            assertThat(model.written(asked, 5, List.of(), Choice.GREEDY, words -> {})
                            .tokens())
                    .isPositive();
            List<QuestionSeries> kinds = QuestionSeries.of(scenes, model);
            assertThat(kinds).extracting(QuestionSeries::kind).containsExactly("video direction", "video event");
            QuestionSeries.Posed posed = kinds.get(1).posing().at(3);
            assertThat(posed.shown().media()).hasSize(1);
            assertThat(posed.shown().media().get(0))
                    .extracting(Image::samples)
                    .containsExactlyElementsOf(
                            frames.stream().map(Image::samples).toList());
            assertThat(posed.question()).isEqualTo("what happens?");
            assertThat(posed.answer()).contains(" moves ").contains(" and the ");
            assertThat(left(model, asked)).isFinite().isNotEqualTo(left(model, asking(model, backwards)));
        }
    }

    private static Prompt asking(FlamingoFolder model, List<Image> frames) {
        return model.dialect().asking(model.shown(List.of(new Video(frames))), "which way does the cat move?");
    }

    private static double left(FlamingoFolder model, Prompt asked) {
        return model.rank(asked, List.of("to the left")).get(0).score();
    }

    @Test
    void stoppedAndResumedItIsTheSameToTheBit() throws IOException {
        String mixed = between() + ", \"frames\": 2, \"videos\": 0.5, \"repeats\": 0.5";
        train("whole", "flamingo", 6, mixed, false);
        train("parts", "flamingo", 3, mixed, false);
        train("parts", "flamingo", 6, mixed, true);
        assertThat(Files.mismatch(
                        folder.resolve("whole/model/checkpoint.safetensors"),
                        folder.resolve("parts/model/checkpoint.safetensors")))
                .isEqualTo(-1);
    }

    @Test
    void partsThatDoNotFitAreRefused() throws IOException {
        assertThatThrownBy(() -> train("none", "flamingo", 2, between().replace("\"shots\": 3", "\"shots\": 0"), false))
                .hasMessageContaining("expected at least 1 shot, got 0");
        assertThatThrownBy(() -> train("share", "flamingo", 2, between() + ", \"captions\": 2", false))
                .hasMessageContaining("expected a share of captions of 0 to 1, got 2");
        assertThatThrownBy(() -> train("still", "flamingo", 2, between() + ", \"videos\": 0.5", false))
                .hasMessageContaining(
                        "expected at least 2 frames for a share of videos above 0, got 0; set frames to 4");
        assertThatThrownBy(() -> train("lost", "flamingo", 2, between().replace("lm/model", "lost"), false))
                .hasMessageContaining("got neither; save its tokenizer");
    }
}
