package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Crop;

/**
 * A rectangle of a random area and aspect ratio at a random place.
 *
 * @param least smallest share of the picture's area that is cut out, above 0; 1 keeps the whole picture
 * @param most largest share of the area, at most 1
 * @see <a href="https://arxiv.org/abs/1409.4842">Going deeper with convolutions</a>, section 6
 */
public record RandomCrop(double least, double most) {
    /** The whole picture. */
    public static final RandomCrop NONE = new RandomCrop(1, 1);

    /** Of width to height, drawn evenly on a logarithmic scale. */
    private static final double NARROWEST = 3.0 / 4;

    private static final double WIDEST = 4.0 / 3;
    private static final int TRIES = 10;

    public RandomCrop {
        if (!(least > 0 && least <= most && most <= 1)) {
            throw new IllegalArgumentException(
                    "expected a crop of shares of the area above 0 up to 1, the smaller first, got " + least + " to "
                            + most);
        }
    }

    /**
     * The rectangle, as torchvision's {@code RandomResizedCrop} chooses it; where none of ten fits, the largest in the
     * middle whose aspect ratio is allowed.
     */
    Crop of(int width, int height, long seed) {
        if (least == 1) return new Crop(0, 0, width, height);
        Draws draws = new Draws(seed);
        for (int i = 0; i < TRIES; i++) {
            double area = (double) width * height * draws.between(least, most);
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
