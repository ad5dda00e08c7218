package org.zeuxis.train.recipe.lm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.Readable;
import org.zeuxis.data.pictogram.Captions;
import org.zeuxis.data.pictogram.InventedNames;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Asked;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.data.pictogram.scene.MovingScenes.Moving;
import org.zeuxis.data.pictogram.scene.Question;
import org.zeuxis.data.pictogram.scene.ToldThings;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;

/**
 * What a language model reads: lines of files; and captions of drawings and questions about scenes, still and moving, with their answers, as a
 * Flamingo will read them, their marks included, but without the pictures; after some marks it is told in words what there is to see,
 * so that it learns to find an answer in what came before. Lists that come twice teach it first to look back at all. Each text is a pure
 * function of seed and position.
 *
 * @see <a href="https://arxiv.org/abs/2209.11895">In-context learning and induction heads</a>, section "Argument 4"
 */
final class TrainingTexts {
    /** Nobody looks at them. */
    private static final int SCENE = 32;

    /** Of the questions, those about what moves: as many as of each other kind. */
    private static final double MOVING = 1.0 / (1 + AskedScenes.Kind.values().length);

    /** Of the documents whose pictures are told, those of videos, whose directions are the hardest to find again. */
    private static final double MOVES = 0.3;

    /** Of the documents whose pictures are told, those that give things names which no language has. */
    private static final double RENAMED = 0.3;

    private static final int SHORTEST_LIST = 4;
    private static final int LONGEST_LIST = 24;

    /**
     * What is said again of what was read before.
     *
     * @param told share of documents whose pictures are told
     * @param several share of those of one picture of several things, told, and asked about one after another
     * @param lists share of lists that come twice
     * @param shots most pictures of a document; of things with invented names most different ones, and some of these come again
     */
    record Retold(double told, double several, double lists, int shots) {
        /** None of it. */
        static final Retold NOTHING = new Retold(0, 0, 0, 2);

        Retold {
            if (!(told >= 0 && several >= 0 && lists >= 0 && told + several + lists <= 1)) {
                throw new IllegalArgumentException("expected shares of told, several and lists of 0 to 1 in sum, got "
                        + told + ", " + several + " and " + lists);
            }
            if (shots < 2) throw new IllegalArgumentException("expected at least 2 shots, got " + shots);
        }

        double share() {
            return told + several + lists;
        }
    }

    /**
     * A piece of a text.
     *
     * @param learned whether it is to be said, or only read
     */
    record Piece(String text, boolean learned) {}

    private static final Image NOTHING = new Image(1, 1, 3, new byte[3]);

    private final List<String> lines;
    private final double share;
    private final Retold retold;
    private final Dataset drawings;
    private final AskedScenes scenes;
    private final MovingScenes moving;
    private final ToldThings things;
    private final long seed;
    private final Map<Integer, Problem> unreadable = new ConcurrentSkipListMap<>();

    /**
     * @param share of the texts that are lines
     * @param retold among the others; of what is left half are captions and half questions
     */
    TrainingTexts(List<String> lines, double share, Retold retold, Dataset drawings, long seed) {
        if (!(share >= 0 && share <= 1))
            throw new IllegalArgumentException("expected a share of lines of 0 to 1, got " + share);
        if (lines.isEmpty() && share > 0)
            throw new IllegalArgumentException("expected lines with words in texts, got none; leave out texts");
        this.lines = List.copyOf(lines);
        this.share = share;
        this.retold = retold;
        this.drawings = drawings;
        this.seed = seed;
        scenes = new AskedScenes(drawings, SCENE, seed);
        moving = new MovingScenes(drawings, SCENE, seed);
        things = new ToldThings(drawings, seed);
    }

    /** As one. */
    String at(long position) throws IOException {
        return pieces(position).stream().map(Piece::text).collect(Collectors.joining());
    }

    /** Of documents whose pictures are told only the answers are learned: nobody can know what there is to see. */
    List<Piece> pieces(long position) throws IOException {
        Draws draws = Draws.at(seed, position);
        if (draws.chance(share)) return whole(draws.of(lines));
        if (retold.share() > 0) {
            double which = draws.fraction();
            if (which < retold.told()) return draws.chance(RENAMED) ? renamed(draws) : told(draws);
            if (which < retold.told() + retold.several()) return several(draws);
            if (which < retold.share()) return listed(draws);
        }
        if (draws.chance(0.5)) return whole(asked(draws));
        return whole(text("", Captions.PAIRS.caption(drawing(draws), draws.nextLong())));
    }

