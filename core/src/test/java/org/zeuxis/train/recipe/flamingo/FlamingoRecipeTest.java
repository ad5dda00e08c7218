package org.zeuxis.train.recipe.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Kind;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
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
import org.zeuxis.text.language.LanguageTokenizer;
import org.zeuxis.train.recipe.TrainingRun;
import org.zeuxis.train.recipe.TrialRecipe;

/** A tiny Flamingo from its recipe's file, over a CLIP and a language model that recipes trained. */
class FlamingoRecipeTest {
    private static final String CLIP = """
            "model": {"projection_dim": 20, "text_config": {"vocab_size": 540, "max_position_embeddings": 16,
             "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32},
             "vision_config": {"image_size": 32, "patch_size": 8, "hidden_size": 32, "num_hidden_layers": 1,
             "num_attention_heads": 2, "intermediate_size": 32}}""";
    private static final String LANGUAGE = """
            "model": {"model_type": "llama", "vocab_size": 420, "hidden_size": 32, "intermediate_size": 64,
             "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 160, "tie_word_embeddings": true}""";

    @TempDir
    private Path folder;

    private final List<Double> losses = new ArrayList<>();

    @BeforeEach
    void parts() throws IOException {
        TrialRecipe.things(folder.resolve("data"));
        train("clip", "clip", 2, CLIP, false);
        train("lm", "language-model", 30, LANGUAGE, false);
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace('\\', '/');
    }

    private String between() {
        return "\"clip\": \"" + path("clip/model") + "\", \"language\": \"" + path("lm/model")
                + "\", \"resampler_layers\": 1, \"latents\": 4, \"head_width\": 4, \"shots\": 3";
    }

    private TrainingRun train(String name, String kind, int steps, String rest, boolean resume) throws IOException {
        return train(name, kind, 32, steps, rest, resume);
    }

    private TrainingRun train(String name, String kind, int size, int steps, String rest, boolean resume)
            throws IOException {
        String json = "{\"recipe\": \"" + kind + "\", \"run\": \"" + path(name) + "\", \"data\": {\"dataset\": \""
                + path("data") + "\", \"size\": " + size + "}, \"training\": {\"steps\": " + steps
                + ", \"batch\": 4, \"learning_rate\": 1e-2, \"warm_up\": 2, \"end\": 1, \"ema\": 0.5,"
                + " \"checkpoint_every\": 2}, " + rest + "}";
        return TrialRecipe.run(folder, name, json, resume, losses);
    }

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

    private Documents documents(DocumentMix mix, int batch, int context) throws IOException {
        Examples alone = position -> new Example("x", Drawn.plain(1, 2, (int) (position & 255)), "a thing");
        Examples alike = position -> new Example("y", Drawn.plain(3, 4, (int) (position / 2 & 255)), "a pair");
        return new Documents(
                alone,
                alike,
                alike,
                new AskedScenes(Drawn.drawings("apple", "cat"), 32, 1),
                new MovingScenes(Drawn.drawings("apple", "cat"), 32, 1),
                mix,
                LanguageTokenizer.read(folder.resolve("lm/model")),
                batch,
                context,
                9);
    }

    private void expectMarks(Documents.Batch batch, int documents) throws IOException {
        long mark = LanguageTokenizer.read(folder.resolve("lm/model")).id(Prompt.MARK);
        for (int i = 0; i < documents; i++) {
            int row = i;
            long marks = IntStream.range(0, batch.tokens())
                    .filter(t -> batch.ids()[row * batch.tokens() + t] == mark)
                    .count();
            assertThat(marks).isEqualTo(batch.media());
        }
    }

