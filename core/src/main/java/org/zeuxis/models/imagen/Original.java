package org.zeuxis.models.imagen;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.image.Image;
import org.zeuxis.image.Luma;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resize;
import org.zeuxis.models.Source;
import org.zeuxis.tensor.Tensor;

/**
 * A picture that a stage draws again, in whole or in part, as large as the stage draws.
 *
 * @param x0 [1, channels, size, size], −1 to 1
 * @param strength the share of the steps that are run
 * @param unknown 1 where it is drawn again and 0 where it is kept, [1, 1, size, size]; null if it is drawn again everywhere
 * @see <a href="https://arxiv.org/abs/2108.01073">SDEdit</a>, algorithm 1
 */
public record Original(Tensor x0, double strength, @Nullable Tensor unknown) {
    private static final int WHITE = 128;

    /** @throws IllegalArgumentException if the picture is no square, as those are that this model draws */
    static void expectSquare(Source source) {
        Image picture = source.image();
        if (picture.width() == picture.height()) return;
        throw new IllegalArgumentException("expected a square picture to draw from, as this model draws squares, got "
                + picture.width() + "x" + picture.height() + "; crop it before, and its mask");
    }

    static Original of(Source source, int size) {
        Image scaled = Resize.Filter.BICUBIC.scale(source.image().over(255, 255, 255), size, size);
        Image mask = source.mask();
        return new Original(
                Normalize.TO_ONE.apply(List.of(scaled)), source.strength(), mask == null ? null : unknown(mask, size));
    }

    private static Tensor unknown(Image mask, int size) {
        Image scaled = Resize.Filter.BICUBIC.scale(mask.over(0, 0, 0), size, size);
        float[] unknown = new float[size * size];
        for (int i = 0; i < unknown.length; i++) unknown[i] = Luma.at(scaled.samples(), 3 * i) >= WHITE ? 1 : 0;
        return Tensor.of(unknown, 1, 1, size, size);
    }

    Start under(Tensor noise, int steps) {
        return Start.upon(x0, noise, Source.firstStep(strength, steps));
    }
}
