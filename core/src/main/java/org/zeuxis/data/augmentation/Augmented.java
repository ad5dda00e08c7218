package org.zeuxis.data.augmentation;

import java.io.IOException;
import java.util.List;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.image.Image;

/** Examples as squares of one size, without transparency, each changed at random but the same in every run. */
public final class Augmented implements Examples {
    private final Examples examples;
    private final Augmentation augmentation;
    private final int size;
    private final long seed;

    /** @param size width and height of the pictures in pixels, at least 1 */
    public Augmented(Examples examples, Augmentation augmentation, int size, long seed) {
        this.examples = examples;
        this.augmentation = augmentation;
        this.size = size;
        this.seed = seed;
    }

    @Override
    public Example at(long position) throws IOException {
        Example e = examples.at(position);
        long changes = Draws.at(seed, position).nextLong();
        Image changed = augmentation.apply(e.image().over(255, 255, 255), e.caption(), size, changes);
        return new Example(e.key(), changed, e.caption());
    }

    @Override
    public List<Problem> problems() {
        return examples.problems();
    }
}
