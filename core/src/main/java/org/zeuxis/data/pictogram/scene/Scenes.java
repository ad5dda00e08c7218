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
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;

/**
 * Pictures with one to four drawings at known places, and captions that say how many, on which colour and where:
 * {@code three apples}, {@code a cat left of a car}, {@code a cat on a red disc and a dog on a blue disc}. They teach, and
 * test, counting, binding and position. Each is a pure function of seed and position.
 */
public final class Scenes implements Examples {
    /** What a scene is about. */
    public enum Kind {
        COUNT,
        COUNT_TWO,
        POSITION,
        COLOR
    }

    private final Things things;
    private final int size;
    private final Layout layout;
    private final long seed;

    /**
     * @param drawings on transparent or plain backgrounds; of those with the attribute {@code group} only things are used
     * @param size width and height of the pictures in pixels, at least 32
     */
    public Scenes(Dataset drawings, int size, long seed) {
        this.things = new Things(drawings);
        this.size = size;
        this.layout = new Layout(size);
        this.seed = seed;
    }

    @Override
    public Example at(long position) throws IOException {
        Scene scene = scene(position);
        return new Example("scene-" + position, scene.image(), scene.caption());
    }

    @Override
    public List<Problem> problems() {
        return things.problems();
    }

    /** The scene at a position, with all that is true of it. */
    public Scene scene(long position) throws IOException {
        Draws draws = Draws.at(seed, position);
        Kind kind = draws.of(List.of(Kind.values()));
        Thing first = things.any(draws, "");
        Background ground = draws.chance(0.5) ? Background.WHITE : draws.of(Background.PALETTE);
        if (kind == Kind.COUNT) {
            int count = 1 + draws.below(4);
            List<Thing> all = Collections.nCopies(count, first);
            List<Placement> places = layout.scattered(all, draws);
            boolean article = count == 1 && draws.chance(0.5);
            String caption = article ? Nouns.withArticle(first.label()) : Nouns.counted(count, first.label());
            return Scene.of(size, all, places, ground, caption);
        }
        Thing second = things.any(draws, first.label());
        return switch (kind) {
            case COUNT, COUNT_TWO -> twoGroups(first, second, ground, draws);
            case POSITION -> {
                int relation = draws.below(Layout.RELATIONS.size());
                String caption = Nouns.withArticle(first.label()) + " " + Layout.RELATIONS.get(relation) + " "
                        + Nouns.withArticle(second.label());
                List<Placement> places = layout.beside(first, second, relation, draws);
                yield Scene.of(size, List.of(first, second), places, ground, caption);
            }
            case COLOR -> onDiscs(first, second, ground, draws);
        };
    }

    private Scene twoGroups(Thing first, Thing second, Background ground, Draws draws) {
        int most = 1 + draws.below(3);
        int rest = 1 + draws.below(4 - most);
        return Scene.groups(layout, first, most, second, rest, ground, draws);
    }

    private Scene onDiscs(Thing first, Thing second, Background ground, Draws draws) {
        List<Background> colors = new ArrayList<>(Background.PALETTE);
        colors.remove(ground);
        Background one = colors.remove(draws.below(colors.size()));
        Background two = draws.of(colors);
        String caption = on(first, one) + " and " + on(second, two);
        List<Placement> places = layout.beside(first, second, 0, draws);
        return Scene.onDiscs(size, List.of(first, second), places, List.of(one, two), ground, caption);
    }

    private static String on(Thing thing, Background disc) {
        return Nouns.withArticle(thing.label()) + " on " + Nouns.article(disc.name()) + " " + disc.name() + " disc";
    }
}
