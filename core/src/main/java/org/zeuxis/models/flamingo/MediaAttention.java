package org.zeuxis.models.flamingo;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.Tensor;

/** Attention over media, whose keys and values are one projection, as OpenFlamingo keeps them. */
final class MediaAttention extends Module {

    /** What each head's queries and keys go through before they are compared, [..., headWidth]. */
    record HeadNorms(Norm query, Norm key) {
        /** As in the paper. */
        static final HeadNorms NONE = new HeadNorms(Norm.NONE, Norm.NONE);
    }

    private final Linear q;
    private final Linear kv;
    private final Linear out;
    private final HeadNorms norms;
    private final int heads;

    MediaAttention(int width, int mediaWidth, int heads, int headWidth) {
        this(width, mediaWidth, heads, headWidth, HeadNorms.NONE);
    }

    MediaAttention(int width, int mediaWidth, int heads, int headWidth, HeadNorms norms) {
        this.heads = heads;
        this.norms = norms;
        q = child("to_q", Linear.withoutBias(width, heads * headWidth));
        kv = child("to_kv", Linear.withoutBias(mediaWidth, 2 * heads * headWidth));
        out = child("to_out", Linear.withoutBias(heads * headWidth, width));
        child("q_norm", norms.query);
        child("k_norm", norms.key);
    }

    /** @param media [batch, m, mediaWidth] */
    MediaKeys keys(Tensor media) {
        List<Tensor> both = kv.forward(media).chunk(2, -1);
        return new MediaKeys(norms.key.forward(split(both.get(0))), split(both.get(1)));
    }

    /**
     * @param x [batch, n, width]
     * @param media of {@link #keys}
     * @param seen of BOOL, true where a token of x sees one of the media, broadcasting to [batch, heads, n, m]; null for all
     * @return [batch, n, width]
     */
    Tensor forward(Tensor x, MediaKeys media, @Nullable Tensor seen) {
        Tensor queries = norms.query.forward(split(q.forward(x)));
        Tensor mixed = Tensor.attention(queries, media.keys(), media.values(), seen);
        return out.forward(mixed.rearrange("b h n d -> b n (h d)"));
    }

    private Tensor split(Tensor x) {
        return x.rearrange("b n (h d) -> b h n d", "h", heads);
    }
}
