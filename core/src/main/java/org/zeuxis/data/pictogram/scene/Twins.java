package org.zeuxis.data.pictogram.scene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;

/**
 * Pairs of scenes of the same drawings that differ in one thing alone: their colour ({@code two red apples}, {@code two
 * green apples}; {@code a red star and a blue cat}, {@code a blue star and a red cat}), their count or their place. Each
 * is followed by its twin, so that in a batch they are one another's negatives, and the words of colour, count and place are
 * all that tells them apart.
 *
 * @see <a href="https://arxiv.org/abs/2204.03162">Winoground</a>, whose pairs of captions differ in the order of words alone
 */
public final class Twins implements Examples {
    /** What two scenes differ in. */
    public enum Aspect {
        COLOR,
        COUNT,
        PLACE
    }

    /** Two scenes, of which each one's caption is wrong for the other. */
    public record Pair(Aspect aspect, Scene one, Scene other) {}

    /** Drawings that are chosen, and two scenes that can be drawn with them. */
    private record Plan(Aspect aspect, Supplier<Scene> one, Supplier<Scene> other) {}

    private static final int MOST = 4;
    /** Of pairs that differ in colour: one kind of thing, the others being two that exchange theirs. */
    private static final double ONE_COLOR = 0.5;
    /** Of pairs that differ in count: one kind of thing, the others being two that exchange theirs. */
    private static final double ONE_KIND = 0.6;
    /** Of those of one kind: in a colour of their own. */
    private static final double TINTED = 0.4;

    private final Things things;
    private final int size;
    private final Layout layout;
    private final long seed;

    /**
     * @param drawings on transparent or plain backgrounds; of those with the attribute {@code group} only things are used
     * @param size width and height of the pictures in pixels, at least 32
     */
    public Twins(Dataset drawings, int size, long seed) {
        this.things = new Things(drawings);
        this.size = size;
        this.layout = new Layout(size);
        this.seed = seed;
    }

    @Override
    public Example at(long position) throws IOException {
        Plan plan = plan(position / 2);
        Scene scene = (position % 2 == 0 ? plan.one() : plan.other()).get();
        return new Example("scene-" + position, scene.image(), scene.caption());
    }

    @Override
    public List<Problem> problems() {
        return things.problems();
    }

    /** The pair of this number; one after another they differ in colour, count and place. */
    public Pair pair(long number) throws IOException {
        Plan plan = plan(number);
        return new Pair(plan.aspect(), plan.one().get(), plan.other().get());
    }

    private Plan plan(long number) throws IOException {
        Draws draws = Draws.at(seed, number);
        Background ground = draws.chance(0.5) ? Background.WHITE : draws.of(Background.PALETTE);
        Aspect aspect = Aspect.values()[(int) (number % 3)];
        return switch (aspect) {
            case COLOR -> draws.chance(ONE_COLOR) ? otherColor(ground, draws) : exchangedColors(ground, draws);
            case COUNT -> draws.chance(ONE_KIND) ? otherCount(ground, draws) : exchangedCounts(ground, draws);
            case PLACE -> exchangedPlaces(ground, draws);
        };
    }

    private Plan otherColor(Background ground, Draws draws) throws IOException {
        Thing thing = things.uncolored(draws, "");
        List<Background> colors = colors(ground, draws);
        int count = 1 + draws.below(MOST);
        long places = draws.nextLong();
        return new Plan(
                Aspect.COLOR,
                () -> several(new Tint(colors.get(0)).apply(thing), count, ground, places),
                () -> several(new Tint(colors.get(1)).apply(thing), count, ground, places));
    }

    private Plan exchangedColors(Background ground, Draws draws) throws IOException {
        Thing first = things.uncolored(draws, "");
        Thing second = things.uncolored(draws, first.label());
        List<Background> colors = colors(ground, draws);
        int relation = draws.below(Layout.RELATIONS.size());
        long places = draws.nextLong();
        Background a = colors.get(0);
        Background b = colors.get(1);
        return new Plan(
                Aspect.COLOR,
                () -> two(new Tint(a).apply(first), "and", new Tint(b).apply(second), relation, ground, places),
                () -> two(new Tint(b).apply(first), "and", new Tint(a).apply(second), relation, ground, places));
    }

    private Plan otherCount(Background ground, Draws draws) throws IOException {
        boolean tinted = draws.chance(TINTED);
        Thing own = tinted ? things.uncolored(draws, "") : things.any(draws, "");
        Thing thing = tinted ? new Tint(colors(ground, draws).get(0)).apply(own) : own;
        int count = 1 + draws.below(MOST);
        int other = 1 + (count + draws.below(MOST - 1)) % MOST;
        long places = draws.nextLong();
        return new Plan(
                Aspect.COUNT, () -> several(thing, count, ground, places), () -> several(thing, other, ground, places));
    }

    private Plan exchangedCounts(Background ground, Draws draws) throws IOException {
        Thing first = things.any(draws, "");
        Thing second = things.any(draws, first.label());
        int more = 2 + draws.below(2);
        boolean firstHasMore = draws.chance(0.5);
        int a = firstHasMore ? more : 1;
        int b = firstHasMore ? 1 : more;
        long places = draws.nextLong();
        return new Plan(
                Aspect.COUNT,
                () -> Scene.groups(layout, first, a, second, b, ground, new Draws(places)),
                () -> Scene.groups(layout, first, b, second, a, ground, new Draws(places)));
    }

    private Plan exchangedPlaces(Background ground, Draws draws) throws IOException {
        Thing first = things.any(draws, "");
        Thing second = things.any(draws, first.label());
        int relation = draws.below(Layout.RELATIONS.size());
        int opposite = Layout.opposite(relation);
        long places = draws.nextLong();
        return new Plan(
                Aspect.PLACE,
                () -> two(first, Layout.RELATIONS.get(relation), second, relation, ground, places),
                () -> two(first, Layout.RELATIONS.get(opposite), second, opposite, ground, places));
    }

    private Scene several(Thing thing, int count, Background ground, long places) {
        List<Thing> all = Collections.nCopies(count, thing);
        String caption = count == 1 ? Nouns.withArticle(thing.label()) : Nouns.counted(count, thing.label());
        return Scene.of(size, all, layout.scattered(all, new Draws(places)), ground, caption);
    }

    private Scene two(Thing first, String joined, Thing second, int relation, Background ground, long places) {
        List<Placement> beside = layout.beside(first, second, relation, new Draws(places));
        String caption = Nouns.withArticle(first.label()) + " " + joined + " " + Nouns.withArticle(second.label());
        return Scene.of(size, List.of(first, second), beside, ground, caption);
    }

    /** Two colours that are seen on this ground. */
    private static List<Background> colors(Background ground, Draws draws) {
        List<Background> left = new ArrayList<>(Tint.COLORS);
        left.remove(ground);
        Background one = left.remove(draws.below(left.size()));
        return List.of(one, draws.of(left));
    }
}
