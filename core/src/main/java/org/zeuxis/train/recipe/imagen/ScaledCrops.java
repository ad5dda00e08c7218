package org.zeuxis.train.recipe.imagen;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.data.Draws;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.image.Crop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * Large pictures at random places, beside the whole of them made small.
 *
 * @param examples squares of the large size
 * @param factor by which the small picture is smaller
 * @param crop pixels on a side of what is cut
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.5: the larger super-resolution model is trained on crops
 */
record ScaledCrops(Examples examples, int factor, int crop, int batchSize, long seed) {

    /**
     * A batch.
     *
     * @param crops of the large pictures
     * @param small the whole of each
     * @param left where in the large picture each crop begins, with {@code top}
     */
    record Pairs(List<Image> crops, List<Image> small, List<String> captions, List<Integer> left, List<Integer> top) {}

    Pairs at(long step) throws IOException {
        Pairs pairs = new Pairs(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < batchSize; i++) {
            long place = Math.multiplyExact(step, (long) batchSize) + i;
            Example example = examples.at(place);
            Draws draws = Draws.at(seed, place);
            Image whole = example.image();
            int left = draws.below(whole.width() - crop + 1);
            int top = draws.below(whole.width() - crop + 1);
            pairs.crops.add(new Crop(left, top, crop, crop).apply(whole));
            pairs.small.add(small(whole, factor));
            pairs.captions.add(example.caption());
            pairs.left.add(left);
            pairs.top.add(top);
        }
        return pairs;
    }

    static Image small(Image whole, int factor) {
        int side = whole.width() / factor;
        return new Resize(side, side, Resize.Filter.BOX).apply(whole);
    }
}
