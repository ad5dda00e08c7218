package org.zeuxis.models.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.hub.Models;
import org.zeuxis.image.Image;
import org.zeuxis.models.TextRequest;
import org.zeuxis.models.flamingo.FlamingoFolder.Order;
import org.zeuxis.models.flamingo.FlamingoFolder.Written;
import org.zeuxis.models.lm.BeamSearch;
import org.zeuxis.models.lm.Choice;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** Prompts of different lengths about different numbers of pictures at once, against each by itself. */
class AbreastTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private static Image picture(int seed) {
        byte[] samples = new byte[192];
        new Random(seed).nextBytes(samples);
        return new Image(8, 8, 3, samples);
    }

    private static List<Prompt> prompts(FlamingoFolder folder) {
        Dialect dialect = folder.dialect();
        Prompt shots = dialect.answered(picture(1), "", "a cat")
                .then(dialect.answered(picture(2), "", "a dog"))
                .then(dialect.asking(List.of(picture(3)), ""));
        return List.of(
                dialect.asking(List.of(picture(4)), "what?"),
                shots,
                dialect.asking(List.of(picture(5), picture(6)), "both?"),
                dialect.asking(List.of(picture(7)), ""));
    }

    /** The texts of the tiny models differ: a text that took another's pictures or places would be seen. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-open-flamingo-mpt",
                "tiny-open-flamingo-gpt-neox",
                "tiny-idefics-resampled",
                "tiny-idefics-instruct"
            })
    void answersAreThoseOfEachAlone(String name) throws IOException {
        try (FlamingoFolder folder = open(name)) {
            List<Prompt> prompts = prompts(folder);
            List<String> seen = new ArrayList<>();
            List<String> unseen = new ArrayList<>();
            List<String> searched = new ArrayList<>();
            for (Prompt prompt : prompts) {
                seen.add(folder.write(prompt, 8, List.of(), Choice.GREEDY, word -> {}));
                unseen.addAll(folder.unseen(List.of(prompt), 8));
                searched.add(folder.write(prompt, 8, BeamSearch.of(3)));
            }
            assertThat(folder.write(prompts, 8)).isEqualTo(seen);
            assertThat(folder.unseen(prompts, 8)).isEqualTo(unseen);
            assertThat(folder.write(prompts, 8, BeamSearch.of(3))).isEqualTo(searched);
            assertThat(folder.write(List.of(), 8)).isEmpty();
        }
    }

    /** To 1e-5, where the tiny models may say the same of all: each text's scores at every step, as others leave. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-open-flamingo-mpt", "tiny-open-flamingo-gpt-neox", "tiny-idefics-resampled"})
    void scoresAreThoseOfEachAlone(String name) throws IOException {
        try (FlamingoFolder folder = open(name)) {
            List<Recorded> alone = new ArrayList<>();
            List<Recorded> together = new ArrayList<>();
            List<Order> orders = new ArrayList<>();
            List<Prompt> prompts = prompts(folder);
            for (int i = 0; i < prompts.size(); i++) {
                alone.add(new Recorded());
                together.add(new Recorded());
                int tokens = 2 + i % 3;
                folder.written(prompts.get(i), tokens, List.of(), alone.get(i), word -> {});
                orders.add(new Order(prompts.get(i), tokens, List.of(), together.get(i), word -> {}));
            }
            folder.written(orders);
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together.get(i).scores).hasSameSizeAs(alone.get(i).scores);
                for (int step = 0; step < alone.get(i).scores.size(); step++) {
                    assertThat(together.get(i).scores.get(step))
                            .as("text %d, token %d", i, step)
                            .containsExactly(alone.get(i).scores.get(step), within(1e-5f));
                }
                for (int j = 0; j < i; j++) {
                    assertThat(alone.get(i).scores.get(0))
                            .as("each text has scores of its own")
                            .isNotEqualTo(alone.get(j).scores.get(0));
                }
            }
        }
    }

    /** The likeliest, and what it was chosen by. */
    private static final class Recorded implements Choice {
        private final List<float[]> scores = new ArrayList<>();

        @Override
        public Tensor next(Tensor scores, int step) {
            this.scores.add(scores.toFloats());
            return GREEDY.next(scores, step);
        }
    }

    @Test
    void eachRequestHasItsOwnRoomStopsAndWords() throws IOException {
        try (FlamingoFolder folder = open("tiny-idefics-resampled")) {
            List<Prompt> prompts = prompts(folder);
            List<Order> orders = new ArrayList<>();
            List<Written> alone = new ArrayList<>();
            List<StringBuilder> told = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                String whole = folder.write(prompts.get(i), 8, List.of(), Choice.GREEDY, word -> {});
                List<String> stops = i % 2 == 0 ? List.of() : List.of(whole.substring(whole.length() / 2));
                Choice choice = i == 0 ? Choice.drawn(2, 0, 1, 7) : Choice.GREEDY;
                StringBuilder words = new StringBuilder();
                told.add(words);
                orders.add(new Order(prompts.get(i), 5 + i, stops, choice, words::append));
                alone.add(folder.written(prompts.get(i), 5 + i, stops, choice, word -> {}));
            }
            assertThat(folder.written(orders)).isEqualTo(alone);
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(told.get(i).toString().strip())
                        .isEqualTo(alone.get(i).text());
            }
            List<TextRequest> requests = List.of(
                    new TextRequest(List.of(picture(1), picture(2)), "both?", 3), TextRequest.describe(picture(3)));
            assertThat(folder.answers(requests))
                    .containsExactly(folder.answer(requests.get(0)), folder.answer(requests.get(1)));
        }
    }

    private static FlamingoFolder open(String name) throws IOException {
        return Models.standard().open(GOLDEN.resolve(name).toString(), FlamingoFolder.class, DType.FLOAT32);
    }
}
