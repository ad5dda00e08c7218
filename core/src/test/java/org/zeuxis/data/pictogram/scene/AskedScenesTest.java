package org.zeuxis.data.pictogram.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.data.pictogram.scene.AskedScenes.Asked;
import org.zeuxis.data.pictogram.scene.AskedScenes.Kind;

class AskedScenesTest {
    private final AskedScenes scenes = new AskedScenes(Drawn.drawings("apple", "cat", "car", "mouse"), 64, 5);

    private static long shown(Scene scene, String label) {
        return scene.placements().stream().filter(p -> p.label().equals(label)).count();
    }

    private static String labelOf(Scene scene, int i) {
        return scene.placements().get(i).label();
    }

    /** What is drawn, looked at again, gives the answer. */
    @Test
    void answersAreTrueOfTheScene() throws IOException {
        for (int i = 0; i < 400; i++) {
            Asked asked = scenes.at(i);
            Scene scene = asked.scene();
            String q = asked.question();
            String a = asked.answer();
            String first = labelOf(scene, 0);
            String last = labelOf(scene, scene.placements().size() - 1);
            switch (asked.kind()) {
                case NAME -> assertThat(a).isEqualTo(Nouns.withArticle(first));
                case COUNT -> {
                    assertThat(q).isEqualTo("how many " + Nouns.plurals(first) + " are there?");
                    assertThat(a).isEqualTo(Nouns.number((int) shown(scene, first)));
                }
                case OWN_COLOR -> {
                    assertThat(q).matches("what colou?r is it\\?");
                    assertThat(first).startsWith(a + " ");
                    assertThat(scene.placements()).hasSize(1);
                    assertThat(scene.background().name()).isNotEqualTo(a);
                }
                case COLOR -> {
                    String named = q.replaceAll("what colou?r is the |\\?", "");
                    assertThat(List.of(first, last)).contains(a + " " + named);
                }
                case BACKGROUND -> assertThat(a).isEqualTo(scene.background().name());
                case POSITION -> {
                    assertThat(q).isEqualTo("where is the " + first + "?");
                    assertThat(scene.caption()).contains(first + " " + a.substring(0, a.indexOf(" the ")) + " ");
                    assertThat(a).endsWith(" the " + last);
                    assertThat(ScenesTest.holds(scene)).as(scene.caption()).isTrue();
                }
                case COMPARISON -> {
                    String more = shown(scene, first) > shown(scene, last) ? first : last;
                    assertThat(a).isEqualTo("more " + Nouns.plurals(more));
                    assertThat(q).contains(Nouns.plurals(first)).contains(Nouns.plurals(last));
                }
                case ODD_ONE_OUT -> {
                    String odd = a.substring("the ".length());
                    assertThat(shown(scene, odd)).isEqualTo(1);
                    assertThat(scene.placements()).hasSize(4);
                }
            }
        }
    }

    /** So is what else can be asked. */
    @Test
    void otherAnswersAreTrueOfTheSceneToo() throws IOException {
        Map<Kind, Integer> asked = new EnumMap<>(Kind.class);
        for (int i = 0; i < 400; i++) {
            Asked first = scenes.at(i);
            Scene scene = first.scene();
            for (Question more : first.more()) {
                asked.merge(first.kind(), 1, Integer::sum);
                String a = more.answer();
                String q = more.text();
                assertThat(q).isNotEqualTo(first.question());
                String one = labelOf(scene, 0);
                String last = labelOf(scene, scene.placements().size() - 1);
                if (q.matches("what colou?r is the background\\?")) {
                    assertThat(a).isEqualTo(scene.background().name());
                } else if (q.startsWith("what col")) {
                    assertThat(List.of(one, last)).contains(a + " " + q.replaceAll("what colou?r is the |\\?", ""));
                } else if (q.startsWith("how many")) {
                    String counted = List.of(one, last).stream()
                            .filter(label -> q.contains(Nouns.plurals(label)))
                            .findFirst()
                            .orElseThrow();
                    assertThat(a).isEqualTo(Nouns.number((int) shown(scene, counted)));
                } else if (q.startsWith("where")) {
                    String other = first.answer().contains("above")
                            ? "below"
                            : first.answer().contains("below")
                                    ? "above"
                                    : first.answer().startsWith("left") ? "right of" : "left of";
                    assertThat(q).isEqualTo("where is the " + last + "?");
                    assertThat(a).isEqualTo(other + " the " + one);
                } else {
                    assertThat(AskedScenes.NAMING).contains(q);
                    assertThat(a).isEqualTo(Nouns.withArticle(one));
                }
            }
        }
        assertThat(asked).containsOnlyKeys(Kind.values());
    }

    /** Who does not look is right no more often than chance, whatever the words of the question. */
    @Test
    void noAnswerIsLikelier() throws IOException {
        Map<Kind, Map<String, Integer>> answers = new EnumMap<>(Kind.class);
        for (int i = 0; i < 800; i++) {
            for (Kind kind : List.of(Kind.COUNT, Kind.BACKGROUND, Kind.POSITION)) {
                String answer = scenes.at(kind, i).answer().replaceFirst(" the .*", "");
                answers.computeIfAbsent(kind, k -> new TreeMap<>()).merge(answer, 1, Integer::sum);
            }
        }
        answers.forEach((kind, counts) -> assertThat(counts.values())
                .as(kind + " " + counts)
                .allSatisfy(n -> assertThat(n).isBetween(560 / counts.size(), 1040 / counts.size())));
        assertThat(answers.get(Kind.COUNT)).hasSize(4);
        assertThat(answers.get(Kind.BACKGROUND)).hasSize(12);
        assertThat(answers.get(Kind.POSITION)).hasSize(4);
    }

    @Test
    void askedTwiceTheySayTheSame() throws IOException {
        assertThat(scenes.at(17).question()).isEqualTo(scenes.at(17).question());
        assertThat(scenes.at(17).scene().image().samples())
                .isEqualTo(scenes.at(17).scene().image().samples());
        assertThat(scenes.at(-1).kind()).isEqualTo(Kind.ODD_ONE_OUT);
    }
}
