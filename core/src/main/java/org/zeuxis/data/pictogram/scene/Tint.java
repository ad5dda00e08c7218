package org.zeuxis.data.pictogram.scene;

import java.util.List;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.image.Image;
import org.zeuxis.image.Luma;

/**
 * A drawing in one colour: its middle brightness becomes that colour, what is darker or lighter a shade of it, so that it
 * can still be read.
 */
record Tint(Background color) {
    /** White apart, which is most papers' colour. */
    static final List<Background> COLORS = Background.PALETTE.subList(1, Background.PALETTE.size());

    private static final double DARKEST = 0.4;
    private static final double LIGHTEST = 0.55;

    /** The same, called by its colour too. */
    Thing apply(Thing thing) {
        return new Thing(thing.key(), color.name() + " " + thing.label(), apply(thing.image()));
    }

    Image apply(Image drawing) {
        byte[] samples = drawing.samples().clone();
        int middle = Math.max(50, Math.min(215, median(samples)));
        int[] full = {color.red(), color.green(), color.blue()};
        for (int i = 0; i < samples.length; i += 4) {
            int luma = Luma.at(samples, i);
            double dark = DARKEST + (1 - DARKEST) * Math.min(1, luma / (double) middle);
            double light = LIGHTEST * Math.max(0, luma - middle) / (255 - middle);
            for (int c = 0; c < 3; c++) samples[i + c] = (byte) Math.round(dark * full[c] + light * (255 - full[c]));
        }
        return new Image(drawing.width(), drawing.height(), 4, samples);
    }

    /** Brightness, of which half of the drawing's ink is darker. */
    private static int median(byte[] samples) {
        long[] ink = new long[256];
        long all = 0;
        for (int i = 0; i < samples.length; i += 4) {
            ink[Luma.at(samples, i)] += samples[i + 3] & 255;
            all += samples[i + 3] & 255;
        }
        int luma = 0;
        for (long below = ink[0]; below * 2 < all; below += ink[luma]) luma++;
        return luma;
    }
}
