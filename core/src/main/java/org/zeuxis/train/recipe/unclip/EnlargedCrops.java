package org.zeuxis.train.recipe.unclip;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.data.Draws;
import org.zeuxis.data.augmentation.Change;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.image.Crop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * Pictures at random places of large ones, each beside the same place of a small, spoilt copy that was enlarged again.
 *
 * @param examples squares of the large size
 * @param factor by which the small copy is smaller
 * @param crop pixels on a side of what is cut
 * @param degradation what spoils the small copy
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1: random crops of a quarter of the size
 */
record EnlargedCrops(Examples examples, int factor, int crop, Change degradation, int batchSize, long seed) {

    /**
     * A batch.
     *
     * @param large what was there, [crop, crop] each
     * @param small what is left of it, in the same size
     */
    record Pairs(List<Image> large, List<Image> small) {}

    Pairs at(long step) throws IOException {
        List<Image> large = new ArrayList<>();
        List<Image> small = new ArrayList<>();
        for (int i = 0; i < batchSize; i++) {
            long place = Math.multiplyExact(step, (long) batchSize) + i;
            Example example = examples.at(place);
            Draws draws = Draws.at(seed, place);
            Image whole = example.image();
            int size = whole.width();
            Image spoilt = enlarged(
                    degradation.apply(new Resize(size / factor, size / factor, Resize.Filter.BOX).apply(whole), draws),
                    size);
            Crop cut = new Crop(draws.below(size - crop + 1), draws.below(size - crop + 1), crop, crop);
            large.add(cut.apply(whole));
            small.add(cut.apply(spoilt));
        }
        return new Pairs(large, small);
    }

    static Image enlarged(Image small, int size) {
        return new Resize(size, size, Resize.Filter.BICUBIC).apply(small);
    }
}
