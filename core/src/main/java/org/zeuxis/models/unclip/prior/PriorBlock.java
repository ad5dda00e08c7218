package org.zeuxis.models.unclip.prior;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.nn.attention.KvCache;
import org.zeuxis.tensor.Tensor;

/** A layer of either prior's transformer: causal attention, then a feed-forward network, norms first. */
final class PriorBlock extends Module {
    private static final int WIDENED = 4;

    private final LayerNorm norm1;
    private final Attention attention;
    private final LayerNorm norm3;
    private final Linear widen;
    private final Linear narrow;

    PriorBlock(int width, int heads) {
        norm1 = child("norm1", new LayerNorm(width));
        attention = child(
                "attn1",
                new Attention(
                        Attention.Keys.DIFFUSERS,
                        Heads.of(heads),
                        new Linear(width, width),
                        new Linear(width, width),
                        new Linear(width, width),
                        new Linear(width, width)));
        norm3 = child("norm3", new LayerNorm(width)); // sic: the second is of an attention to something else
        widen = child("ff.net.0.proj", new Linear(width, WIDENED * width));
        narrow = child("ff.net.2", new Linear(WIDENED * width, width));
    }

    /**
     * @param x [batch, n, width]
     * @param past the tokens before x, which then holds these too; null where there are none
     * @param visible of BOOL, the tokens that may be seen, past ones first; broadcasts to [batch, heads, n, past + n]
     */
    Tensor forward(Tensor x, @Nullable KvCache past, @Nullable Tensor visible) {
        Tensor normed = norm1.forward(x);
        x = x.plus(past == null ? attention.causal(normed, visible) : attention.causal(normed, past, visible));
        return x.plus(narrow.forward(widen.forward(norm3.forward(x)).gelu()));
    }
}
