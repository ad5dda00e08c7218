package org.zeuxis.eval.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;
import org.zeuxis.models.flamingo.SimilarShots;

/**
 * What examples are taken from.
 *
 * @param examples all of them
 * @param similar of the same pictures in the same order, to take those most alike; null to draw at random
 * @param seed of what is drawn
 */
public record ExamplePool(
        List<CaptionedImage> examples, @Nullable SimilarShots similar, long seed) {

    /** Of nothing, for those who ask without examples. */
    public static final ExamplePool EMPTY = new ExamplePool(List.of(), null, 0);

    public ExamplePool {
        examples = List.copyOf(examples);
    }

    /**
     * Examples for a picture, never that picture itself. Fewer of them are the last of these.
     *
     * @param place of the picture among those that are asked about
     * @return the most alike last
     * @throws IllegalArgumentException if there are not so many
     */
    List<CaptionedImage> of(Image asked, long place, int count) {
        if (count == 0) return List.of();
        List<Integer> order = similar == null ? shuffled(place) : similar.nearest(asked, examples.size());
        List<CaptionedImage> others = order.stream()
                .map(examples::get)
                .filter(each -> !same(each.image(), asked))
                .toList();
        if (others.size() < count) {
            throw new IllegalArgumentException(
                    "expected at least " + count + " examples that are not the picture itself, got " + others.size()
                            + "; name a larger dataset, or ask with fewer");
        }
        return others.subList(others.size() - count, others.size());
    }

    private List<Integer> shuffled(long place) {
        List<Integer> all =
                new ArrayList<>(IntStream.range(0, examples.size()).boxed().toList());
        Collections.shuffle(all, new Random(Draws.at(seed, place).nextLong()));
        return all;
    }

    private static boolean same(Image a, Image b) {
        return a.width() == b.width() && a.height() == b.height() && Arrays.equals(a.samples(), b.samples());
    }
}
