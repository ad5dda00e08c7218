package org.zeuxis.train.recipe.flamingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.augmentation.Augmentation;
import org.zeuxis.data.augmentation.Invert;
import org.zeuxis.data.augmentation.RandomCrop;
import org.zeuxis.data.augmentation.Sometimes;
import org.zeuxis.data.augmentation.geometry.Rotate;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Kind;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.text.language.LanguageTokenizer;

class DocumentsTest extends FlamingoTrial {
    private Documents documents(DocumentMix mix, int batch, int context) throws IOException {
        return documents(mix, batch, context, Augmentation.NONE);
    }

    private Documents documents(DocumentMix mix, int batch, int context, Augmentation augmentation) throws IOException {
        Examples alone = position -> new Example("x", Drawn.plain(1, 2, (int) (position & 255)), "a thing");
        Examples alike = position -> new Example("y", Drawn.plain(3, 4, (int) (position / 2 & 255)), "a pair");
        return new Documents(
                alone,
                alike,
                alike,
                new AskedScenes(Drawn.drawings("apple", "cat"), 32, 1),
                new MovingScenes(Drawn.drawings("apple", "cat"), 32, 1),
                augmentation,
                mix,
                LanguageTokenizer.read(folder.resolve("lm/model")),
                batch,
                context,
                9);
    }

    /** Which of the pictures of a single document have words that are learned. */
    private static List<Integer> learnedOf(Documents.Batch batch, long mark) {
        return Arrays.stream(batch.said())
                .mapToInt(place -> (int) IntStream.rangeClosed(0, Math.toIntExact(place) + 1)
                                .filter(t -> batch.ids()[t] == mark)
                                .count()
                        - 1)
                .distinct()
                .boxed()
                .toList();
    }

