package org.zeuxis.unet;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Norm, activation, convolution, twice, added to the input; the time enters in between.
 *
 * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, appendix B
 */
public final class ResBlock extends Module implements Resampler {

    /**
     * How all blocks of one network compute.
     *
     * @param timeWidth of {@link Conditioning#time()}
     * @param groups of each norm
     * @param epsilon of each norm
     * @param divisor of the sum of a block's input and what it computes: 1, or √2, which keeps its variance
     */
    public record Style(
            int timeWidth, int groups, double epsilon, Activation activation, TimeEntry entry, double divisor) {}

    private final GroupNorm norm1;
    private final Conv2d conv1;
    private final Linear timeProjection;
    private final GroupNorm norm2;
    private final Conv2d conv2;
    private final @Nullable Conv2d shortcut;
    private final Style style;
    private final Resampling resampling;

    public ResBlock(int in, int out, Style style) {
        this(in, out, style, Resampling.NONE);
    }

    public ResBlock(int in, int out, Style style, Resampling resampling) {
        this.style = style;
        this.resampling = resampling;
        norm1 = child("norm1", new GroupNorm(style.groups, in, style.epsilon));
        conv1 = child("conv1", new Conv2d(in, out, 3, 1, 1));
        timeProjection = child("time_emb_proj", new Linear(style.timeWidth, style.entry.perChannel * out));
        norm2 = child("norm2", new GroupNorm(style.groups, out, style.epsilon));
        conv2 = child("conv2", Conv2d.silent(out, out, 3, 1, 1));
        shortcut = in == out ? null : child("conv_shortcut", new Conv2d(in, out, 1, 1, 0));
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, out, …], of half or twice the size if it resamples
     */
    @Override
    public Tensor forward(Tensor x, Conditioning told) {
        return forward(x, told, 2 * x.size(2), 2 * x.size(3));
    }

    @Override
    public Tensor forward(Tensor x, Conditioning told, long height, long columns) {
        Tensor h = resampling.apply(style.activation.apply(norm1.forward(x)), height, columns);
        Tensor time = timeProjection.forward(told.time()).unsqueeze(-1).unsqueeze(-1);
        h = style.entry.normed(conv1.forward(h), time, norm2);
        h = conv2.forward(style.activation.apply(h));
        Tensor skip = resampling.apply(x, height, columns);
        Tensor sum = (shortcut == null ? skip : shortcut.forward(skip)).plus(h);
        return style.divisor == 1 ? sum : sum.over(style.divisor);
    }
}
