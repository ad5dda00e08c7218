package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.data.pictogram.ColorWords;
import org.zeuxis.image.Border;
import org.zeuxis.image.Image;
import org.zeuxis.image.Luma;

/**
 * The drawing in one ink on one paper, but where the caption names a colour: its shades, a few steps of them, or its
 * silhouette.
 */
public record Ink() implements Change {
    private static final double PLAIN = 0.3;

    @Override
    public Image apply(Image image, Draws draws) {
        int[] inks = switch (draws.below(3)) {
            case 0 -> shades(image);
            case 1 -> steps(shades(image), 2 + draws.below(3));
            default -> silhouette(image);
        };
        TwoColors colors = draws.chance(PLAIN) ? TwoColors.plain(draws) : TwoColors.any(draws);
        return colors.paint(image.width(), image.height(), inks);
    }

    @Override
    public boolean keeps(String caption) {
        return !ColorWords.in(caption);
    }

    /** The darker, the more ink; the darkest gets all of it. */
    private static int[] shades(Image image) {
        int[] inks = new int[image.width() * image.height()];
        int darkest = 255;
        int lightest = 0;
        for (int i = 0; i < inks.length; i++) {
            inks[i] = Luma.at(image.samples(), 3 * i);
            darkest = Math.min(darkest, inks[i]);
            lightest = Math.max(lightest, inks[i]);
        }
        int range = Math.max(1, lightest - darkest);
        for (int i = 0; i < inks.length; i++) inks[i] = (lightest - inks[i]) * 255 / range;
        return inks;
    }

    private static int[] steps(int[] inks, int count) {
        for (int i = 0; i < inks.length; i++) inks[i] = Math.min(count - 1, inks[i] * count / 255) * 255 / (count - 1);
        return inks;
    }

    /** Ink on all that has not the colour that the drawing stands on. */
    private static int[] silhouette(Image image) {
        int[] ground = Border.color(image);
        byte[] s = image.samples();
        int[] inks = new int[image.width() * image.height()];
        for (int i = 0; i < inks.length; i++) {
            int distance = 0;
            for (int c = 0; c < 3; c++) distance = Math.max(distance, Math.abs((s[3 * i + c] & 255) - ground[c]));
            inks[i] = Math.max(0, Math.min(255, (distance - 10) * 6));
        }
        return inks;
    }
}
