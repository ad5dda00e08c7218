package org.zeuxis.unet.attention;

import java.util.List;
import java.util.function.IntFunction;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.SpatialMixer;

/**
 * Lets the pixels of a feature map attend to one another and to the words of the prompt.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, section 3.3 and appendix E.2.1
 */
public final class TransformerBlock2d extends Module implements SpatialMixer {
    private final GroupNorm norm;
    private final PixelProjection in;
    private final List<Block> blocks;
    private final PixelProjection out;

    public TransformerBlock2d(
            int channels, int heads, int tokenWidth, int depth, int groups, PixelProjection.Kind kind) {
        this(channels, kind, depth, groups, i -> new Block(channels, heads, tokenWidth, Listens.SECOND));
    }

    private TransformerBlock2d(
            int channels, PixelProjection.Kind kind, int depth, int groups, IntFunction<Block> block) {
        norm = child("norm", new GroupNorm(groups, channels, 1e-6));
        in = child("proj_in", new PixelProjection(channels, kind));
        blocks = children("transformer_blocks", depth, block);
        out = child("proj_out", PixelProjection.silent(channels, kind));
    }

    /** One whose pixels do not attend to one another, but twice to the words. */
    public static TransformerBlock2d amongWords(
            int channels, int heads, int tokenWidth, int depth, int groups, PixelProjection.Kind kind) {
        return new TransformerBlock2d(
                channels, kind, depth, groups, i -> new Block(channels, heads, tokenWidth, Listens.TWICE));
    }

    /** Which of a block's two attentions read the words. */
    private enum Listens {
        SECOND,
        TWICE
    }

    @Override
    public Tensor forward(Tensor x, Conditioning told) {
        Tensor pixels = in.forward(norm.forward(x).rearrange("b c h w -> b (h w) c"));
        for (Block block : blocks) pixels = block.forward(pixels, told);
        Tensor map = out.forward(pixels).rearrange("b (h w) c -> b c h w", "h", x.size(2));
        return map.plus(x);
    }

    /** Self-attention or attention over the context, attention over it, feed-forward: each normalised first and added to its input. */
    private static final class Block extends Module {
        private final LayerNorm norm1;
        private final Attention first;
        private final Listens listens;
        private final LayerNorm norm2;
        private final Attention cross;
        private final LayerNorm norm3;
        private final GegluFeedForward feedForward;

        Block(int width, int heads, int tokenWidth, Listens listens) {
            this.listens = listens;
            norm1 = child("norm1", new LayerNorm(width));
            first = child("attn1", attention(width, listens == Listens.TWICE ? tokenWidth : width, heads));
            norm2 = child("norm2", new LayerNorm(width));
            cross = child("attn2", attention(width, tokenWidth, heads));
            norm3 = child("norm3", new LayerNorm(width));
            feedForward = child("ff", new GegluFeedForward(width));
        }

        /** Only the output has biases. */
        private static Attention attention(int width, int contextWidth, int heads) {
            return new Attention(
                    Attention.Keys.DIFFUSERS,
                    Heads.of(heads),
                    Linear.withoutBias(width, width),
                    Linear.withoutBias(contextWidth, width),
                    Linear.withoutBias(contextWidth, width),
                    new Linear(width, width));
        }

        Tensor forward(Tensor x, Conditioning told) {
            x = Recomputation.within(
                    y -> listens == Listens.TWICE ? y.plus(heard(first, norm1, y, told)) : amongPixels(y), x);
            x = Recomputation.within(y -> y.plus(heard(cross, norm2, y, told)), x);
            return Recomputation.within(y -> y.plus(feedForward.forward(norm3.forward(y))), x);
        }

        private Tensor amongPixels(Tensor x) {
            Tensor normed = norm1.forward(x);
            return x.plus(first.forward(normed, normed));
        }

        private static Tensor heard(Attention attention, LayerNorm norm, Tensor x, Conditioning told) {
            return attention.forward(norm.forward(x), told.expectTokens(), told.tokenMask());
        }
    }
}
