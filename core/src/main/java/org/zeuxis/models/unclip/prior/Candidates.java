package org.zeuxis.models.unclip.prior;

import org.zeuxis.tensor.Tensor;

/** Of several image embeddings for each caption, the one whose dot product with the caption's is the highest. */
final class Candidates {
    private Candidates() {}

    /**
     * @param embeddings one for each caption, then the next for each, [candidates · batch, width]
     * @param texts [batch, width]
     * @return [batch, width]; nearness is that of the directions, whatever the lengths
     */
    static Tensor nearest(Tensor embeddings, Tensor texts) {
        long batch = texts.size(0);
        if (embeddings.size(0) == batch) return embeddings;
        Tensor all = embeddings.reshape(-1, batch, embeddings.size(1));
        Tensor cosines = all.normalized(-1).times(texts.normalized(-1)).sum(-1).reshape(-1, batch);
        Tensor best = cosines.argmax(0).reshape(1, batch, 1).expand(1, batch, embeddings.size(1));
        return all.gather(0, best).squeeze(0);
    }
}
