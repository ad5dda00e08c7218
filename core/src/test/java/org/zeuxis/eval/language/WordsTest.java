package org.zeuxis.eval.language;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "A red apple., red apple, true",
        "the T-Rex, t-rex, true",
        "an apple, the apple, true",
        "cat’s eye, cat's eye, true",
        "two apples, apples, false",
        "pineapple, apple, false",
        "a, a, true",
        "apple red, red apple, false",
        "'', '', false",
        "!, ?, false",
    })
    void caseArticleAndPunctuationAreNoMatter(String said, String label, boolean right) {
        assertThat(Words.of(said).say(Words.of(label))).isEqualTo(right);
        assertThat(Words.of(label).say(Words.of(said))).isEqualTo(right);
    }

    @ParameterizedTest
    @CsvSource({
        "This is a red apple on white, red apple, true",
        "a red apple, a red apple, true",
        "the apple is red, red apple, false",
        "a pineapple, apple, false",
        "an apple, an apple tree, false",
        "an apple, '', false",
    })
    void mentionedAreWholeWordsInTheirOrder(String said, String label, boolean mentioned) {
        assertThat(Words.of(said).mention(Words.of(label))).isEqualTo(mentioned);
    }

    @Test
    void punctuationPartsWords() {
        assertThat(Words.of("Rock’n’roll -- (1.5 m), Éclair—\"yes\"!").all())
                .containsExactly("rock'n'roll", "1.5", "m", "éclair", "yes");
    }
}
