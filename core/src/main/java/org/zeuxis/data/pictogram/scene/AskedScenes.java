package org.zeuxis.data.pictogram.scene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.data.pictogram.Nouns;

/**
 * Scenes with a question that only who sees them can answer: all answers of a kind are as likely as one another, but for
 * {@link Kind#OWN_COLOR}, where those of things that are called by a colour come a little more often. Each is a pure function of
 * seed and position.
 *
 * @see <a href="https://arxiv.org/abs/1505.00468">Visual question answering</a>
 */
public final class AskedScenes {
    /** What is asked. */
    public enum Kind {
        /** What it is. */
        NAME,
        /** How many there are of a thing, one to four, others beside it or not. */
        COUNT,
        /** The colour of the only thing. */
        OWN_COLOR,
        /** The colour of one of two things. */
        COLOR,
        /** The colour of the ground. */
        BACKGROUND,
        /** Where one of two things lies. */
        POSITION,
        /** Of which of two things there are more. */
        COMPARISON,
        /** Which of four is unlike the others. */
        ODD_ONE_OUT
    }

    /**
     * @param answer without an article, but for {@link Kind#NAME} and {@link Kind#ODD_ONE_OUT}
     * @param more what else can be asked about the scene
     */
    public record Asked(Scene scene, Kind kind, String question, String answer, List<Question> more) {
        public Asked {
            more = List.copyOf(more);
        }
    }

    private static final int MOST = 4;
    /** Questions after {@link Kind#NAME}. */
    public static final List<String> NAMING = List.of("what is this?", "what is it?", "what do you see?");

    private static final List<String> SPELLINGS = List.of("color", "colour");

    private final Things things;
    private final int size;
    private final Layout layout;
    private final long seed;

    /**
     * @param drawings on transparent or plain backgrounds; of those with the attribute {@code group} only things are used
     * @param size width and height of the pictures in pixels, at least 32
     */
    public AskedScenes(Dataset drawings, int size, long seed) {
        this.things = new Things(drawings);
        this.size = size;
        this.layout = new Layout(size);
        this.seed = seed;
    }

    /** Drawings that could not be read so far. */
    public List<Problem> problems() {
        return things.problems();
    }

    /** One after another of each kind. */
    public Asked at(long position) throws IOException {
        Kind[] kinds = Kind.values();
        return at(kinds[(int) Math.floorMod(position, (long) kinds.length)], position);
    }

    /** One of a kind. */
    public Asked at(Kind kind, long position) throws IOException {
        Draws draws = Draws.at(seed, position);
        Background ground = draws.chance(0.5) ? Background.WHITE : draws.of(Background.PALETTE);
        return switch (kind) {
            case NAME -> name(ground, draws);
            case COUNT -> count(ground, draws);
            case OWN_COLOR -> ownColor(ground, draws);
            case COLOR -> color(ground, draws);
            case BACKGROUND -> background(draws);
            case POSITION -> position(ground, draws);
            case COMPARISON -> comparison(ground, draws);
            case ODD_ONE_OUT -> oddOneOut(ground, draws);
        };
    }

    private Asked name(Background ground, Draws draws) throws IOException {
        Thing thing = things.any(draws, "");
        String answer = Nouns.withArticle(thing.label());
        Scene scene = Scene.of(size, List.of(thing), layout.scattered(List.of(thing), draws), ground, answer);
        return new Asked(scene, Kind.NAME, draws.of(NAMING), answer, List.of(ofGround(ground, draws)));
    }

    private Asked count(Background ground, Draws draws) throws IOException {
        Thing thing = things.any(draws, "");
        int count = 1 + draws.below(MOST);
        int others = draws.below(MOST + 1 - count);
        List<Thing> all = new ArrayList<>(Collections.nCopies(count, thing));
        String caption = counted(count, thing);
        List<Question> more = List.of();
        if (others > 0) {
            Thing other = things.any(draws, thing.label());
            all.addAll(Collections.nCopies(others, other));
            caption += " and " + counted(others, other);
            more = List.of(ofCount(other, others));
        }
        Scene scene = Scene.of(size, all, layout.scattered(all, draws), ground, caption);
        return new Asked(scene, Kind.COUNT, countOf(thing.label()), Nouns.number(count), more);
    }

    private Asked ownColor(Background ground, Draws draws) throws IOException {
        Thing thing = things.any(draws, "");
        String color = thing.label().split(" ", 2)[0];
        if (Tint.COLORS.stream().noneMatch(each -> each.name().equals(color))) {
            List<Background> colors = new ArrayList<>(Tint.COLORS);
            colors.remove(ground);
            Thing plain = things.uncolored(draws, "");
            Background tint = draws.of(colors);
            return ownColor(new Tint(tint).apply(plain), tint.name(), ground, draws);
        }
        return ownColor(thing, color, ground.name().equals(color) ? Background.WHITE : ground, draws);
    }

