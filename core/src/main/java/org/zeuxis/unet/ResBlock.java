package org.zeuxis.unet;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Bands;
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
        if (suitsBands(x, height, columns)) return inBands((top, below) -> x.slice(2, top, below), x, told);
        Tensor h = resampling.apply(style.activation.apply(norm1.forward(x)), height, columns);
        Tensor time = time(told);
        h = norm2.forward(style.entry.beforeNorm(conv1.forward(h), time));
        h = conv2.forward(style.activation.apply(style.entry.afterNorm(h, time)));
        Tensor skip = resampling.apply(x, height, columns);
        Tensor sum = (shortcut == null ? skip : shortcut.forward(skip)).plus(h);
        return style.divisor == 1 ? sum : sum.over(style.divisor);
    }

    /**
     * Of both, one after the other.
     *
     * @param skip of x's height and columns
     */
    Tensor forward(Tensor x, Tensor skip, Conditioning told) {
        if (resampling != Resampling.NONE || !suitsBands(x, x.size(2), x.size(3))) {
            return forward(Tensor.cat(1, x, skip), told);
        }
        return inBands((top, below) -> Tensor.cat(1, x.slice(2, top, below), skip.slice(2, top, below)), x, told);
    }

    private Tensor time(Conditioning told) {
        return timeProjection.forward(told.time()).unsqueeze(-1).unsqueeze(-1);
    }

    private boolean suitsBands(Tensor x, long height, long columns) {
        return switch (resampling) {
            case NONE, DOWN -> Bands.suit(x.size(0), x.size(2), x.size(3));
            case UP -> Bands.suit(x.size(0), height, columns) && height == 2 * x.size(2) && columns == 2 * x.size(3);
        };
    }

    /**
     * The same numbers for one large picture, of which only the result, and what lies between the convolutions, is there as a whole:
     * the norms look at all of it first.
     *
     * @param size of whose height and columns x is
     */
    private Tensor inBands(Bands.Rows x, Tensor size, Conditioning told) {
        UnaryOperator<Tensor> first = norm1.of(x, size.size(2), size.size(3));
        Bands.Rows read = resampling.of((top, below) -> style.activation.apply(first.apply(x.between(top, below))));
        Bands.Rows skip = resampling.of(x);
        long height = resampling.of(size.size(2));
        long columns = resampling.of(size.size(3));
        Tensor time = time(told);
        Tensor h = Bands.whole(
                height,
                columns,
                (top, below) ->
                        style.entry.beforeNorm(Bands.withNeighbours(read, conv1::forward, top, below, height), time));
        UnaryOperator<Tensor> second = norm2.of((top, below) -> h.slice(2, top, below), height, columns);
        Bands.Rows between = (top, below) ->
                style.activation.apply(style.entry.afterNorm(second.apply(h.slice(2, top, below)), time));
        return Bands.whole(height, columns, (top, below) -> {
            Tensor kept = skip.between(top, below);
            Tensor sum = (shortcut == null ? kept : shortcut.forward(kept))
                    .plus(Bands.withNeighbours(between, conv2::forward, top, below, height));
            return style.divisor == 1 ? sum : sum.over(style.divisor);
        });
    }
}
