package org.zeuxis.data.pictogram.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;

class TwinsTest {
    private static final Dataset DRAWINGS = Drawn.drawings("apple", "cat", "mouse", "eyes", "red heart", "umbrella");
    private static final Map<String, Integer> COUNTS = Map.of("one", 1, "two", 2, "three", 3, "four", 4);

    private final Twins twins = new Twins(DRAWINGS, 64, 5);

    private static Placement at(Scene scene, int i) {
        return scene.placements().get(i);
    }

    /** The name of the colour nearest to what is seen where the drawing has its one opaque pixel. */
    private static String seen(Scene scene, Placement place) {
        int x = place.left() + place.side() / 4;
        int y = place.top() + place.side() / 4;
        return Background.PALETTE.stream()
                .min(Comparator.comparingInt(
                        c -> Math.abs(c.red() - scene.image().sample(x, y, 0))
                                + Math.abs(c.green() - scene.image().sample(x, y, 1))
                                + Math.abs(c.blue() - scene.image().sample(x, y, 2))))
                .orElseThrow()
                .name();
    }

    @Test
    void twins_differ_in_colour_count_and_place_in_turn() throws IOException {
        for (int number = 0; number < 300; number++) {
            Twins.Pair pair = twins.pair(number);
            assertThat(pair.aspect()).isEqualTo(Twins.Aspect.values()[number % 3]);
            assertThat(pair.one().caption()).isNotEqualTo(pair.other().caption());
            assertThat(pair.one().background()).isEqualTo(pair.other().background());
            for (Scene scene : List.of(pair.one(), pair.other())) {
                assertThat(scene.caption().endsWith(" background"))
                        .isEqualTo(!scene.background().equals(Background.WHITE));
            }
        }
    }

    @Test
    void what_a_caption_says_of_colour_is_seen_and_nothing_else_differs() throws IOException {
        Set<Integer> counts = new HashSet<>();
        Set<String> colors = new HashSet<>();
        for (int number = 0; number < 600; number += 3) {
            Twins.Pair pair = twins.pair(number);
            int things = pair.one().placements().size();
            counts.add(things);
            for (Scene scene : List.of(pair.one(), pair.other())) {
                for (Placement place : scene.placements()) {
                    String color = seen(scene, place);
                    colors.add(color);
                    assertThat(place.label()).as(scene.caption()).startsWith(color + " ");
                    assertThat(scene.background().name()).isNotEqualTo(color);
                }
                assertThat(scene.caption()).startsWith(said(scene));
            }
            assertThat(pair.one().image().samples())
                    .isNotEqualTo(pair.other().image().samples());
            for (int i = 0; i < things; i++) {
                Placement one = at(pair.one(), i);
                Placement other = at(pair.other(), i);
                assertThat(List.of(one.left(), one.top(), one.side(), one.key()))
                        .isEqualTo(List.of(other.left(), other.top(), other.side(), other.key()));
                assertThat(one.label()).isNotEqualTo(other.label()).doesNotContain("heart");
            }
        }
        assertThat(counts).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(colors).hasSize(Tint.COLORS.size());
    }

    private static String said(Scene scene) {
        int things = scene.placements().size();
        String first = at(scene, 0).label();
        String last = at(scene, things - 1).label();
        if (!first.equals(last)) return Nouns.withArticle(first) + " and " + Nouns.withArticle(last);
        return things == 1 ? Nouns.withArticle(first) : Nouns.counted(things, first);
    }

    @Test
    void two_things_exchange_their_colours() throws IOException {
        int exchanged = 0;
        for (int number = 0; number < 300; number += 3) {
            Twins.Pair pair = twins.pair(number);
            if (!pair.one().caption().contains(" and ")) continue;
            exchanged++;
            String first = at(pair.one(), 0).label().split(" ", 2)[0];
            String second = at(pair.one(), 1).label().split(" ", 2)[0];
            assertThat(at(pair.other(), 0).label()).startsWith(second + " ");
            assertThat(at(pair.other(), 1).label()).startsWith(first + " ");
        }
        assertThat(exchanged).isBetween(30, 70);
    }

    @Test
    void as_many_are_drawn_as_the_caption_counts() throws IOException {
        Set<Integer> counts = new HashSet<>();
        int groups = 0;
        for (int number = 1; number < 600; number += 3) {
            Twins.Pair pair = twins.pair(number);
            for (Scene scene : List.of(pair.one(), pair.other())) {
                int said = 0;
                for (String part : scene.caption().split(" and ")) {
                    said += COUNTS.getOrDefault(part.split(" ")[0], 1);
                }
                assertThat(scene.placements()).as(scene.caption()).hasSize(said);
                counts.add(said);
            }
            if (pair.one().caption().contains(" and ")) {
                groups++;
                assertThat(pair.one().placements()).hasSameSizeAs(pair.other().placements());
            } else {
                assertThat(pair.one().placements().size())
                        .isNotEqualTo(pair.other().placements().size());
            }
        }
        assertThat(counts).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(groups).isBetween(50, 110);
    }

    @Test
    void two_things_lie_as_the_caption_says_and_the_other_way_round() throws IOException {
        Map<String, String> opposites = Map.of(
                " left of ", " right of ", " right of ", " left of ", " above ", " below ", " below ", " above ");
        Set<String> seen = new HashSet<>();
        for (int number = 2; number < 300; number += 3) {
            Twins.Pair pair = twins.pair(number);
            assertThat(ScenesTest.holds(pair.one())).as(pair.one().caption()).isTrue();
            assertThat(ScenesTest.holds(pair.other()))
                    .as(pair.other().caption())
                    .isTrue();
            String said = pair.one().caption();
            String words = opposites.keySet().stream()
                    .filter(said::contains)
                    .findFirst()
                    .orElseThrow();
            assertThat(pair.other().caption()).isEqualTo(said.replace(words, opposites.get(words)));
            seen.add(words);
        }
        assertThat(seen).hasSize(4);
    }

    @Test
    void a_batch_has_each_scene_beside_its_twin_whatever_was_asked_before() throws IOException {
        Batch batch = new Batches(twins, 6).at(7);
        for (int i = 0; i < 6; i += 2) {
            Twins.Pair pair = new Twins(DRAWINGS, 64, 5).pair(21 + i / 2);
            assertThat(batch.captions().subList(i, i + 2))
                    .containsExactly(pair.one().caption(), pair.other().caption());
            assertThat(batch.images().get(i).samples())
                    .isEqualTo(pair.one().image().samples());
            assertThat(batch.images().get(i + 1).samples())
                    .isEqualTo(pair.other().image().samples());
        }
        assertThat(new Twins(DRAWINGS, 64, 6).at(42).image().samples())
                .isNotEqualTo(twins.at(42).image().samples());
    }

    @Test
    void twins_need_things_and_room() {
        assertThatThrownBy(() -> new Twins(Drawn.drawings("eyes", "rice"), 64, 1).at(0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("countable things");
        assertThatThrownBy(() -> new Twins(DRAWINGS, 31, 1)).hasMessageContaining("at least 32 pixels, got 31");
    }
}
