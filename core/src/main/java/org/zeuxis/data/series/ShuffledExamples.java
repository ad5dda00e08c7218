package org.zeuxis.data.series;

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

/**
 * A dataset in shuffled order, epoch after epoch. A sample that cannot be read is noted and replaced by another, the
 * same one in every run.
 */
public final class ShuffledExamples implements Examples {
    private final Dataset dataset;
    private final Shuffle shuffle;
    private final Presentation presentation;
    private final Map<Integer, Problem> unreadable = new ConcurrentSkipListMap<>();

    /** @param seed of the order, the replacements and the presentation */
    public ShuffledExamples(Dataset dataset, long seed, Presentation presentation) {
        this.dataset = dataset;
        this.shuffle = new Shuffle(dataset.size(), seed);
        this.presentation = presentation;
    }

    @Override
    public Example at(long position) throws IOException {
        int index = shuffle.at(position);
        Draws draws = Draws.at(shuffle.seed(), position);
        long seed = draws.nextLong();
        CaptionedImage sample = Readable.find(dataset, index, draws, unreadable);
        return presentation.present(sample, seed);
    }

    @Override
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(dataset.problems());
        problems.addAll(unreadable.values());
        return problems;
    }
}
