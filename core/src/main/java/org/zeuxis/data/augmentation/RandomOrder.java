package org.zeuxis.data.augmentation;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;

/**
 * Several changes, one after another in an order drawn at random.
 *
 * @see <a href="https://arxiv.org/abs/2103.14006">BSRGAN</a>, section 3.5: random shuffle strategy
 */
public record RandomOrder(List<Sometimes> changes) implements Change {
    /** What a small picture goes through before it is enlarged: blur, scaling, noise, JPEG. */
    public static final RandomOrder BSR = new RandomOrder(List.of(
            new Sometimes(0.7, new Blur(1.2)),
            new Sometimes(0.5, new Rescale(0.6)),
            new Sometimes(0.6, new Noise(0.06)),
            new Sometimes(0.6, new Jpeg(50))));

    public RandomOrder {
        changes = List.copyOf(changes);
    }

    @Override
    public Image apply(Image image, Draws draws) {
        List<Sometimes> left = new ArrayList<>(changes);
        Image x = image;
        while (!left.isEmpty()) {
            Sometimes next = left.remove(draws.below(left.size()));
            x = next.apply(x, "", new Draws(draws.nextLong()));
        }
        return x;
    }

    @Override
    public boolean keeps(String caption) {
        return changes.stream().allMatch(each -> each.change().keeps(caption));
    }
}
