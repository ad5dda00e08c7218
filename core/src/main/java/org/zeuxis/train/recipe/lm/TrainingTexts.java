package org.zeuxis.train.recipe.lm;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.Readable;
import org.zeuxis.data.pictogram.Captions;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Asked;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.data.pictogram.scene.MovingScenes.Moving;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;

/**
 * What a language model reads: lines of files; and captions of drawings and questions about scenes, still and moving, with their answers, as a
 * Flamingo will read them, their marks included, but without the pictures. Each text is a pure function of seed and position.
 */
final class TrainingTexts {
    /** Nobody looks at them. */
    private static final int SCENE = 32;

    /** Of the questions, those about what moves: as many as of each other kind. */
    private static final double MOVING = 1.0 / (1 + AskedScenes.Kind.values().length);

    private static final Image NOTHING = new Image(1, 1, 3, new byte[3]);

    private final List<String> lines;
    private final double share;
    private final Dataset drawings;
    private final AskedScenes scenes;
    private final MovingScenes moving;
    private final long seed;
    private final Map<Integer, Problem> unreadable = new ConcurrentSkipListMap<>();

    /** @param share of the texts that are lines; of the others half are captions and half questions */
    TrainingTexts(List<String> lines, double share, Dataset drawings, long seed) {
        if (!(share >= 0 && share <= 1))
            throw new IllegalArgumentException("expected a share of lines of 0 to 1, got " + share);
        if (lines.isEmpty() && share > 0)
            throw new IllegalArgumentException("expected lines with words in texts, got none; leave out texts");
        this.lines = List.copyOf(lines);
        this.share = share;
        this.drawings = drawings;
        this.seed = seed;
        scenes = new AskedScenes(drawings, SCENE, seed);
        moving = new MovingScenes(drawings, SCENE, seed);
    }

    String at(long position) throws IOException {
        Draws draws = Draws.at(seed, position);
        if (draws.chance(share)) return draws.of(lines);
        if (draws.chance(0.5)) return asked(draws);
        var sample = Readable.find(drawings, draws.below(drawings.size()), draws, unreadable);
        String caption = Captions.PAIRS.caption(sample, draws.nextLong());
        return text("", caption);
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
}
