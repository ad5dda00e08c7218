package org.zeuxis.models.unclip;

import java.util.List;
import org.zeuxis.diffusion.Inpainting;
import org.zeuxis.image.Image;
import org.zeuxis.image.Luma;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resize;
import org.zeuxis.tensor.Tensor;

/**
 * A picture that is drawn again where a mask is white, at whatever size a stage draws.
 *
 * @see <a href="https://arxiv.org/abs/2112.10741">GLIDE</a>, section 3.2
 */
record KnownPart(Image picture, Image white) {
    private static final int WHITE = 128;

    /** @throws IllegalArgumentException if the picture is no square, as those are that this model draws */
    static void expectSquare(Image picture) {
        if (picture.width() == picture.height()) return;
        throw new IllegalArgumentException("expected a square picture to edit, as this model draws squares, got "
                + picture.width() + "x" + picture.height() + "; crop it and its mask before");
    }

    /**
     * At the size of {@code xT}.
     *
     * @param xT the noise that drawing begins with, [1, 3, size, size]; a network that did not learn to look is shown what is
     *     known under the same
     */
    Inpainting.Known under(Tensor xT) {
        int size = (int) xT.size(2);
        Image scaled = Resize.Filter.BICUBIC.scale(picture.over(255, 255, 255), size, size);
        return new Inpainting.Known(Normalize.TO_ONE.apply(List.of(scaled)), xT, unknown(size));
    }

    /** [1, 1, size, size], 1 for white */
    private Tensor unknown(int size) {
        Image scaled = Resize.Filter.BOX.scale(white.over(0, 0, 0), size, size);
        float[] unknown = new float[size * size];
        for (int i = 0; i < unknown.length; i++) unknown[i] = Luma.at(scaled.samples(), 3 * i) >= WHITE ? 1 : 0;
        return Tensor.of(unknown, 1, 1, size, size);
    }
}
