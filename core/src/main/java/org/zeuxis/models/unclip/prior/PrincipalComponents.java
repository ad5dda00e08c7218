package org.zeuxis.models.unclip.prior;

import java.util.Arrays;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Eigen;
import org.zeuxis.tensor.Tensor;

/**
 * The directions in which image embeddings differ, those in which they differ most first.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2 and Figure 7
 */
public final class PrincipalComponents extends Module {
    private final Tensor mean; // [1, width]
    private final Tensor basis; // [count, width], each row of length 1
    private final int count;

    /** For weights that are about to be loaded. */
    PrincipalComponents(int count, int width) {
        this.count = count;
        mean = parameter("mean", Initialization.zeros(), 1, width);
        basis = parameter("basis", Initialization.zeros(), count, width);
    }

    private PrincipalComponents(Tensor mean, Tensor basis) {
        count = (int) basis.size(0);
        this.mean = parameter("mean", (seed, shape) -> mean, mean.shape());
        this.basis = parameter("basis", (seed, shape) -> basis, basis.shape());
    }

    /**
     * As few components as lose less than a share of the squared error.
     *
     * @param embeddings [n, width], at least two
     * @param lost 0.01 in the paper; 0 keeps all
     */
    public static PrincipalComponents fit(Tensor embeddings, double lost) {
        if (!(lost >= 0 && lost < 1)) {
            throw new IllegalArgumentException("expected to lose a share of 0 up to 1, got " + lost);
        }
        if (embeddings.size(0) < 2) {
            throw new IllegalArgumentException("expected at least 2 embeddings, got " + embeddings.size(0));
        }
        Tensor x = embeddings.to(DType.FLOAT64);
        Tensor mean = x.mean(0).reshape(1, -1);
        Tensor centred = x.minus(mean);
        Eigen eigen = Eigen.of(centred.transpose(0, 1).matmul(centred).over(x.size(0)));
        int count = enough(
                eigen.values().clamp(0, Double.MAX_VALUE).to(DType.FLOAT32).toFloats(), lost);
        return new PrincipalComponents(
                mean.to(DType.FLOAT32),
                eigen.vectors().slice(0, 0, count).to(DType.FLOAT32).contiguous());
    }

    private static int enough(float[] variances, double lost) {
        double all = 0;
        for (float each : variances) all += each;
        double rest = all;
        int count = 0;
        while (count < variances.length && (rest > lost * all || count == 0 || lost == 0)) rest -= variances[count++];
        return count;
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /**
     * @param embeddings [batch, width]
     * @return [batch, count]
     */
    public Tensor project(Tensor embeddings) {
        return embeddings.minus(mean).matmul(basis.transpose(0, 1));
    }

    /**
     * The embedding of the first components alone: all of them or fewer, as in Figure 7.
     *
     * @param projected [batch, at most count]
     * @return [batch, width]
     */
    public Tensor reconstruct(Tensor projected) {
        long first = projected.size(1);
        if (first > count) {
            throw new IllegalArgumentException(
                    "expected at most " + count + " components, got " + Arrays.toString(projected.shape()));
        }
        return projected.matmul(basis.slice(0, 0, first)).plus(mean);
    }
}
