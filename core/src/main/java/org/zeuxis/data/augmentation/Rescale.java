package org.zeuxis.data.augmentation;

import java.util.List;
import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * Made smaller and large again, by filters drawn at random.
 *
 * @param least share of its sides that is left in between
 */
public record Rescale(double least) implements Change {
    private static final List<Resize.Filter> FILTERS =
            List.of(Resize.Filter.BOX, Resize.Filter.BILINEAR, Resize.Filter.BICUBIC, Resize.Filter.LANCZOS);

    public Rescale {
        if (!(least > 0 && least <= 1)) {
            throw new IllegalArgumentException("expected a share of the sides above 0 up to 1, got " + least);
        }
    }

    @Override
    public Image apply(Image image, Draws draws) {
        double share = draws.between(least, 1);
        int width = Math.max(1, (int) Math.rint(share * image.width()));
        int height = Math.max(1, (int) Math.rint(share * image.height()));
        Image small = new Resize(width, height, draws.of(FILTERS)).apply(image);
        return new Resize(image.width(), image.height(), draws.of(FILTERS)).apply(small);
    }
}
