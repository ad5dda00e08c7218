package org.zeuxis.data;

import org.zeuxis.image.Crop;
import org.zeuxis.image.Enhancement;
import org.zeuxis.image.HueShift;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * Random changes to a picture that leave what it shows, so that a model sees a new one each epoch. Every choice is a pure
 * function of the seed. The captions stay: with {@code mirrored} those that say left or right become untrue, with
 * {@code jitter}, {@code hue} and {@code gray} those that name colours.
 *
 * @param least smallest share of the picture's area that is cut out, above 0; 1 keeps the whole picture
 * @param most largest share of the area, at most 1
 * @param mirrored share of pictures that are mirrored left to right
 * @param jitter how far brightness, contrast and saturation may each be from 1, at most 1
 * @param hue how far all colours may turn around the circle of hues either way, in turns, at most a half
 * @param gray share of pictures without colour
 * @see <a href="https://arxiv.org/abs/1409.4842">Going deeper with convolutions</a>, section 6: crops of random area
 *     and aspect ratio
 */
public record Augmentation(double least, double most, double mirrored, double jitter, double hue, double gray) {
    public static final Augmentation NONE = new Augmentation(1, 1, 0, 0, 0, 0);

    /** Of width to height, drawn evenly on a logarithmic scale. */
    private static final double NARROWEST = 3.0 / 4;

    private static final double WIDEST = 4.0 / 3;
    private static final int TRIES = 10;

    public Augmentation {
        if (!(least > 0 && least <= most && most <= 1)) {
            throw new IllegalArgumentException(
                    "expected a crop of shares of the area above 0 up to 1, the smaller first, got " + least + " to "
                            + most);
        }
        if (!(hue >= 0 && hue <= 0.5)) {
            throw new IllegalArgumentException("expected a hue of 0 to 0.5 turns, got " + hue);
        }
        for (double share : new double[] {mirrored, jitter, gray}) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("expected mirror, jitter and gray of 0 to 1, got " + share);
            }
        }
    }

    /** The changed picture, as a square of {@code size} pixels. */
    public Image apply(Image image, int size, long seed) {
        Draws draws = new Draws(seed);
        Image cut = crop(image.width(), image.height(), draws.nextLong()).apply(image);
        Image x = new Resize(size, size, Resize.Filter.BICUBIC).apply(cut);
        if (draws.chance(mirrored)) x = Canvas.mirror(x);
        if (jitter > 0) x = new Enhancement(around(draws), around(draws), around(draws)).apply(x);
        if (hue > 0) x = new HueShift(hue * (2 * draws.fraction() - 1)).apply(x);
        return draws.chance(gray) ? Enhancement.GRAY.apply(x) : x;
    }

    private float around(Draws draws) {
        return (float) (1 + jitter * (2 * draws.fraction() - 1));
    }

    /**
     * A rectangle of a random area and aspect ratio at a random place, as torchvision's {@code RandomResizedCrop} chooses
     * it; where none of ten fits, the largest in the middle whose aspect ratio is allowed.
     */
    Crop crop(int width, int height, long seed) {
        if (least == 1) return new Crop(0, 0, width, height);
        Draws draws = new Draws(seed);
        for (int i = 0; i < TRIES; i++) {
            double area = (double) width * height * (least + (most - least) * draws.fraction());
            double aspect = NARROWEST * Math.pow(WIDEST / NARROWEST, draws.fraction());
            int columns = (int) Math.rint(Math.sqrt(area * aspect));
            int rows = (int) Math.rint(Math.sqrt(area / aspect));
            if (columns < 1 || rows < 1 || columns > width || rows > height) continue;
            int top = draws.below(height - rows + 1);
            return new Crop(draws.below(width - columns + 1), top, columns, rows);
        }
        int columns = Math.min(width, Math.max(1, (int) Math.rint(height * WIDEST)));
        int rows = Math.min(height, Math.max(1, (int) Math.rint(width / NARROWEST)));
        return new Crop((width - columns) / 2, (height - rows) / 2, columns, rows);
    }
}
