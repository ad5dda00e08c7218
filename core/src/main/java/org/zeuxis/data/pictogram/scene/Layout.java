package org.zeuxis.data.pictogram.scene;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.data.Draws;

/**
 * Where the drawings of a scene lie.
 *
 * @param size of the picture in pixels, at least 32
 */
record Layout(int size) {
    /** How the first of two may lie to the second. */
    static final List<String> RELATIONS = List.of("left of", "right of", "above", "below");

    private static final double LEAST = 0.75;

    Layout {
        if (size < 32) throw new IllegalArgumentException("expected scenes of at least 32 pixels, got " + size);
    }

    /** The other way round. */
    static int opposite(int relation) {
        return relation ^ 1;
    }

    /** Cells of a 2x2 grid, or the whole picture for one. */
    List<Placement> scattered(List<Thing> things, Draws draws) {
        if (things.size() == 1) return List.of(within(things.get(0), 0, 0, size, size, 0.6, draws));
        List<Integer> cells = new ArrayList<>(List.of(0, 1, 2, 3));
        List<Placement> places = new ArrayList<>();
        int half = size / 2;
        for (Thing thing : things) {
            int cell = cells.remove(draws.below(cells.size()));
            places.add(within(thing, cell % 2 * half, cell / 2 * half, half, half, LEAST, draws));
        }
        return places;
    }

    /** Two halves of the picture, by one of {@link #RELATIONS}. */
    List<Placement> beside(Thing first, Thing second, int relation, Draws draws) {
        int half = size / 2;
        List<Placement> places = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            boolean begins = i == 0 ^ relation % 2 == 1;
            int at = begins ? 0 : half;
            Thing thing = i == 0 ? first : second;
            places.add(
                    relation < 2
                            ? within(thing, at, size / 4, half, half, LEAST, draws)
                            : within(thing, size / 4, at, half, half, LEAST, draws));
        }
        return places;
    }

    /** A square somewhere in a rectangle, filling between {@code least} and all of it. */
    private static Placement within(Thing thing, int left, int top, int width, int height, double least, Draws draws) {
        int most = Math.min(width, height);
        int side = (int) Math.round(most * draws.between(least, 1));
        int x = left + draws.below(width - side + 1);
        int y = top + draws.below(height - side + 1);
        return new Placement(thing.key(), thing.label(), x, y, side);
    }
}
