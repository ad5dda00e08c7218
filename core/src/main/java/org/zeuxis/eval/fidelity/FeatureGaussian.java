package org.zeuxis.eval.fidelity;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Eigen;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * The features of a set of pictures as one Gaussian, in double precision.
 *
 * @param mean [width]
 * @param covariance [width, width]
 * @param pictures how many it was estimated from
 * @see <a href="https://arxiv.org/abs/1706.08500">GANs trained by a two time-scale update rule</a>, equation 6
 */
public record FeatureGaussian(Tensor mean, Tensor covariance, long pictures) {

    /**
     * @param features [pictures, width]
     * @throws IllegalArgumentException if there are fewer than two
     */
    public static FeatureGaussian of(Tensor features) {
        features.expect("pictures", features.size(-1));
        long n = features.size(0);
        if (n < 2) throw new IllegalArgumentException("expected features of at least 2 pictures, got " + n);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor x = features.to(DType.FLOAT64);
            Tensor mean = x.mean(0);
            Tensor centred = x.minus(mean);
            Tensor covariance = centred.transpose(0, 1).matmul(centred).over(n - 1.0);
            return new FeatureGaussian(scope.keep(mean.squeeze(0)), scope.keep(covariance), n);
        }
    }

    /** The squared Fréchet distance to another; of InceptionV3's features it is called FID. */
    public double distance(FeatureGaussian other) {
        mean.expect("", other.mean.size(0));
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            // the eigenvalues of C1 C2 are those of √C1 C2 √C1, which is symmetric
            Tensor root = root(covariance);
            Tensor between =
                    Eigen.of(root.matmul(other.covariance).matmul(root)).values();
            Tensor shared = between.clamp(0, Double.MAX_VALUE).sqrt().sum();
            Tensor apart = mean.minus(other.mean).square().sum();
            Tensor spread = Eigen.of(covariance)
                    .values()
                    .sum()
                    .plus(Eigen.of(other.covariance).values().sum());
            return apart.plus(spread).minus(shared.times(2)).item();
        }
    }

    private static Tensor root(Tensor covariance) {
        Eigen eigen = Eigen.of(covariance);
        Tensor values = eigen.values().clamp(0, Double.MAX_VALUE).sqrt();
        return eigen.vectors().transpose(0, 1).times(values).matmul(eigen.vectors());
    }
}
