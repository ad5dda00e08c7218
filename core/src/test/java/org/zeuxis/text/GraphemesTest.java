package org.zeuxis.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is cut is cut between what a reader takes for characters. */
class GraphemesTest {
    private static final String FAMILY = "👨\u200d👩\u200d👧";

    @Test
    void beginningsEndBetweenCharacters() {
        assertThat(Graphemes.beginning("a" + FAMILY + "b", 5)).isEqualTo("a");
        assertThat(Graphemes.beginning("a" + FAMILY + "b", 1 + FAMILY.length())).isEqualTo("a" + FAMILY);
        assertThat(Graphemes.beginning("🍎🍎", 3)).isEqualTo("🍎");
        assertThat(Graphemes.beginning("e\u0301e\u0301", 3)).isEqualTo("e\u0301");
        assertThat(Graphemes.beginning("short", 9)).isEqualTo("short");
        assertThat(Graphemes.beginning(FAMILY, 2)).isEmpty();
    }

    @Test
    void theLastCharacterGoesAsAWhole() {
        assertThat(Graphemes.withoutLast("a" + FAMILY)).isEqualTo("a");
        assertThat(Graphemes.withoutLast("a🇮🇸")).isEqualTo("a");
        assertThat(Graphemes.withoutLast("")).isEmpty();
        assertThat(Graphemes.end(FAMILY + "b", 0)).isEqualTo(FAMILY.length());
    }

    @Test
    void marksOfANewerUnicodeBelongToTheirLetterOnEveryJava() {
        assertThat(Graphemes.of("a\u0897\u0301b\u1ac1\n\u0897"))
                .containsExactly("a\u0897\u0301", "b\u1ac1", "\n", "\u0897");
        String vocalised = "a" + Character.toString(0x10efd);
        assertThat(Graphemes.of(vocalised + FAMILY)).containsExactly(vocalised, FAMILY);
        String ahom = Character.toString(0x11720); // a mark until Unicode 14
        assertThat(Graphemes.of("a" + ahom)).containsExactly("a", ahom);
    }
}
