package org.zeuxis.models.flamingo;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/** Attention over media, whose keys and values are one projection, as OpenFlamingo keeps them. */
final class MediaAttention extends Module {
    private final Linear q;
    private final Linear kv;
    private final Linear out;
    private final int heads;

    MediaAttention(int width, int mediaWidth, int heads, int headWidth) {
        this.heads = heads;
        q = child("to_q", Linear.withoutBias(width, heads * headWidth));
        kv = child("to_kv", Linear.withoutBias(mediaWidth, 2 * heads * headWidth));
        out = child("to_out", Linear.withoutBias(heads * headWidth, width));
    }

    /**
     * @param x [batch, n, width]
     * @param media [batch, m, mediaWidth]
     * @param seen of BOOL, true where a token of x sees one of the media, broadcasting to [batch, heads, n, m]; null for all
     * @return [batch, n, width]
     */
    Tensor forward(Tensor x, Tensor media, @Nullable Tensor seen) {
        List<Tensor> both = kv.forward(media).chunk(2, -1);
        Tensor mixed = Tensor.attention(split(q.forward(x)), split(both.get(0)), split(both.get(1)), seen);
        return out.forward(mixed.rearrange("b h n d -> b n (h d)"));
    }

    private Tensor split(Tensor x) {
        return x.rearrange("b n (h d) -> b h n d", "h", heads);
    }
}
