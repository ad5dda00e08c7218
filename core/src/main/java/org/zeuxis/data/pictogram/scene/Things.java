package org.zeuxis.data.pictogram.scene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.Readable;
import org.zeuxis.data.pictogram.ColorWords;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.image.Image;

/** The drawings of a dataset that show one countable thing on nothing, drawn from at random. */
final class Things {
    private static final int TRIES = 200;
    private static final Set<String> GROUPS =
            Set.of("animals-nature", "food-drink", "travel-places", "activities", "objects");
    private static final Set<String> NO_THINGS =
            Set.of("time", "sky-weather", "place-map", "place-other", "sound", "lock");

    private final Dataset drawings;
    private final Map<Integer, Problem> unreadable = new ConcurrentSkipListMap<>();

    Things(Dataset drawings) {
        if (drawings.size() < 1) throw new IllegalArgumentException("expected drawings to make scenes of, got none");
        this.drawings = drawings;
    }

    /** One with another label. */
    Thing any(Draws draws, String unlike) throws IOException {
        return find(draws, unlike, false);
    }

    /** One with another label that names no colour, so that it may have any. */
    Thing uncolored(Draws draws, String unlike) throws IOException {
        return find(draws, unlike, true);
    }

    private Thing find(Draws draws, String unlike, boolean uncolored) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            CaptionedImage sample = Readable.find(drawings, draws.below(drawings.size()), draws, unreadable);
            String label = sample.value("label", sample.caption());
            boolean wanted = !label.equals(unlike) && !(uncolored && ColorWords.in(label));
            if (!wanted || !countable(sample, label)) continue;
            Image cut = Cutout.of(sample.image());
            if (cut != null) return new Thing(sample.key(), label, cut);
        }
        throw new IOException("expected drawings of at least two countable things, such as an apple and a cat, " + TRIES
                + " tries among " + drawings.size() + " found none; use a dataset with more names");
    }

    private static boolean countable(CaptionedImage sample, String label) {
        return GROUPS.contains(sample.value("group", "objects"))
                && !NO_THINGS.contains(sample.value("subgroup", ""))
                && !label.contains("’")
                && !label.contains(" and ") // no two forks and knife
                && Nouns.countable(label);
    }

    /** The drawings that could not be read so far. */
    List<Problem> problems() {
        return new ArrayList<>(unreadable.values());
    }
}
