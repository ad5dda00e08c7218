package org.zeuxis.train.recipe.flamingo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.zeuxis.data.Draws;
import org.zeuxis.data.augmentation.Augmentation;
import org.zeuxis.data.pictogram.InventedNames;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Asked;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.data.pictogram.scene.MovingScenes.Moving;
import org.zeuxis.data.pictogram.scene.Question;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.text.language.LanguageTokenizer;

/**
 * Interleaved documents: several pictures or videos, each with its caption or with a question and its answer, of one kind in each
 * document, so that those before help with the last.
 *
 * @param captioned pictures with captions
 * @param alike the same, of which two in a row show the same
 * @param called likewise, captioned by their names alone
 * @param scenes with questions
 * @param moving videos with questions
 * @param augmentation of both, which leaves everything where it is
 * @param context tokens to which a document is cut
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, section 2.4 and Figure 9
 */
record Documents(
        Examples captioned,
        Examples alike,
        Examples called,
        AskedScenes scenes,
        MovingScenes moving,
        Augmentation augmentation,
        DocumentMix mix,
        LanguageTokenizer tokenizer,
        int batchSize,
        int context,
        long seed) {
    private static final int MOST_VIDEOS = 2;

    /**
     * A medium and what is said of it.
     *
     * @param learned whether it can be known from what is shown, or is only read
     */
    private record Part(Prompt prompt, boolean learned) {}

    /** The tokens of a document, and which of them are to be learned. */
    private record Text(int[] ids, boolean[] learned) {}

    /**
     * Documents of as many media each, all of as many frames.
     *
     * @param pictures frame by frame, of all media of all documents, one after the other
     * @param media of each document
     * @param frames of each medium, 1 of pictures
     * @param ids [batch × tokens], filled up with the end of a text
     * @param said places of the tokens, in [batch × (tokens − 1)] without each first, that are to be learned
     */
    record Batch(List<Image> pictures, int media, int frames, long[] ids, int tokens, long[] said) {}

    Batch at(long step) throws IOException {
        Draws draws = Draws.at(seed, step);
        boolean videos = draws.chance(mix.videos());
        int media = 1 + draws.below(videos ? Math.min(MOST_VIDEOS, mix.shots()) : mix.shots());
        int frames = videos ? mix.frames() : 1;
        List<Image> pictures = new ArrayList<>();
        List<Text> texts = new ArrayList<>();
        for (int i = 0; i < batchSize; i++) {
            List<Part> parts = document(Math.addExact(Math.multiplyExact(step, (long) batchSize), i), media, frames);
            for (Part part : parts) part.prompt().media().forEach(pictures::addAll);
            texts.add(text(parts));
        }
        int tokens = texts.stream().mapToInt(text -> text.ids().length).max().orElseThrow() + 1;
        long[] ids = new long[batchSize * tokens];
        Arrays.fill(ids, tokenizer.endId());
        long[] said = new long[ids.length];
        int learned = 0;
        for (int i = 0; i < batchSize; i++) {
            Text text = texts.get(i);
            for (int t = 0; t < text.ids().length; t++) {
                ids[i * tokens + t] = text.ids()[t];
                if (text.learned()[t]) said[learned++] = (long) i * (tokens - 1) + t - 1;
            }
        }
        return new Batch(pictures, media, frames, ids, tokens, Arrays.copyOf(said, learned));
    }

    private Text text(List<Part> parts) {
        int mark = tokenizer.id(Prompt.MARK);
        int begun = tokenizer.start().length;
        int[] ids = Arrays.copyOf(tokenizer.start(), context);
        boolean[] learned = new boolean[context];
        int at = begun;
        for (Part part : parts) {
            for (int id : tokenizer.tokens(part.prompt().text())) {
                if (at == context) break;
                learned[at] = part.learned() && at > begun && id != mark;
                ids[at++] = id;
            }
        }
        return new Text(Arrays.copyOf(ids, at), learned);
    }

    private List<Part> document(long place, int media, int frames) throws IOException {
        Draws draws = Draws.at(seed + 1, place);
        if (frames > 1) return learned(moving(media, frames, draws));
        if (media > 1 && mix.invented() > 0 && draws.chance(mix.invented())) return renamed(media, draws);
        return learned(draws.chance(mix.captions()) ? captioned(media, draws) : asked(media, draws));
    }

    private static List<Part> learned(List<Prompt> prompts) {
        return prompts.stream().map(prompt -> new Part(prompt, true)).toList();
    }

    /** Things some of which come again; nobody can know an invented name before it was said, so that it is learned from then on. */
    private List<Part> renamed(int media, Draws draws) throws IOException {
        long first = draws.nextLong() >>> 2;
        List<Integer> things = new ArrayList<>();
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < media; i++) {
            boolean again = i == media - 1 || i > 0 && draws.chance(0.5);
            int thing = again ? draws.of(things) : i;
            examples.add(called.at(2 * (first + thing) + (again ? 1 : 0)));
            things.add(thing);
        }
        List<String> names =
                InventedNames.of(examples.stream().map(Example::caption).toList(), draws);
        String question = draws.chance(0.5) ? "" : draws.of(AskedScenes.NAMING);
        return IntStream.range(0, media)
                .mapToObj(i -> new Part(
                        Dialect.OPEN_FLAMINGO.answered(
                                examples.get(i).image(), question, Nouns.withArticle(names.get(i))),
                        names.subList(0, i).contains(names.get(i))))
                .toList();
    }

    private List<Prompt> captioned(int media, Draws draws) throws IOException {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < media; i++) examples.add(captioned.at(draws.nextLong() >>> 1));
        if (media > 1 && draws.chance(mix.repeats())) {
            long pair = draws.nextLong() >>> 2;
            examples.set(draws.below(media - 1), alike.at(2 * pair));
            examples.set(media - 1, alike.at(2 * pair + 1));
        }
        return examples.stream()
                .map(example -> Dialect.OPEN_FLAMINGO.answered(example.image(), "", example.caption()))
                .toList();
    }

    private List<Prompt> asked(int media, Draws draws) throws IOException {
        AskedScenes.Kind kind = draws.of(mix.questions());
        List<Prompt> parts = new ArrayList<>();
        for (int i = 0; i < media; i++) {
            Asked asked = scenes.at(kind, draws.nextLong());
            List<Question> questions = some(asked.question(), asked.answer(), asked.more(), draws);
            Image seen = changed(asked.scene().image(), questions, draws.nextLong());
            parts.add(said(Prompt.of(Prompt.MARK, List.of(seen)), questions));
        }
        return parts;
    }

    private List<Prompt> moving(int media, int frames, Draws draws) throws IOException {
        MovingScenes.Kind kind = draws.of(mix.moving());
        List<Prompt> parts = new ArrayList<>();
        for (int i = 0; i < media; i++) {
            Moving asked = moving.at(kind, draws.nextLong(), frames);
            List<Question> questions = some(asked.question(), asked.answer(), asked.more(), draws);
            long changes = draws.nextLong();
            List<Image> seen = asked.video().frames().stream()
                    .map(frame -> changed(frame, questions, changes))
                    .toList();
            parts.add(said(new Prompt(Prompt.MARK, List.of(seen)), questions));
        }
        return parts;
    }

    /** The first, and each of the others as likely as not. */
    private static List<Question> some(String question, String answer, List<Question> more, Draws draws) {
        List<Question> all = new ArrayList<>();
        all.add(new Question(question, answer));
        for (Question other : more) if (draws.chance(0.5)) all.add(other);
        return all;
    }

    /** A picture or a video, and then one question after the other. */
    private static Prompt said(Prompt shown, List<Question> questions) {
        Prompt all = Prompt.of("", List.of());
        Prompt first = shown;
        for (Question question : questions) {
            all = all.then(Dialect.OPEN_FLAMINGO.answered(first, question.text(), question.answer()));
            first = Prompt.of("", List.of());
        }
        return all;
    }

    private Image changed(Image scene, List<Question> questions, long seed) {
        String words = questions.stream()
                .map(each -> each.text() + " " + each.answer())
                .collect(Collectors.joining(" "));
        return augmentation.apply(scene, words, scene.width(), seed);
    }
}
