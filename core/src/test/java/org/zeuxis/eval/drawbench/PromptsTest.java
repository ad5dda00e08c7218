package org.zeuxis.eval.drawbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptsTest {
    @TempDir
    private Path folder;

    private List<Prompt> read(String name, String text) throws IOException {
        return Prompts.read(Files.writeString(folder.resolve(name), text));
    }

    @Test
    void theOwnSuiteHasAsManyOfEachCategoryAsThePaper() {
        List<Prompt> own = Prompts.own();
        List<Integer> counts = new ArrayList<>();
        for (Category category : Category.values())
            counts.add((int) own.stream().filter(p -> p.category() == category).count());
        assertThat(counts).containsExactly(25, 10, 19, 20, 20, 10, 10, 20, 7, 38, 21);
        assertThat(new HashSet<>(own.stream().map(Prompt::text).toList())).hasSize(200);
        assertThat(own.stream().filter(p -> !p.truths().isEmpty())).hasSizeGreaterThan(50);
        assertThat(own).contains(new Prompt("a birthday card that says \"to Ada\"", Category.TEXT, List.of()));
    }

    @Test
    void columnsMayStandInAnyOrder() throws IOException {
        List<Prompt> expected = List.of(
                new Prompt("a cat, and a \"dog\"", Category.GARY_MARCUS, List.of()),
                new Prompt("two red dots", Category.COUNTING, Truth.parse("count 2; red")));
        assertThat(
                        read(
                                "a.csv",
                                "Prompts,Category,Truth\n\"a cat, and a \"\"dog\"\"\",Gary Marcus et al. \ntwo red dots,Counting,count 2; red\n"))
                .isEqualTo(expected);
        assertThat(
                        read(
                                "b.tsv",
                                "\uFEFFTruth\tCategory\tPrompts\r\n\tgary marcus et al\ta cat, and a \"dog\"\r\nred;count 2\tCOUNTING\ttwo red dots\r\n"))
                .extracting(Prompt::text)
                .containsExactly("a cat, and a \"dog\"", "two red dots");
        assertThat(read("c.txt", "Rare Words: a vole: red\n\nDALL-E\ta sofa\n"))
                .isEqualTo(List.of(
                        new Prompt("a vole: red", Category.RARE_WORDS, List.of()),
                        new Prompt("a sofa", Category.DALL_E, List.of())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.csv | Prompts,Category\\na cat,Text\\na dog | line 3: expected a category beside the prompt 'a dog', got none; write it as 'Colors: a red car', or in a column Category",
                "a.txt | Text: a cat\\n\\na dog | line 3: expected a category beside the prompt 'a dog', got none; write it as 'Colors: a red car', or in a column Category",
                "a.csv | Category,Prompts\\nText, | line 2: expected a prompt, got none; write it or drop the line",
                "a.csv | Prompts,Category\\na cat,Txt | line 2: expected one of the categories Colors, Conflicting, Counting, DALL-E, Descriptions, Gary Marcus et al., Misspellings, Positional, Rare Words, Reddit, Text, got 'Txt'",
                "a.csv | a cat,Text | expected a header with the columns Prompts and Category, got 'a cat,Text'; name them in the first line",
                "a.csv | Prompts,Category,Truth\\na cat,Text,rde | line 2: expected a colour of red, orange, yellow, green, blue, purple, pink, brown, black, white, grey, got 'rde'",
                "a.csv | Prompts,Category,Truth\\na cat,Text,red by blue | line 2: expected a truth such as 'count 3', 'red', 'background blue' or 'red left of green', got 'red by blue'",
                "a.csv | Prompts,Category\\n\"a cat,Text | line 2: expected a closing quote, the file ends before it",
                "a.txt | '' | expected 1 to 10000 prompts, got 0"
            })
    void whatIsNoFileOfPromptsIsRefusedInOneLine(String name, String text, String message) {
        String lines = text.replace("\\n", "\n").replace("\\t", "\t");
        assertThatThrownBy(() -> read(name, lines))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder.resolve(name).toString())
                .hasMessageEndingWith(message);
    }

    @Test
    void anotherEncodingAFolderAndAHugeFileAreRefused() throws IOException {
        Path file = Files.write(folder.resolve("a.txt"), "Text: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Prompts.read(file)).hasMessageStartingWith(file + ": expected UTF-8");
        assertThatThrownBy(() -> Prompts.read(folder))
                .hasMessage(folder + ": expected a file of prompts, got a folder; name the file");
        Path huge = Files.write(folder.resolve("huge.txt"), new byte[(16 << 20) + 1]);
        assertThatThrownBy(() -> Prompts.read(huge))
                .hasMessage(huge + ": expected a file of prompts, got 16777217 bytes; split it");
    }

    @Test
    void truthsComeBackAsTheyAreWritten() {
        String words = "count 3; red; background blue; red left of green; blue below black";
        assertThat(Truth.words(Truth.parse(words))).isEqualTo(words);
        assertThat(Truth.parse(" ")).isEmpty();
    }
}
