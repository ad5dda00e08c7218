package org.zeuxis.models.imagen.network;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Pools a text into one vector: the mean of its tokens is the query over them all and itself.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.1 and Figure A.27
 */
public final class TextPooling extends Module {
    private final LayerNorm norm1;
    private final Tensor position; // [1, textWidth]
    private final Linear q;
    private final Linear k;
    private final Linear v;
    private final Linear project;
    private final LayerNorm norm2;
    private final int heads;

    public TextPooling(int textWidth, int timeWidth, int heads) {
        this.heads = heads;
        norm1 = child("norm1", new LayerNorm(textWidth));
        position = parameter("pool.positional_embedding", Initialization.normal(0.02), 1, textWidth);
        q = child("pool.q_proj", new Linear(textWidth, textWidth));
        k = child("pool.k_proj", new Linear(textWidth, textWidth));
        v = child("pool.v_proj", new Linear(textWidth, textWidth));
        project = child("proj", new Linear(textWidth, timeWidth));
        norm2 = child("norm2", new LayerNorm(timeWidth));
    }

    /**
     * @param text [batch, tokens, textWidth]
     * @return [batch, timeWidth]
     */
    public Tensor forward(Tensor text) {
        Tensor normed = norm1.forward(text);
        Tensor mean = normed.mean(1).plus(position);
        Tensor all = Tensor.cat(1, mean, normed);
        Tensor pooled = Tensor.attention(split(q.forward(mean)), split(k.forward(all)), split(v.forward(all)));
        return norm2.forward(
                project.forward(pooled.rearrange("b h n d -> b n (h d)").squeeze(1)));
    }

    private Tensor split(Tensor x) {
        return x.rearrange("b n (h d) -> b h n d", "h", heads);
    }
}
