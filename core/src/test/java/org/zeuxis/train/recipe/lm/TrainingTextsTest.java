package org.zeuxis.train.recipe.lm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Drawn;

class TrainingTextsTest {
    /** So that a Flamingo over the language model can be asked about videos. */
    @Test
    void whatMovesIsReadOfToo() throws IOException {
        TrainingTexts texts = new TrainingTexts(List.of(), 0, 0, 4, Drawn.drawings("apple", "cat"), 1);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) all.add(texts.at(i));
        String way = "(to the left|to the right|up|down)";
        String thing = "the (apple|cat)";
        assertThat(all.stream()
                        .filter(text -> text.matches("<image>Question:which way does " + thing
                                + " move\\? Short answer:" + way + "<\\|endofchunk\\|>"))
                        .count())
                .isBetween(5L, 30L);
        assertThat(all.stream()
                        .filter(text -> text.matches("<image>Question:what happens\\? Short answer:" + thing + " moves "
                                + way + " and " + thing + " moves " + way + "<\\|endofchunk\\|>"))
                        .count())
                .isBetween(5L, 30L);
    }
}
