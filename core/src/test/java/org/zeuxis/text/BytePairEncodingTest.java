package org.zeuxis.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairEncodingTest {
    private static final List<String> CORPUS = List.of(
            "low low low low low lower lower newest newest newest newest newest newest widest widest widest",
            "The Lowest of the low; the NEWEST!");

    @Test
    void learnsTheMostFrequentPairsFirst() {
        List<String> corpus = List.of("low low low low low lower lower newest newest newest newest newest newest "
                + "widest widest widest"); // the example of the paper
        assertThat(BytePairEncoding.train(corpus, 514 + 4).merges()).containsExactly("e s", "es t</w>", "l o", "e w");
    }

    @Test
    void hasClipsOrderOfIds() {
        BytePairEncoding encoding = BytePairEncoding.train(CORPUS, 524);
        assertThat(encoding.size()).isEqualTo(524);
        assertThat(encoding.id("!")).isZero();
        assertThat(encoding.id("!</w>")).isEqualTo(256);
        assertThat(encoding.id(encoding.merges().get(0).replace(" ", ""))).isEqualTo(512);
        assertThat(encoding.id(BytePairEncoding.START)).isEqualTo(522);
        assertThat(encoding.id(BytePairEncoding.END)).isEqualTo(523);
        assertThat(ClipVocabulary.ENCODING.size()).isEqualTo(49408);
    }

    @Test
    void learnsTheSameFromAnyOrderOfTheCorpus() {
        Random random = new Random(1);
        List<String> corpus = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            StringBuilder word = new StringBuilder();
            for (int c = 0; c < 8; c++) word.append((char) ('a' + random.nextInt(4)));
            corpus.add(word.toString());
        }
        List<String> merges = BytePairEncoding.train(corpus, 700).merges();
        Collections.shuffle(corpus, random);
        assertThat(BytePairEncoding.train(corpus, 700).merges()).isEqualTo(merges);
    }

    @Test
    void learnsFewerTokensFromALittleText() {
        assertThat(BytePairEncoding.train(List.of("ab ab"), 1000).merges()).containsExactly("a b</w>");
        assertThat(BytePairEncoding.train(List.of(), 1000).size()).isEqualTo(514);
    }

    @Test
    void spellsAnyTextItNeverSaw() {
        ClipTokenizer tokenizer = new ClipTokenizer(BytePairEncoding.train(CORPUS, 524));
        String text = "größe 東京 👩‍🚀 newest";
        assertThat(tokenizer.decode(tokenizer.tokens(text))).isEqualTo(text);
    }

    @Test
    void joinsAVeryLongWordInReasonableTime() {
        assertThat(ClipVocabulary.ENCODING.encode("a".repeat(200_000))).hasSizeLessThan(100_000);
    }

    @Test
    void readsWhatItWrote(@TempDir Path folder) throws IOException {
        BytePairEncoding encoding = BytePairEncoding.train(CORPUS, 524);
        encoding.write(folder);
        BytePairEncoding again = BytePairEncoding.read(folder);
        assertThat(again.merges()).isEqualTo(encoding.merges());
        for (int id = 0; id < 524; id++) assertThat(again.token(id)).isEqualTo(encoding.token(id));
        assertThat(Files.readString(folder.resolve("merges.txt"))).startsWith("#version: 0.2\n");
    }

    @Test
    void refusesATooSmallVocabularyAndAStrangeId() {
        assertThatThrownBy(() -> BytePairEncoding.train(CORPUS, 513)).hasMessageContaining("at least 514");
        assertThatThrownBy(() -> ClipVocabulary.ENCODING.token(-1)).hasMessageContaining("0 to 49407, got -1");
    }
}
