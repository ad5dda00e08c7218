package org.zeuxis.data.pictogram.scene;

import java.util.List;
import java.util.stream.IntStream;
import org.zeuxis.data.Draws;

/** A strip of a picture that one thing moves in, in pixels from the top left corner. */
record Lane(int left, int top, int width, int height) {

    /**
     * Two that fill a picture, one below the other or beside it: halves where both things move along them or both across, else
     * who moves across gets all that the other leaves.
     *
     * @param side of both things
     */
    static List<Lane> two(int size, int side, Direction first, Direction second, Draws draws) {
        boolean alike = first.horizontal() == second.horizontal();
        boolean rows = alike ? first.horizontal() : draws.chance(0.5);
        int split = alike ? size / 2 : first.horizontal() == rows ? side : size - side;
        return rows
                ? List.of(new Lane(0, 0, size, split), new Lane(0, split, size, size - split))
                : List.of(new Lane(0, 0, split, size), new Lane(split, 0, size - split, size));
    }

    /**
     * A steady way through it.
     *
     * @param least how far it leads at least
     * @return where the thing is in each frame, at least 2 of them
     */
    List<Placement> way(Thing thing, int side, Direction direction, int least, int frames, Draws draws) {
        boolean horizontal = direction.horizontal();
        int room = (horizontal ? width : height) - side;
        int length = least + draws.below(room - least + 1);
        int begin = draws.below(room - length + 1);
        int across = draws.below((horizontal ? height : width) - side + 1);
        return IntStream.range(0, frames)
                .map(frame -> Math.round((float) length * frame / (frames - 1)))
                .map(gone -> begin + (direction.growing() ? gone : length - gone))
                .mapToObj(along -> new Placement(
                        thing.key(),
                        thing.label(),
                        left + (horizontal ? along : across),
                        top + (horizontal ? across : along),
                        side))
                .toList();
    }
}
