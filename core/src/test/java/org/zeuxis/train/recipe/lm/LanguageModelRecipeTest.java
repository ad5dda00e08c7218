package org.zeuxis.train.recipe.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.language.LanguageTokenizer;
import org.zeuxis.text.language.LanguageTokenizerTraining;
import org.zeuxis.train.recipe.TrainingRun;
import org.zeuxis.train.recipe.TrialRecipe;

/** A tiny language model from its recipe's file. */
class LanguageModelRecipeTest {
    private static final String MODEL = """
            "model": {"model_type": "llama", "vocab_size": 320, "hidden_size": 32, "intermediate_size": 64,
             "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 24, "tie_word_embeddings": true}""";

    @TempDir
    private Path folder;

    private final List<Double> losses = new ArrayList<>();

    @BeforeEach
    void data() throws IOException {
        TrialRecipe.things(folder.resolve("data"));
        Files.writeString(
                folder.resolve("lines.txt"),
                "an apple is a fruit that grows on a tree\n\na cat is an animal that hunts mice\n");
    }

    private String path(String name) {
        return folder.resolve(name).toString().replace('\\', '/');
    }

    private TrainingRun train(String name, int steps, String texts, boolean resume) throws IOException {
        return train(name, steps, texts, MODEL, resume);
    }

    private TrainingRun train(String name, int steps, String texts, String model, boolean resume) throws IOException {
        String json = "{\"recipe\": \"language-model\", \"run\": \"" + path(name) + "\", " + texts
                + "\"data\": {\"dataset\": \"" + path("data") + "\"}, \"training\": {\"steps\": " + steps
                + ", \"batch\": 8, \"learning_rate\": 1e-2, \"warm_up\": 2, \"end\": 1, \"ema\": 0.5,"
                + " \"checkpoint_every\": 2}, " + model + "}";
        return TrialRecipe.run(folder, name, json, resume, losses);
    }

    private String lines() {
        return "\"texts\": \"" + path("lines.txt") + "\", \"lines\": 0.5, ";
    }

    @Test
    void itLearnsToGoOnAsItsTextsDo() throws IOException {
        TrainingRun run = train("lm", 80, lines(), false);
        assertThat(losses.get(0)).isBetween(4.0, 8.0);
        assertThat(losses.get(79)).isLessThan(0.5 * losses.get(0));
        LanguageTokenizer tokenizer = LanguageTokenizer.read(run.model());
        assertThat(tokenizer.decode(tokenizer.tokens("a cat, Straße and 猫"))).isEqualTo("a cat, Straße and 猫");
        assertThat(tokenizer.tokens("an apple is").length).isLessThan("an apple is".length());
        try (Decoder model = LanguageModelFolder.load(run.model(), DType.FLOAT32);
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            assertThat(model.family().vocabulary()).isEqualTo(tokenizer.size());
            int[] ids = tokenizer.tokens("an apple is a");
            int begun = ids.length;
            for (int i = 0; i < 6; i++) {
                Tensor scores = model.forward(
                        Tensor.of(Arrays.stream(ids).asLongStream().toArray(), 1, ids.length));
                ids = Arrays.copyOf(ids, ids.length + 1);
                ids[ids.length - 1] =
                        (int) scores.select(1, ids.length - 2).argmax(1).item();
            }
            assertThat(tokenizer.decode(Arrays.copyOfRange(ids, begun, ids.length)))
                    .startsWith(" fruit");
        }
    }

    @Test
    void stoppedAndResumedItIsTheSameToTheBit() throws IOException {
        train("whole", 6, lines(), false);
        train("parts", 3, lines(), false);
        train("parts", 6, lines(), true);
        assertThat(Files.mismatch(
                        folder.resolve("whole/model/model.safetensors"),
                        folder.resolve("parts/model/model.safetensors")))
                .isEqualTo(-1);
    }

    /** With its own tokens, and on longer texts than before. */
    @Test
    void oneThatIsThereIsTrainedFurther() throws IOException {
        Path first = train("lm", 60, lines(), false).model();
        String further = "\"from\": \"" + path("lm/model") + "\", \"context\": 40, \"told\": 0.5";
        losses.clear();
        Path second = train("further", 4, lines(), further, false).model();
        assertThat(losses.get(0)).isLessThan(3.5);
        assertThat(Files.mismatch(first.resolve("tokenizer.json"), second.resolve("tokenizer.json")))
                .isEqualTo(-1);
        try (Decoder before = LanguageModelFolder.load(first, DType.FLOAT32);
                Decoder after = LanguageModelFolder.load(second, DType.FLOAT32)) {
            assertThat(before.family().context()).isEqualTo(24);
            assertThat(after.family().context()).isEqualTo(40);
            assertThat(after.parameters().get("model.norm.weight").toFloats())
                    .isNotEqualTo(before.parameters().get("model.norm.weight").toFloats());
        }
        assertThatThrownBy(() -> train("both", 2, lines(), further + ", " + MODEL, false))
                .hasMessageContaining("expected no model beside from, whose own goes on");
        assertThatThrownBy(() -> train("much", 2, lines(), further.replace("0.5", "2"), false))
                .hasMessageContaining(
                        "expected shares of told, several and lists of 0 to 1 in sum, got 2.0, 0.0 and 0.0");
        assertThatThrownBy(() -> train("few", 2, lines(), further + ", \"shots\": 1", false))
                .hasMessageContaining("expected at least 2 shots, got 1");
    }

    @Test
    void whatItCannotLearnFromIsSaid() throws IOException {
        assertThatThrownBy(() -> train("none", 2, "\"lines\": 0.5, ", false))
                .hasMessageContaining("expected texts, as a share of lines is asked for, got none");
        assertThatThrownBy(() -> train("much", 2, lines().replace("0.5", "1.5"), false))
                .hasMessageContaining("expected a share of lines of 0 to 1, got 1.5");
        Files.writeString(folder.resolve("blank.txt"), "\n  \n");
        assertThatThrownBy(() -> train("blank", 2, lines().replace("lines.txt", "blank.txt"), false))
                .hasMessageContaining("expected lines with words in texts, got none");
        assertThatThrownBy(() -> LanguageTokenizerTraining.write(folder, List.of("a"), 257, 8, "<mark>"))
                .hasMessage("expected a vocabulary of at least 258 (every byte, and <|endoftext|>, <mark>), got 257");
        assertThatThrownBy(() -> train("gone", 2, lines().replace("lines.txt", "gone.txt"), false))
                .hasMessageContaining("gone.txt");
    }
}