    private static List<Piece> whole(String text) {
        return List.of(new Piece(text, true));
    }

    private CaptionedImage drawing(Draws draws) throws IOException {
        return Readable.find(drawings, draws.below(drawings.size()), draws, unreadable);
    }

    /** Things with invented names, some of which come again; a name is learned where it was said before. */
    private List<Piece> renamed(Draws draws) throws IOException {
        List<String> labels = new ArrayList<>();
        for (int left = 1 + draws.below(retold.shots() - 1); left > 0; left--)
            labels.add(drawing(draws).label());
        for (int left = 1 + draws.below(labels.size()); left > 0; left--) labels.add(draws.of(labels));
        List<String> names = InventedNames.of(labels, draws);
        String question = draws.chance(0.5) ? "" : draws.of(AskedScenes.NAMING);
        List<Piece> document = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            boolean known = labels.subList(0, i).contains(labels.get(i));
            tell(document, Captions.spoken(labels.get(i)), question, Nouns.withArticle(names.get(i)), known);
        }
        return document;
    }

    /** One picture, many questions. */
    private List<Piece> several(Draws draws) throws IOException {
        ToldThings.Told told = things.at(draws.nextLong());
        List<Piece> document = new ArrayList<>();
        document.add(new Piece(Prompt.MARK + told.seen(), false));
        for (Question asked : told.asked()) answer(document, asked.text(), asked.answer(), true);
        return document;
    }

    /** A list in no order that anybody could guess, and then again. */
    private List<Piece> listed(Draws draws) throws IOException {
        List<String> things = new ArrayList<>();
        for (int left = SHORTEST_LIST + draws.below(LONGEST_LIST - SHORTEST_LIST + 1); left > 0; left--)
            things.add(drawing(draws).label());
        List<String> names = InventedNames.of(things, draws);
        for (int i = 0; i < things.size(); i++) if (draws.chance(0.5)) things.set(i, names.get(i));
        String list = String.join(", ", things);
        return List.of(new Piece(list, false), new Piece("; " + list, true));
    }

    /** Questions of one kind, each after words for what there is to see. */
    private List<Piece> told(Draws draws) throws IOException {
        boolean moves = draws.chance(MOVES);
        var motion = draws.of(List.of(MovingScenes.Kind.values()));
        var kind = draws.of(List.of(AskedScenes.Kind.values()));
        List<Piece> document = new ArrayList<>();
        for (int left = 1 + draws.below(retold.shots() / 2); left > 0; left--) {
            if (moves) {
                Moving asked = moving.at(motion, draws.nextLong(), 2);
                tell(document, asked.frames().get(0).caption(), asked.question(), asked.answer(), true);
            } else {
                Asked asked = scenes.at(kind, draws.nextLong());
                tell(document, asked.scene().caption(), asked.question(), asked.answer(), true);
            }
        }
        return document;
    }

    private String asked(Draws draws) throws IOException {
        if (draws.chance(MOVING)) {
            MovingScenes.Kind kind = draws.of(List.of(MovingScenes.Kind.values()));
            Moving asked = moving.at(kind, draws.nextLong(), 2);
            return text(asked.question(), asked.answer());
        }
        Asked asked = scenes.at(draws.nextLong());
        return text(asked.question(), asked.answer());
    }

    private static String text(String question, String answer) {
        return Dialect.OPEN_FLAMINGO.answered(NOTHING, question, answer).text();
    }

    private static void tell(List<Piece> document, String seen, String question, String answer, boolean learned) {
        document.add(new Piece(Prompt.MARK + seen, false));
        answer(document, question, answer, learned);
    }

    private static void answer(List<Piece> document, String question, String answer, boolean learned) {
        String asking = Dialect.OPEN_FLAMINGO.asking(List.of(NOTHING), question).text();
        document.add(new Piece(asking.substring(Prompt.MARK.length()), false));
        document.add(new Piece(text(question, answer).substring(asking.length()), learned));
    }
}
