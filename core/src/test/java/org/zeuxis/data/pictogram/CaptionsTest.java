package org.zeuxis.data.pictogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.series.Example;
import org.zeuxis.image.Image;

class CaptionsTest {
    private static final CaptionedImage APPLE = Drawn.drawing("apple", "fruit", "red", "food");

    @Test
    void captionsOfOnesOwnStayAsTheyAreAndAllAreUsed() {
        CaptionedImage own =
                new CaptionedImage("a.png", Drawn.plain(1, 2, 3), List.of("a red circle", "my dog: asleep"), Map.of());
        Set<String> seen = new TreeSet<>();
        for (long seed = 0; seed < 100; seed++) seen.add(Captions.PAIRS.caption(own, seed));
        assertThat(seen).containsExactly("a red circle", "my dog: asleep");
    }

    @Test
    void every_form_comes_in_its_share() {
        int empty = 0;
        int styled = 0;
        int tagged = 0;
        int plain = 0;
        int spoken = 0;
        Set<String> forms = new HashSet<>();
        for (int seed = 0; seed < 10_000; seed++) {
            String caption = Captions.TRAINING.caption(APPLE, seed);
            forms.add(caption);
            if (caption.isEmpty()) empty++;
            else if (caption.startsWith("flat ")) styled++;
            else if (caption.startsWith("apple, ")) tagged++;
            else if (caption.equals("apple")) plain++;
            else if (caption.equals("an apple")) spoken++;
        }
        assertThat(empty).isBetween(900, 1100);
        assertThat(styled).isBetween(3800, 4200);
        assertThat(tagged).isBetween(1850, 2150);
        assertThat(plain).isBetween(1400, 1600);
        assertThat(spoken).isEqualTo(10_000 - empty - styled - tagged - plain);
        assertThat(forms)
                .contains("flat emoji of an apple", "flat icon of an apple", "flat drawing of an apple")
                .contains("apple, fruit", "apple, red, food")
                .doesNotContain("apple, red, red");
    }

    @Test
    void pairs_for_clip_always_say_something() {
        for (int seed = 0; seed < 2_000; seed++)
            assertThat(Captions.PAIRS.caption(APPLE, seed)).contains("apple");
    }

    @Test
    void a_colour_that_is_seen_is_said() {
        for (int seed = 0; seed < 500; seed++) {
            Example example = Captions.TRAINING.present(APPLE, seed);
            Image image = example.image();
            assertThat(image.channels()).isEqualTo(3);
            Background seen = Background.PALETTE.stream()
                    .filter(b -> image.sample(0, 1, 0) == b.red()
                            && image.sample(0, 1, 1) == b.green()
                            && image.sample(0, 1, 2) == b.blue())
                    .findFirst()
                    .orElseThrow();
            if (example.caption().contains(" on a"))
                assertThat(example.caption()).endsWith(seen.phrase());
            else if (!example.caption().isEmpty()) assertThat(seen).isEqualTo(Background.WHITE);
        }
    }

    @Test
    void only_what_may_be_mirrored_is() {
        Captions mirrored = new Captions(0, 0, 0, 0, 0, 1);
        assertThat(mirrored.present(APPLE, 1).image().sample(1, 0, 1)).isZero();
        CaptionedImage arrow =
                new CaptionedImage("arrow", APPLE.image(), List.of("right arrow"), Map.of("mirror", List.of("false")));
        assertThat(mirrored.present(arrow, 1).image().sample(1, 0, 1)).isEqualTo(255);
        assertThat(mirrored.present(new CaptionedImage("x", APPLE.image(), List.of("x")), 1)
                        .image()
                        .sample(1, 0, 1))
                .isEqualTo(255);
    }

    @Test
    void the_same_seed_gives_the_same_example() {
        for (int seed = 0; seed < 50; seed++) {
            Example one = Captions.TRAINING.present(APPLE, seed);
            Example two = Captions.TRAINING.present(APPLE, seed);
            assertThat(one.caption()).isEqualTo(two.caption());
            assertThat(one.image().samples()).isEqualTo(two.image().samples());
        }
        Example plain = Captions.PLAIN.present(APPLE, 3);
        assertThat(plain.caption()).isEqualTo("apple");
        assertThat(plain.image().sample(1, 1, 0)).isEqualTo(255);
    }

    @Test
    void shares_are_checked() {
        assertThatThrownBy(() -> new Captions(0.5, 0.5, 0.5, 0, 0, 0))
                .hasMessageContaining("at most 1 in sum, got 1.5");
        assertThatThrownBy(() -> new Captions(-0.1, 0, 0, 0, 0, 0)).hasMessageContaining("0 to 1, got -0.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "apple | an apple",
                "cat | a cat",
                "unicorn | a unicorn",
                "umbrella | an umbrella",
                "hourglass done | an hourglass done",
                "ATM sign | an ATM sign",
                "UP! button | an UP! button",
                "NEW button | a NEW button",
                "eyes | eyes",
                "glass of milk | a glass of milk",
                "glasses | glasses",
                "Mount Fuji | Mount Fuji",
                "Statue of Liberty | the Statue of Liberty",
                "cooked rice | cooked rice",
                "rice ball | a rice ball",
                "woman: red hair | a woman with red hair",
                "man: bald | a bald man",
                "person: beard | a person with a beard",
                "kiss: woman, man | a kiss of woman and man",
                "people holding hands | people holding hands",
                "women with bunny ears | women with bunny ears",
                "nine o’clock | nine o’clock",
                "bus | a bus",
                "euro banknote | a euro banknote",
                "x-ray | an x-ray",
                "ring | a ring",
                "bowling | bowling",
                "no entry | no entry",
                "man running | a man running"
            })
    void labels_get_the_article_they_need(String label, String spoken) {
        assertThat(Captions.spoken(label)).isEqualTo(spoken);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "red apple | red apples",
                "mouse | mice",
                "fox | foxes",
                "butterfly | butterflies",
                "monkey | monkeys",
                "kitchen knife | kitchen knives",
                "tropical fish | tropical fish",
                "glass of milk | glasses of milk",
                "potato | potatoes",
                "yo-yo | yo-yos",
                "snowman | snowmen",
                "wolf | wolves",
                "bus | buses",
                "T-Rex | T-Rexes",
                "maple leaf | maple leaves",
                "church | churches"
            })
    void plurals(String label, String plural) {
        assertThat(Nouns.plural(3, label)).isEqualTo("three " + plural);
    }
}