    /** What is learned is each token of a document but its first and the marks of pictures. */
    @Test
    void documentsSayWhatIsToBeLearned() throws IOException {
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.resolve("lm/model"));
        DocumentMix mix = new DocumentMix(0.5, 0, 0, 3, 0);
        Documents.Batch batch = documents(mix, 4, 160).at(5);
        assertThat(batch.pictures()).hasSize(4 * batch.media());
        expectMarks(batch, 4);
        for (long place : batch.said()) {
            int width = batch.tokens() - 1;
            long token = batch.ids()[(int) (place / width) * batch.tokens() + (int) (place % width) + 1];
            assertThat(token).isNotEqualTo(tokenizer.id(Prompt.MARK)).isNotEqualTo(tokenizer.endId());
        }
        assertThat(documents(new DocumentMix(1, 0, 0, 1, 0), 1, 160).at(0).pictures())
                .hasSize(1);
        assertThat(documents(mix, 4, 5).at(5).tokens()).isEqualTo(5 + 1);
    }

    /** All documents of a batch are of as many frames: of videos, or of pictures. */
    @Test
    void aShareOfTheBatchesAreVideos() throws IOException {
        Documents documents = documents(new DocumentMix(0.5, 0, 0.5, 4, 3), 2, 400);
        Set<String> seen = new TreeSet<>();
        for (int step = 0; step < 60; step++) {
            Documents.Batch batch = documents.at(step);
            assertThat(batch.pictures()).hasSize(2 * batch.media() * batch.frames());
            expectMarks(batch, 2);
            seen.add(batch.media() + " of " + batch.frames());
        }
        assertThat(seen).containsExactly("1 of 1", "1 of 3", "2 of 1", "2 of 3", "3 of 1", "4 of 1");
    }

    @Test
    void someKindsOfQuestionsComeMoreOftenAndOthersNever() throws IOException {
        String asked = between() + ", \"frames\": 2, \"videos\": 0.5, \"captions\": 0";
        train(
                "kinds",
                "flamingo",
                2,
                asked + ", \"questions\": [\"own color\", \"name\"], \"moving\": [\"event\"]",
                false);
        DocumentMix mix = new DocumentMix(
                0,
                0,
                0,
                0,
                1,
                2,
                List.of(Kind.POSITION, Kind.POSITION, Kind.BACKGROUND),
                List.of(MovingScenes.Kind.EVENT));
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.resolve("lm/model"));
        Documents.Batch batch = documents(mix, 200, 160).at(1);
        int where = 0;
        for (int i = 0; i < 200; i++) {
            long[] row = Arrays.copyOfRange(batch.ids(), i * batch.tokens(), (i + 1) * batch.tokens());
            String text = tokenizer.decode(
                    Arrays.stream(row).mapToInt(Math::toIntExact).toArray());
            if (text.contains("where is the")) where++;
            else assertThat(text).contains("background");
        }
        assertThat(where).isBetween(110, 160);
        assertThatThrownBy(() -> train("odd", "flamingo", 2, asked + ", \"questions\": [\"where\"]", false))
                .hasMessageContaining("expected questions of some of [name, count, own color,")
                .hasMessageContaining("got [where]");
    }

    /** The last picture of a document of captions shows what one before it does, if that is asked for. */
    @Test
    void theLastPictureMayRepeatWhatAnEarlierOneShows() throws IOException {
        for (int repeats : List.of(0, 1)) {
            Documents documents = documents(new DocumentMix(1, repeats, 0, 3, 0), 1, 400);
            for (int step = 0; step < 30; step++) {
                List<Image> pictures = documents.at(step).pictures();
                byte[] last = pictures.get(pictures.size() - 1).samples();
                long pairs =
                        pictures.stream().filter(p -> p.sample(0, 0, 0) == 3).count();
                assertThat(pairs).isEqualTo(repeats == 1 && pictures.size() > 1 ? 2 : 0);
                long same = pictures.stream()
                        .filter(p -> Arrays.equals(p.samples(), last))
                        .count();
                if (pairs > 0) assertThat(same).isEqualTo(2);
            }
        }
    }

    /** Things get names that no text has, and the last is one that was named before. */
    @Test
    void whatHasAnInventedNameHasItAgain() throws IOException {
        DocumentMix mix =
                new DocumentMix(0, 0, 1, 0, 3, 0, List.of(Kind.values()), List.of(MovingScenes.Kind.values()));
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.resolve("lm/model"));
        Documents documents = documents(mix, 1, 400);
        int several = 0;
        for (int step = 0; step < 30; step++) {
            Documents.Batch batch = documents.at(step);
            if (batch.media() == 1) continue;
            several++;
            List<Image> pictures = batch.pictures();
            byte[] last = pictures.get(pictures.size() - 1).samples();
            assertThat(pictures.subList(0, pictures.size() - 1))
                    .anySatisfy(picture -> assertThat(picture.samples()).isEqualTo(last));
            String text = tokenizer.decode(
                    Arrays.stream(batch.ids()).mapToInt(Math::toIntExact).toArray());
            // nobody can know a name before it was said: the last alone is learned
            long mark = tokenizer.id(Prompt.MARK);
            int lastMark = IntStream.range(0, batch.tokens())
                    .filter(t -> batch.ids()[t] == mark)
                    .max()
                    .orElseThrow();
            assertThat(Arrays.stream(batch.said()).min().orElseThrow()).isEqualTo(lastMark);
            // all are called "a pair" by their captions, and by one invented name here
            assertThat(text).doesNotContain("a pair");
        }
        assertThat(several).isGreaterThan(10);
        assertThatThrownBy(() -> train("share", "flamingo", 2, between() + ", \"invented\": 2", false))
                .hasMessageContaining("expected a share of invented of 0 to 1, got 2");
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