    /** What is said of each picture of a single document. */
    private static List<String> parts(Documents.Batch batch, LanguageTokenizer tokenizer) {
        long mark = tokenizer.id(Prompt.MARK);
        int[] marks = IntStream.range(0, batch.tokens())
                .filter(t -> batch.ids()[t] == mark)
                .toArray();
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < marks.length; i++) {
            int end = i + 1 < marks.length ? marks[i + 1] : batch.tokens();
            parts.add(tokenizer.decode(Arrays.stream(batch.ids(), marks[i], end)
                    .mapToInt(Math::toIntExact)
                    .toArray()));
        }
        return parts;
    }

    private void expectMarks(Documents.Batch batch, int documents) throws IOException {
        long mark = LanguageTokenizer.read(folder.resolve("lm/model")).id(Prompt.MARK);
        for (int i = 0; i < documents; i++) {
            int row = i;
            long marks = IntStream.range(0, batch.tokens())
                    .filter(t -> batch.ids()[row * batch.tokens() + t] == mark)
                    .count();
            assertThat(marks).isEqualTo(batch.media());
        }
    }

    /** What is learned is each token of a document but its first and the marks of pictures. */
    @Test
    void documentsSayWhatIsToBeLearned() throws IOException {
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.resolve("lm/model"));
        DocumentMix mix = new DocumentMix(0.5, 0, 0, 3, 0);
        Documents.Batch batch = documents(mix, 4, 160).at(5);
        assertThat(batch.pictures()).hasSize(4 * batch.media());
        expectMarks(batch, 4);
        for (long place : batch.said()) {
            int width = batch.tokens() - 1;
            long token = batch.ids()[(int) (place / width) * batch.tokens() + (int) (place % width) + 1];
            assertThat(token).isNotEqualTo(tokenizer.id(Prompt.MARK)).isNotEqualTo(tokenizer.endId());
        }
        assertThat(documents(new DocumentMix(1, 0, 0, 1, 0), 1, 160).at(0).pictures())
                .hasSize(1);
        assertThat(documents(mix, 4, 5).at(5).tokens()).isEqualTo(5 + 1);
    }

    /** All documents of a batch are of as many frames: of videos, or of pictures. */
    @Test
    void aShareOfTheBatchesAreVideos() throws IOException {
        Documents documents = documents(new DocumentMix(0.5, 0, 0.5, 4, 3), 2, 400);
        Set<String> seen = new TreeSet<>();
        for (int step = 0; step < 60; step++) {
            Documents.Batch batch = documents.at(step);
            assertThat(batch.pictures()).hasSize(2 * batch.media() * batch.frames());
            expectMarks(batch, 2);
            seen.add(batch.media() + " of " + batch.frames());
        }
        assertThat(seen).containsExactly("1 of 1", "1 of 3", "2 of 1", "2 of 3", "3 of 1", "4 of 1");
    }

    @Test
    void someKindsOfQuestionsComeMoreOftenAndOthersNever() throws IOException {
        String asked = between() + ", \"frames\": 2, \"videos\": 0.5, \"captions\": 0";
        train(
                "kinds",
                "flamingo",
                2,
                asked + ", \"questions\": [\"own color\", \"name\"], \"moving\": [\"event\"]",
                false);
        DocumentMix mix = new DocumentMix(
                0,
                0,
                0,
                0,
                1,
                2,
                List.of(Kind.POSITION, Kind.POSITION, Kind.BACKGROUND),
                List.of(MovingScenes.Kind.EVENT));
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.resolve("lm/model"));
        Documents.Batch batch = documents(mix, 200, 160).at(1);
        int where = 0;
        for (int i = 0; i < 200; i++) {
            long[] row = Arrays.copyOfRange(batch.ids(), i * batch.tokens(), (i + 1) * batch.tokens());
            String text = tokenizer.decode(
                    Arrays.stream(row).mapToInt(Math::toIntExact).toArray());
            if (text.contains("where is the")) where++;
            else assertThat(text).contains("background");
        }
        assertThat(where).isBetween(110, 160);
        assertThatThrownBy(() -> train("odd", "flamingo", 2, asked + ", \"questions\": [\"where\"]", false))
                .hasMessageContaining("expected questions of some of [name, count, own color,")
                .hasMessageContaining("got [where]");
    }

    /** The last picture of a document of captions shows what one before it does, if that is asked for. */
    @Test
    void theLastPictureMayRepeatWhatAnEarlierOneShows() throws IOException {
        for (int repeats : List.of(0, 1)) {
            Documents documents = documents(new DocumentMix(1, repeats, 0, 3, 0), 1, 400);
            for (int step = 0; step < 30; step++) {
                List<Image> pictures = documents.at(step).pictures();
                byte[] last = pictures.get(pictures.size() - 1).samples();
                long pairs =
                        pictures.stream().filter(p -> p.sample(0, 0, 0) == 3).count();
                assertThat(pairs).isEqualTo(repeats == 1 && pictures.size() > 1 ? 2 : 0);
                long same = pictures.stream()
                        .filter(p -> Arrays.equals(p.samples(), last))
                        .count();
                if (pairs > 0) assertThat(same).isEqualTo(2);
            }
        }
    }

    /** Things get names that no text has, some of them again, the last always; what comes again is learned. */
    @Test
    void whatHasAnInventedNameHasItAgain() throws IOException {
        DocumentMix mix =
                new DocumentMix(0, 0, 1, 0, 3, 0, List.of(Kind.values()), List.of(MovingScenes.Kind.values()));
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.resolve("lm/model"));
        Documents documents = documents(mix, 1, 400);
        int several = 0;
        int early = 0;
        for (int step = 0; step < 30; step++) {
            Documents.Batch batch = documents.at(step);
            if (batch.media() == 1) continue;
            several++;
            List<Image> pictures = batch.pictures();
            byte[] last = pictures.get(pictures.size() - 1).samples();
            assertThat(pictures.subList(0, pictures.size() - 1))
                    .anySatisfy(picture -> assertThat(picture.samples()).isEqualTo(last));
            String text = tokenizer.decode(
                    Arrays.stream(batch.ids()).mapToInt(Math::toIntExact).toArray());
            // nobody can know a name before it was said
            List<String> parts = parts(batch, tokenizer);
            List<Integer> learned = learnedOf(batch, tokenizer.id(Prompt.MARK));
            for (int i = 0; i < pictures.size(); i++) {
                boolean before = parts.subList(0, i).contains(parts.get(i));
                assertThat(learned.contains(i)).as(text).isEqualTo(before);
                if (before && i < pictures.size() - 1) early++;
            }
            // all are called "a pair" by their captions, and by one invented name here
            assertThat(text).doesNotContain("a pair");
        }
        assertThat(several).isGreaterThan(10);
        assertThat(early).isPositive();
        assertThatThrownBy(() -> train("share", "flamingo", 2, between() + ", \"invented\": 2", false))
                .hasMessageContaining("expected a share of invented of 0 to 1, got 2");
    }

    /** A picture may be asked about more than once, without being shown again, and is changed by what leaves all answers true. */
    @Test
    void scenesAreAskedAboutAndChanged() throws IOException {
        DocumentMix mix =
                new DocumentMix(0, 0, 0, 0, 1, 0, List.of(Kind.NAME, Kind.POSITION), List.of(MovingScenes.Kind.EVENT));
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.resolve("lm/model"));
        Augmentation changes = new Augmentation(
                new RandomCrop(0.2, 0.3), List.of(new Sometimes(1, new Rotate(180)), new Sometimes(1, new Invert())));
        Documents.Batch plain = documents(mix, 40, 400).at(0);
        Documents.Batch changed = documents(mix, 40, 400, changes.unmoved()).at(0);
        assertThat(changed.ids()).isEqualTo(plain.ids());
        expectMarks(plain, 40);
        int again = 0;
        int inverted = 0;
        for (int i = 0; i < 40; i++) {
            long[] row = Arrays.copyOfRange(plain.ids(), i * plain.tokens(), (i + 1) * plain.tokens());
            String text = tokenizer.decode(
                    Arrays.stream(row).mapToInt(Math::toIntExact).toArray());
            int questions = text.split("Question:", -1).length - 1;
            assertThat(questions).isBetween(1, 2);
            if (questions == 2) again++;
            int before = plain.pictures().get(i).sample(0, 0, 0);
            int after = changed.pictures().get(i).sample(0, 0, 0);
            if (text.contains("background")) assertThat(after).as(text).isEqualTo(before);
            else {
                assertThat(after).as(text).isEqualTo(255 - before);
                inverted++;
            }
        }
        assertThat(again).isBetween(10, 30);
        assertThat(inverted).isPositive();
    }
}
