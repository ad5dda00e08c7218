package org.zeuxis.data.augmentation;

import java.util.List;
import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * Random changes to a picture that leave what it shows, so that a model sees a new one each epoch. Every choice is a pure
 * function of the seed, and each change draws for itself, so that one more leaves the others' choices as they were. A
 * change that would make a picture's caption untrue, such as another ink for a red car, is not made.
 *
 * @param changes made one after another to a square of the final size
 */
public record Augmentation(RandomCrop crop, List<Sometimes> changes) {
    public static final Augmentation NONE = new Augmentation(RandomCrop.NONE, List.of());

    public Augmentation {
        changes = List.copyOf(changes);
    }

    /** Of these changes those after which everything is where it was, of the whole picture. */
    public Augmentation unmoved() {
        return new Augmentation(
                RandomCrop.NONE,
                changes.stream().filter(each -> !each.change().moves()).toList());
    }

    /** The changed picture, as a square of {@code size} pixels. */
    public Image apply(Image image, String caption, int size, long seed) {
        Draws draws = new Draws(seed);
        Image cut = crop.of(image.width(), image.height(), draws.nextLong()).apply(image);
        Image x = new Resize(size, size, Resize.Filter.BICUBIC).apply(cut);
        for (Sometimes change : changes) x = change.apply(x, caption, new Draws(draws.nextLong()));
        return x;
    }
}
