package org.zeuxis.eval.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Kind;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;

class QuestionAccuracyTest {
    private static final Dialect DIALECT = Dialect.OPEN_FLAMINGO;

    private final AskedScenes scenes = new AskedScenes(Drawn.drawings("apple", "cat", "car"), 32, 5);
    private final List<QuestionSeries> kinds = QuestionSeries.of(scenes);

    /** Looks up what the very scene it is shown is asked and answered. */
    private String oracle(Prompt prompt) {
        byte[] shown = prompt.media().get(prompt.media().size() - 1).get(0).samples();
        try {
            for (int i = 0; i < 20; i++) {
                for (Kind kind : Kind.values()) {
                    var asked = scenes.at(kind, i);
                    boolean same = Arrays.equals(asked.scene().image().samples(), shown);
                    if (same && prompt.text().endsWith(":" + asked.question() + " Short answer:"))
                        return asked.answer().toUpperCase(Locale.ROOT) + ".";
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return "nothing";
    }

    @Test
    void whoSeesIsRightAndWhoDoesNotIsNot() throws IOException {
        QuestionAccuracy accuracy = QuestionAccuracy.of(
                Speaker.of(this::oracle), Speaker.of(prompt -> "three"), DIALECT, kinds, 20, 0, count -> {});
        assertThat(accuracy.right().hits())
                .isEqualTo(160)
                .isEqualTo(accuracy.right().of());
        for (QuestionSeries kind : kinds) {
            QuestionAccuracy only = accuracy.only(kind.kind());
            assertThat(only.right().of()).isEqualTo(20);
            long threes = only.judged().stream()
                    .filter(j -> j.expected().equals("three"))
                    .count();
            assertThat(only.blind().hits()).as(kind.kind()).isEqualTo(threes);
            assertThat(only.majority().hits()).as(kind.kind()).isBetween(20L / 12, 20L);
            assertThat(only.bySeeing().difference()).isEqualTo(1 - threes / 20.0);
        }
        long majorities = kinds.stream()
                .mapToLong(kind -> accuracy.only(kind.kind()).majority().hits())
                .sum();
        assertThat(accuracy.majority().hits()).isEqualTo(majorities);
    }

    @Test
    void examplesAreOfTheSameKindAndOfOtherScenes() throws IOException {
        List<Prompt> seen = new ArrayList<>();
        List<Prompt> unseen = new ArrayList<>();
        QuestionAccuracy accuracy = QuestionAccuracy.of(
                Speaker.of(prompt -> {
                    seen.add(prompt);
                    return oracle(prompt);
                }),
                Speaker.of(prompt -> {
                    unseen.add(prompt);
                    return "";
                }),
                DIALECT,
                kinds,
                3,
                2,
                count -> {});
        assertThat(accuracy.right().hits()).isEqualTo(24);
        assertThat(unseen).isEqualTo(seen).hasSize(24);
        assertThat(seen).allSatisfy(prompt -> assertThat(prompt.media()).hasSize(3));
        assertThat(seen.get(Kind.BACKGROUND.ordinal()).text().split("what colou?r is the background\\?", -1))
                .hasSize(4);
        assertThat(seen.stream().map(Prompt::media).distinct()).hasSize(24);
    }

    @Test
    void theMajorityIsCountedForEachKind() {
        QuestionAccuracy accuracy = new QuestionAccuracy(List.of(
                new QuestionAccuracy.Judged("count", "two", "Two", "one"),
                new QuestionAccuracy.Judged("count", "two", "a two", "two"),
                new QuestionAccuracy.Judged("count", "one", "two", "one"),
                new QuestionAccuracy.Judged("name", "a cat", "the cat", "")));
        assertThat(accuracy.majority().hits()).isEqualTo(3);
        assertThat(accuracy.right().hits()).isEqualTo(3);
        assertThat(accuracy.blind().hits()).isEqualTo(2);
        assertThat(accuracy.bySeeing().difference()).isEqualTo(0.25);
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> QuestionAccuracy.of(
                        Speaker.of(p -> ""), Speaker.of(p -> ""), DIALECT, kinds, 0, 0, count -> {}))
                .hasMessage("expected at least 1 question of each kind, got 0");
        assertThatThrownBy(() -> QuestionAccuracy.of(
                        Speaker.of(p -> ""), Speaker.of(p -> ""), DIALECT, kinds, 1, -1, count -> {}))
                .hasMessage("expected 0 or more examples, got -1");
    }
}
