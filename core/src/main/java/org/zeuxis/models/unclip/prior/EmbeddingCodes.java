package org.zeuxis.models.unclip.prior;

import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Image embeddings as short texts: their principal components, in order of what they tell, each as the number of a bucket.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
public final class EmbeddingCodes extends Module {
    private final PrincipalComponents components;
    private final Buckets buckets;

    EmbeddingCodes(PrincipalComponents components, Buckets buckets) {
        this.components = child("components", components);
        this.buckets = child("buckets", buckets);
    }

    /**
     * @param embeddings of the training set, [n, width]
     * @param lost share of the squared error that the components may lose
     * @param buckets of each component
     */
    public static EmbeddingCodes fit(Tensor embeddings, double lost, int buckets) {
        PrincipalComponents components = PrincipalComponents.fit(embeddings, lost);
        return new EmbeddingCodes(components, Buckets.fit(buckets, components.project(embeddings)));
    }

    public PrincipalComponents components() {
        return components;
    }

    public Buckets buckets() {
        return buckets;
    }

    /**
     * @param embeddings [batch, width]
     * @return [batch, components] of int64
     */
    public Tensor encode(Tensor embeddings) {
        return buckets.quantise(components.project(embeddings));
    }

    /** The way back, as near as the middles of buckets are; [batch, width]. */
    public Tensor decode(Tensor codes) {
        return components.reconstruct(buckets.dequantise(codes));
    }
}
