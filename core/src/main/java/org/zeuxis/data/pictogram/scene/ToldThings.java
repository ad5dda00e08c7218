package org.zeuxis.data.pictogram.scene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.data.pictogram.Nouns;

/**
 * Several things told in words, a property of each, and questions that only who finds the thing that is meant can answer. Each is a
 * pure function of seed and position.
 *
 * @see <a href="https://arxiv.org/abs/2312.04927">Zoology</a>, section 3.1: associative recall of several keys
 */
public final class ToldThings {
    /**
     * @param seen what there is to see, in words
     * @param asked one after another, each of a thing drawn at random
     */
    public record Told(String seen, List<Question> asked) {
        public Told {
            asked = List.copyOf(asked);
        }
    }

    /** What differs between the things. */
    private enum Property {
        COLOR,
        DIRECTION,
        COUNT
    }

    private static final int MOST = 4;
    private static final int TRIES = 200;

    private final Things things;
    private final long seed;

    /** @param drawings whose labels the things are called by, used as {@link AskedScenes} uses them */
    public ToldThings(Dataset drawings, long seed) {
        this.things = new Things(drawings);
        this.seed = seed;
    }

    /** Two to four of them, asked about twice as often as there are. */
    public Told at(long position) throws IOException {
        Draws draws = Draws.at(seed, position);
        Property property = draws.of(List.of(Property.values()));
        List<String> values = new ArrayList<>(values(property));
        List<String> told = new ArrayList<>();
        List<Question> each = new ArrayList<>();
        List<String> taken = new ArrayList<>();
        for (int left = 2 + draws.below(MOST - 1); left > 0; left--) {
            String label = another(taken, draws);
            taken.add(label);
            String value = values.remove(draws.below(values.size()));
            told.add(telling(property, label, value));
            each.add(new Question(question(property, label, draws), value));
        }
        List<Question> asked = new ArrayList<>();
        for (int left = 2 * each.size(); left > 0; left--) asked.add(draws.of(each));
        return new Told(Nouns.series(told), asked);
    }

    private String another(List<String> taken, Draws draws) throws IOException {
        String last = taken.isEmpty() ? "" : taken.get(taken.size() - 1);
        for (int i = 0; i < TRIES; i++) {
            String label = things.uncolored(draws, last).label();
            if (!taken.contains(label)) return label;
        }
        throw new IOException("expected drawings of at least " + MOST + " countable things whose names say no colour, "
                + TRIES + " tries found " + taken + " alone; use a dataset with more names");
    }

    private static List<String> values(Property property) {
        return switch (property) {
            case COLOR -> Tint.COLORS.stream().map(Background::name).toList();
            case DIRECTION ->
                List.of(Direction.values()).stream().map(Direction::words).toList();
            case COUNT -> IntStream.rangeClosed(1, MOST).mapToObj(Nouns::number).toList();
        };
    }

    private static String telling(Property property, String label, String value) {
        return switch (property) {
            case COLOR -> Nouns.withArticle(value + " " + label);
            case DIRECTION -> MovingScenes.moves(label, value);
            case COUNT -> value.equals("one") ? Nouns.withArticle(label) : value + " " + Nouns.plurals(label);
        };
    }

    private static String question(Property property, String label, Draws draws) {
        return switch (property) {
            case COLOR -> AskedScenes.colorOf(label, draws);
            case DIRECTION -> MovingScenes.wayOf(label);
            case COUNT -> AskedScenes.countOf(label);
        };
    }
}
