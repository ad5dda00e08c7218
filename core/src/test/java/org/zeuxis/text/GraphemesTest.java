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
}
