package org.zeuxis.data.pictogram.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.data.pictogram.Nouns;

class ScenesTest {
    @Test
    void scenes_say_what_they_show() throws IOException {
        Scenes scenes = new Scenes(Drawn.drawings("apple", "cat", "car", "eyes", "rice", "mouse"), 64, 11);
        Set<String> kinds = new HashSet<>();
        for (int position = 0; position < 300; position++) {
            Scene scene = scenes.scene(position);
            String said = scene.caption();
            List<Placement> places = scene.placements();
            assertThat(places).hasSizeBetween(1, 4).allSatisfy(place -> {
                assertThat(place.left()).isBetween(0, 64 - place.side());
                assertThat(place.top()).isBetween(0, 64 - place.side());
                assertThat(place.label()).isIn("apple", "cat", "car", "mouse");
            });
            String first = places.get(0).label();
            String last = places.get(places.size() - 1).label();
            int firsts =
                    (int) places.stream().filter(p -> p.label().equals(first)).count();
            int lasts = places.size() - firsts;
            if (said.contains(" disc")) {
                kinds.add("color");
                assertThat(said)
                        .startsWith(Nouns.withArticle(first) + " on ")
                        .contains(" disc and " + Nouns.withArticle(last) + " on ");
            } else if (said.matches(".* (left of|right of|above|below) .*")) {
                kinds.add("position");
                assertThat(holds(scene)).as(said).isTrue();
            } else if (lasts > 0) {
                kinds.add("two kinds");
                assertThat(said).startsWith(Nouns.counted(firsts, first) + " and " + Nouns.counted(lasts, last));
            } else {
                kinds.add("count");
                assertThat(said)
                        .satisfiesAnyOf(
                                c -> assertThat(c).startsWith(Nouns.counted(places.size(), first)),
                                c -> assertThat(c).startsWith(Nouns.withArticle(first)));
            }
            assertThat(scene.caption().contains("background"))
                    .isEqualTo(!scene.background().equals(Background.WHITE));
        }
        assertThat(kinds).containsExactlyInAnyOrder("color", "position", "two kinds", "count");
    }

    @Test
    void scenes_are_functions_of_seed_and_position() throws IOException {
        Dataset drawings = Drawn.drawings("apple", "cat", "car");
        Scenes one = new Scenes(drawings, 64, 11);
        Scenes two = new Scenes(drawings, 64, 11);
        one.at(3);
        assertThat(one.at(40).image().samples())
                .isEqualTo(two.at(40).image().samples())
                .isNotEqualTo(new Scenes(drawings, 64, 12).at(40).image().samples());
        assertThat(one.at(40).caption()).isEqualTo(two.at(40).caption());
    }

    @Test
    void scenes_need_things() {
        Scenes scenes = new Scenes(Drawn.drawings("eyes", "rice"), 64, 11);
        assertThatThrownBy(() -> scenes.at(0)).isInstanceOf(IOException.class).hasMessageContaining("countable things");
        assertThatThrownBy(() -> new Scenes(Drawn.drawings("a"), 8, 1)).hasMessageContaining("at least 32 pixels");
    }

    /** Whether two drawings lie as the caption says. */
    static boolean holds(Scene scene) {
        Placement a = scene.placements().get(0);
        Placement b = scene.placements().get(1);
        String said = scene.caption();
        if (said.contains(" left of ")) return a.left() + a.side() <= b.left();
        if (said.contains(" right of ")) return b.left() + b.side() <= a.left();
        if (said.contains(" above ")) return a.top() + a.side() <= b.top();
        return said.contains(" below ") && b.top() + b.side() <= a.top();
    }

    @Test
    void theFirstOfThemAreADataset() throws IOException {
        Scenes scenes = new Scenes(Drawn.drawings("apple", "cat"), 64, 11);
        SceneDataset dataset = new SceneDataset(scenes, 3);
        assertThat(dataset.size()).isEqualTo(3);
        assertThat(dataset.get(2).caption()).isEqualTo(scenes.scene(2).caption());
        assertThat(dataset.get(2).image().samples())
                .isEqualTo(scenes.scene(2).image().samples());
        assertThat(dataset.key(2)).isEqualTo(dataset.get(2).key());
        assertThatThrownBy(() -> new SceneDataset(scenes, 0)).hasMessage("expected at least 1 scene, got 0");
    }
}
