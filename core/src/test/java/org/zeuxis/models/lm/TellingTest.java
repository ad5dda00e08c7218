package org.zeuxis.models.lm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.text.language.LanguageTokenizer;

/** What is told while a text is written is never taken back. */
class TellingTest {

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "characters", "characters-first"})
    void piecesMakeTheTextUpToItsStop(String kind) throws IOException {
        LanguageTokenizer tokenizer =
                LanguageTokenizer.read(Path.of("src/test/resources/golden/language-tokenizers", kind));
        List<String> words = new ArrayList<>();
        Telling telling = new Telling(tokenizer, List.of("\nUser:"), -1, words::add);
        boolean goesOn = true;
        for (int token : tokenizer.tokens("a red apple \uD83C\uDF4E\nUse it\nUser: and more")) {
            if (goesOn) goesOn = telling.test(token);
        }
        assertThat(goesOn).isFalse();
        assertThat(telling.end()).isEqualTo("a red apple \uD83C\uDF4E\nUse it");
        assertThat(String.join("", words)).isEqualTo(telling.end());
        assertThat(words).hasSizeGreaterThan(3).noneMatch(word -> word.contains("\uFFFD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "characters"})
    void aTextThatBreaksOffIsToldWhole(String kind) throws IOException {
        LanguageTokenizer tokenizer =
                LanguageTokenizer.read(Path.of("src/test/resources/golden/language-tokenizers", kind));
        List<String> words = new ArrayList<>();
        Telling telling = new Telling(tokenizer, List.of("\nUser:"), -1, words::add);
        for (int token : tokenizer.tokens("it is red\nUs"))
            assertThat(telling.test(token)).isTrue();
        assertThat(String.join("", words)).isEqualTo("it is red");
        assertThat(telling.end()).isEqualTo("it is red\nUs");
        assertThat(String.join("", words)).isEqualTo("it is red\nUs");
    }
}
