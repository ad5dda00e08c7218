package org.zeuxis.train.recipe.lm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.Readable;
import org.zeuxis.data.pictogram.Captions;
import org.zeuxis.data.pictogram.InventedNames;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.AskedScenes.Asked;
import org.zeuxis.data.pictogram.scene.MovingScenes;
import org.zeuxis.data.pictogram.scene.MovingScenes.Moving;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.Dialect;
import org.zeuxis.models.flamingo.Prompt;

/**
 * What a language model reads: lines of files; and captions of drawings and questions about scenes, still and moving, with their answers, as a
 * Flamingo will read them, their marks included, but without the pictures; after some marks it is told in words what there is to see,
 * so that it learns to find an answer in what came before. Each text is a pure function of seed and position.
 */
final class TrainingTexts {
    /** Nobody looks at them. */
    private static final int SCENE = 32;

    /** Of the questions, those about what moves: as many as of each other kind. */
    private static final double MOVING = 1.0 / (1 + AskedScenes.Kind.values().length);

    /** Of the documents whose pictures are told, those of videos, whose directions are the hardest to find again. */
    private static final double MOVES = 0.3;

    /** Of the documents whose pictures are told, those that give things names which no language has. */
    private static final double RENAMED = 0.3;

    private static final Image NOTHING = new Image(1, 1, 3, new byte[3]);

    private final List<String> lines;
    private final double share;
    private final double told;
    private final int shots;
    private final Dataset drawings;
    private final AskedScenes scenes;
    private final MovingScenes moving;
    private final long seed;
    private final Map<Integer, Problem> unreadable = new ConcurrentSkipListMap<>();

    /**
     * @param share of the texts that are lines
     * @param told share, among the others, of documents whose pictures are told; of what is left half are captions and half questions
     * @param shots most pictures of such a document
     */
    TrainingTexts(List<String> lines, double share, double told, int shots, Dataset drawings, long seed) {
        if (!(share >= 0 && share <= 1))
            throw new IllegalArgumentException("expected a share of lines of 0 to 1, got " + share);
        if (!(told >= 0 && told <= 1))
            throw new IllegalArgumentException("expected a share of told of 0 to 1, got " + told);
        if (shots < 2) throw new IllegalArgumentException("expected at least 2 shots, got " + shots);
        if (lines.isEmpty() && share > 0)
            throw new IllegalArgumentException("expected lines with words in texts, got none; leave out texts");
        this.lines = List.copyOf(lines);
        this.share = share;
        this.told = told;
        this.shots = shots;
        this.drawings = drawings;
        this.seed = seed;
        scenes = new AskedScenes(drawings, SCENE, seed);
        moving = new MovingScenes(drawings, SCENE, seed);
    }

    String at(long position) throws IOException {
        Draws draws = Draws.at(seed, position);
        if (draws.chance(share)) return draws.of(lines);
        if (told > 0 && draws.chance(told)) return draws.chance(RENAMED) ? renamed(draws) : told(draws);
        if (draws.chance(0.5)) return asked(draws);
        String caption = Captions.PAIRS.caption(drawing(draws), draws.nextLong());
        return text("", "", caption);
    }

    private CaptionedImage drawing(Draws draws) throws IOException {
        return Readable.find(drawings, draws.below(drawings.size()), draws, unreadable);
    }

    /** Things with invented names, the last a thing that came before. */
    private String renamed(Draws draws) throws IOException {
        List<String> labels = new ArrayList<>();
        for (int last = 1 + draws.below(shots - 1); last > 0; last--)
            labels.add(drawing(draws).label());
        labels.add(draws.of(labels));
        List<String> names = InventedNames.of(labels, draws);
        String question = draws.chance(0.5) ? "" : draws.of(AskedScenes.NAMING);
        StringBuilder document = new StringBuilder();
        for (int i = 0; i < labels.size(); i++)
            document.append(text(Captions.spoken(labels.get(i)), question, Nouns.withArticle(names.get(i))));
        return document.toString();
    }

    /** Questions of one kind, each after words for what there is to see. */
    private String told(Draws draws) throws IOException {
        boolean moves = draws.chance(MOVES);
        var motion = draws.of(List.of(MovingScenes.Kind.values()));
        var kind = draws.of(List.of(AskedScenes.Kind.values()));
        StringBuilder document = new StringBuilder();
        for (int left = 1 + draws.below(shots / 2); left > 0; left--) {
            if (moves) {
                Moving asked = moving.at(motion, draws.nextLong(), 2);
                document.append(text(asked.frames().get(0).caption(), asked.question(), asked.answer()));
            } else {
                Asked asked = scenes.at(kind, draws.nextLong());
                document.append(text(asked.scene().caption(), asked.question(), asked.answer()));
            }
        }
        return document.toString();
    }

    private String asked(Draws draws) throws IOException {
        if (draws.chance(MOVING)) {
            MovingScenes.Kind kind = draws.of(List.of(MovingScenes.Kind.values()));
            Moving asked = moving.at(kind, draws.nextLong(), 2);
            return text("", asked.question(), asked.answer());
        }
        Asked asked = scenes.at(draws.nextLong());
        return text("", asked.question(), asked.answer());
    }

    private static String text(String seen, String question, String answer) {
        Prompt shown = Prompt.of(Prompt.MARK + seen, List.of(NOTHING));
        return Dialect.OPEN_FLAMINGO.answered(shown, question, answer).text();
    }
}
