package org.zeuxis.train.recipe.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Kind;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.hub.Models;
import org.zeuxis.models.ImageToText;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.tensor.DType;
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
                if (key.endsWith("_gate"))
                    assertThat(Math.abs(p.item())).as(key).isGreaterThan(1e-3);
            });
            String question = "<image>Question:what is this? Short answer:";
            assertThat(model.rank(Prompt.of(question, List.of(Drawn.plain(200, 30, 30))), List.of("a cat", "12 %")))
                    .extracting(FlamingoFolder.Ranked::answer)
                    .containsExactly("a cat", "12 %");
        }
    }

    /** As the shipped CLIP's does, at twice the size of its own pictures. */
    @Test
    void aResNetMayBeItsEyes() throws IOException {
        int vision = CLIP.indexOf("\"vision_config\"");
        String resNet = CLIP.substring(0, vision)
                + "\"vision_config\": {\"image_size\": 32, \"layers\": [1, 1, 1, 1], \"width\": 4, \"head_width\": 16}}";
        train("resnet", "clip", 2, resNet, false);
        TrainingRun run = train("seeing", "flamingo", 64, 3, between().replace("clip/model", "resnet/model"), false);
        try (FlamingoFolder model = FlamingoFolder.load(run.model(), DType.FLOAT32)) {
            assertThat(model.preprocessing().size()).isEqualTo(64);
            Prompt prompt = Prompt.of("<image>Output:", List.of(Drawn.plain(200, 30, 30)));
            assertThat(model.rank(prompt, List.of("a cat", "a car"))).hasSize(2);
        }
    }

    @Test
    void stoppedAndResumedItIsTheSameToTheBit() throws IOException {
        train("whole", "flamingo", 6, between(), false);
        train("parts", "flamingo", 3, between(), false);
        train("parts", "flamingo", 6, between(), true);
        assertThat(Files.mismatch(
                        folder.resolve("whole/model/checkpoint.safetensors"),
                        folder.resolve("parts/model/checkpoint.safetensors")))
                .isEqualTo(-1);
    }

    /** What is learned is each token of a document but its first and the marks of pictures. */
    @Test
    void documentsSayWhatIsToBeLearned() throws IOException {
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.resolve("lm/model"));
        AskedScenes scenes = new AskedScenes(Drawn.drawings("apple", "cat"), 32, 1);
        Examples captioned = new Examples() {
            @Override
            public Example at(long position) {
                return new Example("x", Drawn.plain(1, 2, 3), "a thing");
            }
        };
        Documents.Batch batch = new Documents(captioned, scenes, tokenizer, 0.5, 3, 4, 160, 9).at(5);
        assertThat(batch.pictures()).hasSize(4 * batch.media());
        long mark = tokenizer.id(Prompt.MARK);
        for (int i = 0; i < 4; i++) {
            int row = i;
            long marks = IntStream.range(0, batch.tokens())
                    .filter(t -> batch.ids()[row * batch.tokens() + t] == mark)
                    .count();
            assertThat(marks).isEqualTo(batch.media());
        }
        for (long place : batch.said()) {
            int width = batch.tokens() - 1;
            long token = batch.ids()[(int) (place / width) * batch.tokens() + (int) (place % width) + 1];
            assertThat(token).isNotEqualTo(mark).isNotEqualTo(tokenizer.endId());
        }
        assertThat(new Documents(captioned, scenes, tokenizer, 1, 1, 1, 160, 9)
                        .at(0)
                        .pictures())
                .hasSize(1);
        Documents.Batch cut = new Documents(captioned, scenes, tokenizer, 0.5, 3, 4, 5, 9).at(5);
        assertThat(cut.tokens()).isEqualTo(5 + 1);
        assertThat(scenes.at(Kind.NAME, 3).question()).isEqualTo("what is this?");
    }

    @Test
    void partsThatDoNotFitAreRefused() throws IOException {
        assertThatThrownBy(() -> train("none", "flamingo", 2, between().replace("\"shots\": 3", "\"shots\": 0"), false))
                .hasMessageContaining("expected at least 1 shot, got 0");
        assertThatThrownBy(() -> train("share", "flamingo", 2, between() + ", \"captions\": 2", false))
                .hasMessageContaining("expected a share of captions of 0 to 1, got 2");
        assertThatThrownBy(() -> train("lost", "flamingo", 2, between().replace("lm/model", "lost"), false))
                .hasMessageContaining("got neither; save its tokenizer");
    }
}
