package org.zeuxis.train.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import org.zeuxis.config.Config;
import org.zeuxis.data.augmentation.Augmentation;
import org.zeuxis.data.augmentation.Blur;
import org.zeuxis.data.augmentation.Change;
import org.zeuxis.data.augmentation.Edges;
import org.zeuxis.data.augmentation.Gray;
import org.zeuxis.data.augmentation.Hue;
import org.zeuxis.data.augmentation.Ink;
import org.zeuxis.data.augmentation.Invert;
import org.zeuxis.data.augmentation.Jitter;
import org.zeuxis.data.augmentation.Jpeg;
import org.zeuxis.data.augmentation.Noise;
import org.zeuxis.data.augmentation.Pixelate;
import org.zeuxis.data.augmentation.RandomCrop;
import org.zeuxis.data.augmentation.Sometimes;
import org.zeuxis.data.augmentation.geometry.Mirror;
import org.zeuxis.data.augmentation.geometry.Perspective;
import org.zeuxis.data.augmentation.geometry.Rotate;

/**
 * The {@code augment} part of a recipe's data. Each may be left out:
 *
 * <pre>{@code
 * "crop": [0.6, 1],            smallest and largest share of the area
 * "mirror": 0.5,               share of the pictures, here and below
 * "rotate": [0.3, 30],         and at most how many degrees either way; 30 if the share stands alone
 * "perspective": [0.2, 0.2],   and how far the corners move, of the side
 * "jitter": 0.4, "hue": 0.1,   how far, of all pictures
 * "gray": 0.2,
 * "ink": 0.1,                  one colour on another
 * "edges": 0.1,                lines
 * "invert": 0.05,
 * "blur": [0.1, 1.5],          and the largest deviation, in pixels
 * "pixelate": [0.05, 16],      and the fewest pixels along a side
 * "noise": [0.2, 0.25],        and the largest deviation, where white is 1
 * "jpeg": [0.1, 10]            and the poorest quality
 * }</pre>
 */
final class AugmentKeys {
    private final Config c;
    private final List<Sometimes> changes = new ArrayList<>();

    private AugmentKeys(Config c) {
        this.c = c;
    }

    static Augmentation read(Config c) {
        List<Double> crop = c.numbers("crop", List.of(1.0, 1.0));
        if (crop.size() != 2) {
            throw new IllegalArgumentException("expected a crop of the smallest and the largest share of the area, got "
                    + crop.size() + " numbers");
        }
        RandomCrop cut = new RandomCrop(crop.get(0), crop.get(1));
        AugmentKeys keys = new AugmentKeys(c);
        keys.some("mirror", new Mirror());
        keys.some("rotate", 30, Rotate::new);
        keys.some("perspective", 0.2, Perspective::new);
        keys.changes.add(new Sometimes(1, new Jitter(c.number("jitter", 0))));
        keys.changes.add(new Sometimes(1, new Hue(c.number("hue", 0))));
        keys.some("gray", new Gray());
        keys.some("ink", new Ink());
        keys.some("edges", new Edges());
        keys.some("invert", new Invert());
        keys.some("blur", 1.5, Blur::new);
        keys.some("pixelate", 16, fewest -> new Pixelate((int) fewest));
        keys.some("noise", 0.25, Noise::new);
        keys.some("jpeg", 10, least -> new Jpeg((int) least));
        c.refuseUnread();
        return new Augmentation(cut, keys.changes);
    }

    private void some(String key, Change change) {
        add(key, c.number(key, 0), 0, strength -> change);
    }

    /** @param usual the strength of a share that stands alone */
    private void some(String key, double usual, DoubleFunction<Change> change) {
        List<Double> numbers = c.numbers(key, List.of(0.0));
        if (numbers.isEmpty() || numbers.size() > 2) {
            throw new IllegalArgumentException("expected " + key
                    + " to be a share of the pictures and how far at most, got " + numbers.size() + " numbers");
        }
        add(key, numbers.get(0), numbers.size() == 2 ? numbers.get(1) : usual, change);
    }

    private void add(String key, double share, double strength, DoubleFunction<Change> change) {
        try {
            changes.add(new Sometimes(share, change.apply(strength)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }
}
