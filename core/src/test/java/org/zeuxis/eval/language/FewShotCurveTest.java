package org.zeuxis.eval.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Drawn;
import org.zeuxis.eval.language.FewShotCurve.Point;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;

/** With speakers who tell plain pictures by their redness, and so are right when they should be. */
class FewShotCurveTest {
    private static final FewShotTask NAMING = new FewShotTask(Dialect.OPEN_FLAMINGO, FewShotTask.WHAT);
    private static final FewShotTask DESCRIBING = new FewShotTask(Dialect.OPEN_FLAMINGO, "");

    private static int redness(Image image) {
        return image.samples()[0] & 255;
    }

    private static ExamplePool pool(int size, long seed) throws IOException {
        List<CaptionedImage> examples = new ArrayList<>();
        for (int i = 0; i < size; i++)
            examples.add(Drawn.dataset(size, Set.of()).get(i));
        return new ExamplePool(examples, null, seed);
    }

    /** Says "caption i" of the picture i, if at least two examples taught it how that is said. */
    private static String learner(Prompt prompt) {
        int last = redness(prompt.media().get(prompt.media().size() - 1).get(0));
        return prompt.media().size() > 2 ? "A caption " + last + "." : "I see " + last;
    }

    @Test
    void theCurveHasEachNumberOfExamples() throws IOException {
        List<Long> done = new ArrayList<>();
        FewShotCurve curve = FewShotCurve.of(
                Speaker.of(FewShotCurveTest::learner),
                NAMING,
                Drawn.dataset(6, Set.of(4)),
                pool(12, 3),
                List.of(4, 0, 2),
                done::add);
        assertThat(curve.points()).extracting(Point::shots).containsExactly(0, 2, 4);
        assertThat(curve.points()).extracting(point -> point.right().hits()).containsExactly(0L, 5L, 5L);
        assertThat(curve.points())
                .allSatisfy(point -> assertThat(point.right().of()).isEqualTo(5));
        assertThat(curve.problems()).hasSize(1).first().asString().contains("damaged");
        assertThat(done).hasSize(15).endsWith(15L);
    }

    @Test
    void examplesAreOthersAndTheFewerAreAmongTheMore() throws IOException {
        Set<String> drawn = new HashSet<>();
        for (long seed : new long[] {1, 1, 2}) {
            List<Prompt> prompts = new ArrayList<>();
            FewShotCurve.of(
                    Speaker.of(prompt -> {
                        prompts.add(prompt);
                        return "";
                    }),
                    NAMING,
                    Drawn.dataset(6, Set.of()),
                    pool(6, seed),
                    List.of(2, 5),
                    count -> {});
            assertThat(prompts).hasSize(12);
            for (int i = 0; i < 6; i++) {
                int asked = i;
                Prompt five = prompts.get(i);
                Prompt two = prompts.get(6 + i);
                assertThat(five.media().subList(0, 5))
                        .allSatisfy(one -> assertThat(redness(one.get(0))).isNotEqualTo(asked));
                assertThat(redness(five.media().get(5).get(0))).isEqualTo(i);
                assertThat(five.text()).endsWith(two.text());
                assertThat(two.text())
                        .startsWith("<image>Question:what is this? Short answer:a caption ")
                        .endsWith("<|endofchunk|><image>Question:what is this? Short answer:");
            }
            drawn.add(String.join("\n", prompts.stream().map(Prompt::text).toList()));
        }
        assertThat(drawn).as("two seeds").hasSize(2);
    }

    @Test
    void captionsAreJudgedByTheirWords() throws IOException {
        FewShotCurve curve = FewShotCurve.of(
                Speaker.of(prompt -> "the " + prompt.text().length() + " is a caption "
                        + redness(prompt.media().get(0).get(0)) + " here"),
                DESCRIBING,
                Drawn.dataset(3, Set.of()),
                ExamplePool.EMPTY,
                List.of(0),
                count -> {});
        Point point = curve.points().get(0);
        assertThat(point.right().hits()).isZero();
        assertThat(point.mentions().hits()).isEqualTo(3);
        assertThat(point.said().get(0).answer()).startsWith("the " + "<image>Output:".length() + " is");
        assertThat(point.cider().mean().mean()).isBetween(0.1, 9.0);
    }

    @Test
    void aPictureWithoutCaptionsIsDescribedByItsLabel() throws IOException {
        Dataset one = Drawn.dataset(1, Set.of());
        Dataset labelled = new Dataset() {
            @Override
            public int size() {
                return 1;
            }

            @Override
            public CaptionedImage get(int index) throws IOException {
                return new CaptionedImage("k", one.get(0).image(), List.of(), Map.of("label", List.of("apple")));
            }
        };
        FewShotCurve curve = FewShotCurve.of(
                Speaker.of(prompt -> "an apple"), DESCRIBING, labelled, ExamplePool.EMPTY, List.of(0), count -> {});
        assertThat(curve.points().get(0).right().hits()).isEqualTo(1);
        assertThat(curve.points().get(0).said().get(0).captions()).containsExactly("apple");
    }

    @Test
    void whatCannotBeJudgedIsSaid() throws IOException {
        ExamplePool few = pool(4, 0);
        assertThatThrownBy(() -> FewShotCurve.of(
                        Speaker.of(p -> ""), NAMING, Drawn.dataset(2, Set.of()), few, List.of(4), count -> {}))
                .hasMessage(
                        "expected at least 4 examples that are not the picture itself, got 3; name a larger dataset, or"
                                + " ask with fewer");
        assertThatThrownBy(() -> FewShotCurve.of(
                        Speaker.of(p -> ""), NAMING, Drawn.dataset(2, Set.of()), few, List.of(-1), count -> {}))
                .hasMessage("expected numbers of examples of at least 0, got [-1]");
        assertThatThrownBy(() -> FewShotCurve.of(
                        Speaker.of(p -> ""), NAMING, Drawn.dataset(2, Set.of(0, 1)), few, List.of(0), count -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("expected pictures that can be used, got none of 2: ");
    }
}
