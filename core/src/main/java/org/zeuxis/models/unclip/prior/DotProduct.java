package org.zeuxis.models.unclip.prior;

import java.util.Arrays;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * How well a caption describes its picture, as the number of a bucket: the dot product of the two embeddings, each brought to
 * length 1. Each bucket has as many of the training set's pairs as any other.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
public final class DotProduct extends Module {
    private final int count;
    private final Tensor edges; // [1, count − 1]

    /** For weights that are about to be loaded. */
    DotProduct(int count) {
        this.count = count;
        edges = parameter("edges", Initialization.zeros(), 1, count - 1);
    }

    private DotProduct(int count, Tensor edges) {
        this.count = count;
        this.edges = parameter("edges", (seed, shape) -> edges, edges.shape());
    }

    /**
     * @param count of buckets, an even number
     * @param images [n, width]
     * @param texts [n, width], the caption of each
     */
    public static DotProduct fit(int count, Tensor images, Tensor texts) {
        if (count < 2 || count % 2 != 0) {
            throw new IllegalArgumentException("expected an even number of buckets of the dot product, got " + count);
        }
        float[] all = of(images, texts).toFloats();
        Arrays.sort(all);
        float[] edges = new float[count - 1];
        for (int i = 1; i < count; i++) edges[i - 1] = all[(int) ((long) i * all.length / count)];
        return new DotProduct(count, Tensor.of(edges, 1, count - 1));
    }

    private static Tensor of(Tensor images, Tensor texts) {
        return images.normalized(-1).times(texts.normalized(-1)).sum(-1).reshape(-1);
    }

    /** How many buckets there are. */
    public int count() {
        return count;
    }

    /**
     * @param images [batch, width]
     * @param texts [batch, width]
     * @return [batch] of int64
     */
    public Tensor bucket(Tensor images, Tensor texts) {
        Tensor dot = of(images, texts).unsqueeze(1);
        Tensor below = edges.minus(dot).lessThan(0);
        return below.to(DType.INT64).sum(1).reshape(-1);
    }

    /** Buckets from the upper half of the training set, [batch] of int64: of pictures that their captions describe well. */
    public Tensor high(long batch, Seed seed) {
        return seed.randint(count / 2, count, batch);
    }
}
