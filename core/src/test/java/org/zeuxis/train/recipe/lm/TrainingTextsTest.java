package org.zeuxis.train.recipe.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Drawn;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.train.recipe.lm.TrainingTexts.Piece;
import org.zeuxis.train.recipe.lm.TrainingTexts.Retold;

class TrainingTextsTest {
    private static final Pattern PART = Pattern.compile("<image>(?<seen>[^?]*?)"
            + "(?:Question:(?<question>.*?) Short answer|Output):(?<answer>.*?)<\\|endofchunk\\|>");

    /** So that a Flamingo over the language model can be asked about videos. */
    @Test
    void whatMovesIsReadOfToo() throws IOException {
        TrainingTexts texts = new TrainingTexts(List.of(), 0, Retold.NOTHING, Drawn.drawings("apple", "cat"), 1);
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

    /** What is told after a mark is all that its question needs. */
    @Test
    void aToldDocumentHoldsItsAnswers() throws IOException {
        TrainingTexts texts =
                new TrainingTexts(List.of(), 0, new Retold(1, 0, 0, 8), Drawn.drawings("apple", "cat"), 1);
        int directions = 0;
        int renamed = 0;
        for (int i = 0; i < 300; i++) {
            List<Matcher> parts = PART.matcher(texts.at(i))
                    .results()
                    .map(part -> {
                        Matcher again = PART.matcher(part.group());
                        assertThat(again.matches()).isTrue();
                        return again;
                    })
                    .toList();
            assertThat(parts).isNotEmpty();
            Matcher last = parts.get(parts.size() - 1);
            String seen = last.group("seen");
            String asked = last.group("question");
            String answer = last.group("answer");
            if (asked != null && asked.startsWith("which way does ")) {
                String thing = asked.substring("which way does ".length(), asked.length() - " move?".length());
                assertThat(seen).contains(thing + " moves " + answer);
                directions++;
            } else if (seen.matches("an? (apple|cat)")
                    && !answer.matches("an? (apple|cat)|one|red|blue|.* .*[^a-z].*")) {
                List<Matcher> same = parts.stream()
                        .filter(part -> part.group("seen").equals(seen))
                        .toList();
                if (same.size() < 2) continue;
                assertThat(same)
                        .allSatisfy(part -> assertThat(part.group("answer")).isEqualTo(answer));
                renamed++;
            }
        }
        assertThat(directions).isBetween(15, 60);
        assertThat(renamed).isBetween(40, 110);
    }

    /** Which of them is meant is all that there is to find. */
    @Test
    void ofSeveralThingsEachIsAskedAbout() throws IOException {
        TrainingTexts texts = new TrainingTexts(
                List.of(), 0, new Retold(0, 1, 0, 2), Drawn.drawings("apple", "cat", "car", "mouse"), 1);
        Pattern asked = Pattern.compile("Question:(.*?) Short answer:(.*?)<\\|endofchunk\\|>");
        Set<String> kinds = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            String text = texts.at(i);
            String seen = text.substring(Prompt.MARK.length(), text.indexOf("Question:"));
            int things = seen.split(", | and ").length;
            assertThat(things).isBetween(2, 4);
            List<MatchResult> all = asked.matcher(text).results().toList();
            assertThat(all).hasSize(2 * things);
            for (MatchResult one : all) {
                String question = one.group(1);
                String answer = one.group(2);
                String thing = question.replaceAll(
                        "what colou?r is the |which way does the | move|how many | are there|\\?", "");
                kinds.add(question.substring(0, question.indexOf(' ')));
                String single = thing.replaceAll("mice", "mouse").replaceAll("s$", "");
                assertThat(seen)
                        .as(question)
                        .containsPattern(
                                question.startsWith("what")
                                        ? "an? " + answer + " " + thing
                                        : question.startsWith("which")
                                                ? "the " + thing + " moves " + answer
                                                : answer.equals("one") ? "an? " + single : answer + " " + thing);
            }
            assertThat(texts.pieces(i))
                    .allSatisfy(piece ->
                            assertThat(piece.learned()).isEqualTo(piece.text().endsWith("<|endofchunk|>")));
        }
        assertThat(kinds).containsExactly("how", "what", "which");
        TrainingTexts two = new TrainingTexts(List.of(), 0, new Retold(0, 1, 0, 2), Drawn.drawings("apple", "cat"), 1);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 30; i++) two.at(i);
                })
                .hasMessageContaining("expected drawings of at least 4 countable things whose names say no colour");
    }

    @Test
    void aListIsReadAndThenSaid() throws IOException {
        TrainingTexts texts =
                new TrainingTexts(List.of(), 0, new Retold(0, 0, 1, 2), Drawn.drawings("apple", "cat"), 1);
        for (int i = 0; i < 50; i++) {
            List<Piece> pieces = texts.pieces(i);
            assertThat(pieces).extracting(Piece::learned).containsExactly(false, true);
            String list = pieces.get(0).text();
            assertThat(pieces.get(1).text()).isEqualTo("; " + list);
            assertThat(list.split(", ")).hasSizeBetween(4, 24);
        }
    }

    /** What nobody can know from the text is read, not learned. */
    @Test
    void ofAToldDocumentTheAnswersAreLearned() throws IOException {
        TrainingTexts texts =
                new TrainingTexts(List.of(), 0, new Retold(1, 0, 0, 8), Drawn.drawings("apple", "cat"), 1);
        int unknown = 0;
        for (int i = 0; i < 100; i++) {
            List<String> said = new ArrayList<>();
            for (Piece piece : texts.pieces(i)) {
                boolean answer = piece.text().endsWith("<|endofchunk|>");
                assertThat(piece.text().contains("<image>") || piece.text().contains(":"))
                        .isEqualTo(!answer);
                if (piece.learned()) assertThat(answer).isTrue();
                else if (answer) {
                    assertThat(said).doesNotContain(piece.text()); // an invented name, the first time
                    unknown++;
                }
                if (answer) said.add(piece.text());
            }
            assertThat(texts.pieces(i)).anyMatch(Piece::learned);
        }
        assertThat(unknown).isBetween(20, 200);
    }
}
