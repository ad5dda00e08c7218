package org.zeuxis.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.zeuxis.image.Image;

/**
 * Pictures with one to four drawings at known places, and captions that say how many, on which colour and where:
 * {@code three red apples}, {@code a cat left of a car}, {@code a cat on a red disc and a dog on a blue disc}. They teach, and
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

    /** A drawing in a scene: square, in pixels from the top left corner. */
    public record Placement(String key, String label, int left, int top, int side) {}

    /** A picture and all that is true of it. */
    public record Scene(Kind kind, Image image, String caption, Background background, List<Placement> placements) {
        public Scene {
            placements = List.copyOf(placements);
        }
    }

    private static final int TRIES = 200;
    private static final Set<String> GROUPS =
            Set.of("animals-nature", "food-drink", "travel-places", "activities", "objects");
    private static final Set<String> NO_THINGS =
            Set.of("time", "sky-weather", "place-map", "place-other", "sound", "lock");
    private static final List<String> RELATIONS = List.of("left of", "right of", "above", "below");

    private final Dataset drawings;
    private final int size;
    private final long seed;
    private final Map<Integer, Problem> unreadable = new ConcurrentSkipListMap<>();

    /**
     * @param drawings with transparent backgrounds; of those with the attribute {@code group} only things are used
     * @param size width and height of the pictures in pixels, at least 32
     */
    public Scenes(Dataset drawings, int size, long seed) {
        if (size < 32) throw new IllegalArgumentException("expected scenes of at least 32 pixels, got " + size);
        if (drawings.size() < 1) throw new IllegalArgumentException("expected drawings to make scenes of, got none");
        this.drawings = drawings;
        this.size = size;
        this.seed = seed;
    }

    @Override
    public Example at(long position) throws IOException {
        Scene scene = scene(position);
        return new Example("scene-" + position, scene.image(), scene.caption());
    }

    @Override
    public List<Problem> problems() {
        return new ArrayList<>(unreadable.values());
    }

    /** The scene at a position, with all that is true of it. */
    public Scene scene(long position) throws IOException {
        Draws draws = Draws.at(seed, position);
        Kind kind = draws.of(List.of(Kind.values()));
        CaptionedImage first = thing(draws, "");
        Background background = draws.chance(0.5) ? Background.WHITE : draws.of(Background.PALETTE);
        List<CaptionedImage> things = new ArrayList<>();
        if (kind == Kind.COUNT) {
            int count = 1 + draws.below(4);
            for (int i = 0; i < count; i++) things.add(first);
            List<Placement> cells = scattered(things, draws);
            String caption =
                    count == 1 && draws.chance(0.5) ? Nouns.withArticle(label(first)) : counted(count, label(first));
            return draw(kind, things, cells, List.of(), background, caption);
        }
        CaptionedImage second = thing(draws, label(first));
        if (kind == Kind.COUNT_TWO) {
            int most = 1 + draws.below(3);
            int rest = 1 + draws.below(4 - most);
            for (int i = 0; i < most; i++) things.add(first);
            for (int i = 0; i < rest; i++) things.add(second);
            String caption = counted(most, label(first)) + " and " + counted(rest, label(second));
            return draw(kind, things, scattered(things, draws), List.of(), background, caption);
        }
        things.add(first);
        things.add(second);
        if (kind == Kind.POSITION) {
            int relation = draws.below(RELATIONS.size());
            List<Placement> places = beside(things, relation, draws);
            String caption = Nouns.withArticle(label(first)) + " " + RELATIONS.get(relation) + " "
                    + Nouns.withArticle(label(second));
            return draw(kind, things, places, List.of(), background, caption);
        }
        List<Background> colors = new ArrayList<>(Background.PALETTE);
        colors.remove(background);
        Background one = colors.remove(draws.below(colors.size()));
        Background two = draws.of(colors);
        String caption = on(first, one) + " and " + on(second, two);
        return draw(kind, things, beside(things, 0, draws), List.of(one, two), background, caption);
    }

    private static String on(CaptionedImage thing, Background disc) {
        return Nouns.withArticle(label(thing)) + " on " + Nouns.article(disc.name()) + " " + disc.name() + " disc";
    }

    private static String counted(int count, String label) {
        return count == 1 ? "one " + label : Nouns.plural(count, label);
    }

    private Scene draw(
            Kind kind,
            List<CaptionedImage> things,
            List<Placement> places,
            List<Background> discs,
            Background background,
            String caption) {
        Canvas canvas = new Canvas(size, background);
        for (int i = 0; i < things.size(); i++) {
            Placement place = places.get(i);
            int margin = 0;
            if (!discs.isEmpty()) {
                canvas.disc(discs.get(i), place.left(), place.top(), place.side());
                margin = Math.round(place.side() * 0.17f);
            }
            canvas.paste(things.get(i).image(), place.left() + margin, place.top() + margin, place.side() - 2 * margin);
        }
        String said = background.equals(Background.WHITE) ? caption : caption + " " + background.phrase();
        return new Scene(kind, canvas.image(), said, background, places);
    }

    /** Cells of a 2x2 grid, or the whole picture for one. */
    private List<Placement> scattered(List<CaptionedImage> things, Draws draws) {
        List<Integer> cells = new ArrayList<>(List.of(0, 1, 2, 3));
        List<Placement> places = new ArrayList<>();
        for (CaptionedImage thing : things) {
            if (things.size() == 1) {
                places.add(within(thing, 0, 0, size, size, 0.6, draws));
                break;
            }
            int cell = cells.remove(draws.below(cells.size()));
            int half = size / 2;
            places.add(within(thing, cell % 2 * half, cell / 2 * half, half, half, 0.75, draws));
        }
        return places;
    }

    /** Two halves of the picture; relation 0 puts the first left, 1 right, 2 above, 3 below. */
    private List<Placement> beside(List<CaptionedImage> things, int relation, Draws draws) {
        int half = size / 2;
        List<Placement> places = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            boolean begins = i == 0 ^ relation % 2 == 1;
            int at = begins ? 0 : half;
            places.add(
                    relation < 2
                            ? within(things.get(i), at, size / 4, half, half, 0.75, draws)
                            : within(things.get(i), size / 4, at, half, half, 0.75, draws));
        }
        return places;
    }

    /** A square somewhere in a rectangle, filling between {@code least} and all of it. */
    private static Placement within(
            CaptionedImage thing, int left, int top, int width, int height, double least, Draws draws) {
        int most = Math.min(width, height);
        int side = (int) Math.round(most * (least + (1 - least) * draws.fraction()));
        int x = left + draws.below(width - side + 1);
        int y = top + draws.below(height - side + 1);
        return new Placement(thing.key(), label(thing), x, y, side);
    }

    private static String label(CaptionedImage thing) {
        return thing.value("label", thing.caption());
    }

    /** A drawing of one countable thing with another label. */
    private CaptionedImage thing(Draws draws, String unlike) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            CaptionedImage thing = Readable.find(drawings, draws.below(drawings.size()), draws, unreadable);
            boolean known = GROUPS.contains(thing.value("group", "objects"))
                    && !NO_THINGS.contains(thing.value("subgroup", ""))
                    && !label(thing).contains("’");
            if (known && Nouns.countable(label(thing)) && !label(thing).equals(unlike)) return thing;
        }
        throw new IOException("expected drawings of at least two countable things, such as an apple and a cat, " + TRIES
                + " tries among " + drawings.size() + " found none; use a dataset with more names");
    }
}