    private Asked ownColor(Thing thing, String color, Background ground, Draws draws) {
        Scene scene = Scene.of(
                size,
                List.of(thing),
                layout.scattered(List.of(thing), draws),
                ground,
                Nouns.withArticle(thing.label()));
        return new Asked(
                scene,
                Kind.OWN_COLOR,
                "what " + draws.of(SPELLINGS) + " is it?",
                color,
                List.of(ofGround(ground, draws)));
    }

    private Asked color(Background ground, Draws draws) throws IOException {
        Thing first = things.uncolored(draws, "");
        Thing second = things.uncolored(draws, first.label());
        List<Background> colors = new ArrayList<>(Tint.COLORS);
        colors.remove(ground);
        Background one = colors.remove(draws.below(colors.size()));
        Background two = draws.of(colors);
        List<Thing> tinted = List.of(new Tint(one).apply(first), new Tint(two).apply(second));
        List<Placement> places =
                layout.beside(tinted.get(0), tinted.get(1), draws.below(Layout.RELATIONS.size()), draws);
        String caption = Nouns.withArticle(tinted.get(0).label()) + " and "
                + Nouns.withArticle(tinted.get(1).label());
        boolean asksFirst = draws.chance(0.5);
        List<Question> both = List.of(
                new Question(colorOf(first.label(), draws), one.name()),
                new Question(colorOf(second.label(), draws), two.name()));
        Question asked = both.get(asksFirst ? 0 : 1);
        return new Asked(
                Scene.of(size, tinted, places, ground, caption),
                Kind.COLOR,
                asked.text(),
                asked.answer(),
                List.of(both.get(asksFirst ? 1 : 0)));
    }

    private Asked background(Draws draws) throws IOException {
        Thing thing = things.any(draws, "");
        Background ground = draws.of(Background.PALETTE);
        String caption = Nouns.withArticle(thing.label());
        Scene scene = Scene.of(size, List.of(thing), layout.scattered(List.of(thing), draws), ground, caption);
        Question asked = ofGround(ground, draws);
        return new Asked(
                scene, Kind.BACKGROUND, asked.text(), asked.answer(), List.of(new Question(draws.of(NAMING), caption)));
    }

    private Asked position(Background ground, Draws draws) throws IOException {
        Thing first = things.any(draws, "");
        Thing second = things.any(draws, first.label());
        int relation = draws.below(Layout.RELATIONS.size());
        String where = Layout.RELATIONS.get(relation);
        String caption = Nouns.withArticle(first.label()) + " " + where + " " + Nouns.withArticle(second.label());
        Scene scene =
                Scene.of(size, List.of(first, second), layout.beside(first, second, relation, draws), ground, caption);
        String opposite = Layout.RELATIONS.get(Layout.opposite(relation));
        return new Asked(
                scene,
                Kind.POSITION,
                whereIs(first.label()),
                where + " the " + second.label(),
                List.of(new Question(whereIs(second.label()), opposite + " the " + first.label())));
    }

    private Asked comparison(Background ground, Draws draws) throws IOException {
        Thing first = things.any(draws, "");
        Thing second = things.any(draws, first.label());
        int more = 2 + draws.below(2);
        boolean firstHasMore = draws.chance(0.5);
        int a = firstHasMore ? more : 1;
        int b = firstHasMore ? 1 : more;
        String firsts = Nouns.plurals(first.label());
        String seconds = Nouns.plurals(second.label());
        return new Asked(
                Scene.groups(layout, first, a, second, b, ground, draws),
                Kind.COMPARISON,
                "are there more " + firsts + " or more " + seconds + "?",
                "more " + (firstHasMore ? firsts : seconds),
                List.of(ofCount(first, a), ofCount(second, b)));
    }

    private Asked oddOneOut(Background ground, Draws draws) throws IOException {
        Thing many = things.any(draws, "");
        Thing odd = things.any(draws, many.label());
        return new Asked(
                Scene.groups(layout, many, MOST - 1, odd, 1, ground, draws),
                Kind.ODD_ONE_OUT,
                "which one is not like the others?",
                "the " + odd.label(),
                List.of(ofCount(many, MOST - 1), ofCount(odd, 1)));
    }

    private static Question ofCount(Thing thing, int count) {
        return new Question(countOf(thing.label()), Nouns.number(count));
    }

    private static Question ofGround(Background ground, Draws draws) {
        return new Question("what " + draws.of(SPELLINGS) + " is the background?", ground.name());
    }

    private static String whereIs(String label) {
        return "where is the " + label + "?";
    }

    static String countOf(String label) {
        return "how many " + Nouns.plurals(label) + " are there?";
    }

    static String colorOf(String label, Draws draws) {
        return "what " + draws.of(SPELLINGS) + " is the " + label + "?";
    }

    private static String counted(int count, Thing thing) {
        return count == 1 ? Nouns.withArticle(thing.label()) : Nouns.counted(count, thing.label());
    }
}
