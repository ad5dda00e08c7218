package org.zeuxis.data.pictogram.scene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.image.Video;

/**
 * Videos of two things that move in two directions, with a question that only who sees several frames can answer for sure: all
 * directions are as likely as one another. Each is a pure function of seed and position.
 */
public final class MovingScenes {
    /** What is asked. */
    public enum Kind {
        /** Where one of the two moves. */
        DIRECTION,
        /** What both do. */
        EVENT
    }

    /**
     * @param frames in the order of time, each with where the two things are in it: first the upper or left one
     * @param answer of the upper or left thing first where it speaks of both
     * @param more what else can be asked about them
     */
    public record Moving(List<Scene> frames, Kind kind, String question, String answer, List<Question> more) {
        public Moving {
            frames = List.copyOf(frames);
            more = List.copyOf(more);
        }

        /** As it is seen. */
        public Video video() {
            return new Video(frames.stream().map(Scene::image).toList());
        }
    }

    /** Sides of a thing, in sizes of the picture: beside two of the largest there is room for the shortest way. */
    private static final double SMALLEST = 0.3;

    private static final double LARGEST = 0.36;
    /** The picture's size by the length of the shortest way. */
    private static final int SHORTEST = 4;

    private final Things things;
    private final int size;
    private final long seed;

    /**
     * @param drawings on transparent or plain backgrounds; of those with the attribute {@code group} only things are used
     * @param size width and height of the pictures in pixels, at least 32
     */
    public MovingScenes(Dataset drawings, int size, long seed) {
        this.things = new Things(drawings);
        this.size = new Layout(size).size();
        this.seed = seed;
    }

    /** Drawings that could not be read so far. */
    public List<Problem> problems() {
        return things.problems();
    }

    /**
     * One of a kind.
     *
     * @param frames how many it has, at least 2
     */
    public Moving at(Kind kind, long position, int frames) throws IOException {
        if (frames < 2) throw new IllegalArgumentException("expected videos of at least 2 frames, got " + frames);
        Draws draws = Draws.at(seed, position);
        Background ground = draws.chance(0.5) ? Background.WHITE : draws.of(Background.PALETTE);
        Thing first = things.any(draws, "");
        Thing second = things.any(draws, first.label());
        List<Direction> directions = new ArrayList<>(List.of(Direction.values()));
        Direction one = directions.remove(draws.below(directions.size()));
        Direction two = draws.of(directions);
        int side = (int) (size * draws.between(SMALLEST, LARGEST));
        int least = (size + SHORTEST - 1) / SHORTEST;
        List<Lane> lanes = Lane.two(size, side, one, two, draws);
        List<Placement> firsts = lanes.get(0).way(first, side, one, least, frames, draws);
        List<Placement> seconds = lanes.get(1).way(second, side, two, least, frames, draws);
        String event = moves(first.label(), one.words()) + " and " + moves(second.label(), two.words());
        List<Scene> scenes = IntStream.range(0, frames)
                .mapToObj(i ->
                        Scene.of(size, List.of(first, second), List.of(firsts.get(i), seconds.get(i)), ground, event))
                .toList();
        boolean asksFirst = draws.chance(0.5);
        Question ofFirst = new Question(wayOf(first.label()), one.words());
        Question ofSecond = new Question(wayOf(second.label()), two.words());
        Question asked = asksFirst ? ofFirst : ofSecond;
        return switch (kind) {
            case DIRECTION ->
                new Moving(scenes, kind, asked.text(), asked.answer(), List.of(asksFirst ? ofSecond : ofFirst));
            case EVENT -> new Moving(scenes, kind, "what happens?", event, List.of(ofFirst, ofSecond));
        };
    }

    static String moves(String label, String direction) {
        return "the " + label + " moves " + direction;
    }

    static String wayOf(String label) {
        return "which way does the " + label + " move?";
    }
}
