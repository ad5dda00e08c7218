package org.zeuxis.models.nfnet;

import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Weighs channels by what the whole picture has of them.
 *
 * @see <a href="https://arxiv.org/abs/1709.01507">Squeeze-and-excitation networks</a>, Figure 2
 */
final class SqueezeExcite extends Module {
    private final Conv2d fc1;
    private final Conv2d fc2;

    SqueezeExcite(int channels, int inner) {
        fc1 = child("fc1", new Conv2d(channels, inner, 1, 1, 0));
        fc2 = child("fc2", new Conv2d(inner, channels, 1, 1, 0));
    }

    /** @param x [batch, channels, height, columns] */
    Tensor forward(Tensor x) {
        Tensor squeezed = x.mean(3).mean(2);
        return x.times(fc2.forward(fc1.forward(squeezed).relu()).sigmoid());
    }
}
