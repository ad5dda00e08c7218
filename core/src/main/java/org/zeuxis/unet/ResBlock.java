package org.zeuxis.unet;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Norm, SiLU, convolution, twice, added to the input; in a U-Net the timestep embedding is added in between.
 *
 * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, appendix B
 */
public final class ResBlock extends Module {
    private final GroupNorm norm1;
    private final Conv2d conv1;
    private final @Nullable Linear timeProjection;
    private final GroupNorm norm2;
    private final Conv2d conv2;
    private final @Nullable Conv2d shortcut;

    private ResBlock(int in, int out, int timeWidth, int groups, double epsilon) {
        norm1 = child("norm1", new GroupNorm(groups, in, epsilon));
        conv1 = child("conv1", new Conv2d(in, out, 3, 1, 1));
        timeProjection = timeWidth == 0 ? null : child("time_emb_proj", new Linear(timeWidth, out));
        norm2 = child("norm2", new GroupNorm(groups, out, epsilon));
        conv2 = child("conv2", new Conv2d(out, out, 3, 1, 1));
        shortcut = in == out ? null : child("conv_shortcut", new Conv2d(in, out, 1, 1, 0));
    }

    /** A block that is told the timestep. */
    public static ResBlock timed(int in, int out, int timeWidth, int groups) {
        return new ResBlock(in, out, timeWidth, groups, 1e-5);
    }

    /** A block of an autoencoder, which knows no timestep. */
    public static ResBlock untimed(int in, int out, int groups) {
        return new ResBlock(in, out, 0, groups, 1e-6);
    }

    /**
     * @param x [batch, in, height, columns]
     * @param time [batch, timeWidth], or null in an untimed block
     * @return [batch, out, height, columns]
     */
    public Tensor forward(Tensor x, @Nullable Tensor time) {
        Tensor h = conv1.forward(norm1.forward(x).silu());
        if (timeProjection != null && time != null) {
            Tensor shift = timeProjection.forward(time.silu());
            h = h.plus(shift.unsqueeze(-1).unsqueeze(-1));
        }
        h = conv2.forward(norm2.forward(h).silu());
        return (shortcut == null ? x : shortcut.forward(x)).plus(h);
    }
}
