package org.zeuxis.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;

/** Normalises groups of channels over their pixels. */
public final class GroupNorm extends Module {
    private final Tensor weight; // [channels]
    private final Tensor bias; // [channels]
    private final int groups;
    private final double epsilon;

    /** @throws IllegalArgumentException if the channels do not fall into equal groups */
    public GroupNorm(int groups, int channels, double epsilon) {
        if (channels % groups != 0) {
            throw new IllegalArgumentException("expected channels in " + groups + " equal groups, got " + channels);
        }
        this.groups = groups;
        this.epsilon = epsilon;
        weight = parameter("weight", Initialization.ones(), channels);
        bias = parameter("bias", Initialization.zeros(), channels);
    }

    /** @param x [batch, channels, …] */
    public Tensor forward(Tensor x) {
        return x.groupNorm(groups, weight, bias, epsilon);
    }

    /** The same, then SiLU: in half the memory. */
    public Tensor forwardSilu(Tensor x) {
        return x.groupNormSilu(groups, weight, bias, epsilon);
    }

    /**
     * What this makes of some rows of one large picture, once it has looked at all of it.
     *
     * @param x all of it, of {@code height} and {@code columns}
     */
    public UnaryOperator<Tensor> of(Bands.Rows x, long height, long columns) {
        int channels = (int) weight.size(0);
        int each = channels / groups;
        List<Band> bands = new ArrayList<>();
        Bands.each(height, columns, (top, below) -> bands.add(Band.of(x.between(top, below))));
        float[] gains = weight.to(DType.FLOAT32).toFloats();
        float[] shifts = bias.to(DType.FLOAT32).toFloats();
        for (int first = 0; first < channels; first += each) {
            double mean = 0;
            double square = 0;
            for (Band band : bands) mean += band.share(height) * band.mean(first, each);
            for (Band band : bands) square += band.share(height) * band.squareAround(mean, first, each);
            for (int c = first; c < first + each; c++) {
                gains[c] = (float) (gains[c] / Math.sqrt(square + epsilon));
                shifts[c] -= (float) (mean * gains[c]);
            }
        }
        Tensor gain = Tensor.of(gains, 1, channels, 1, 1);
        Tensor shift = Tensor.of(shifts, 1, channels, 1, 1);
        return y -> Recomputation.within(
                rows -> rows.to(DType.FLOAT32).times(gain).plus(shift).to(rows.dtype()), y);
    }

    /** Mean and variance of each channel in some rows. */
    private record Band(long rows, float[] means, float[] variances) {
        static Band of(Tensor x) {
            Tensor y = x.to(DType.FLOAT32);
            Tensor mean = pixelMean(y);
            Tensor variance = pixelMean(y.minus(mean).square());
            return new Band(x.size(2), mean.toFloats(), variance.toFloats());
        }

        private static Tensor pixelMean(Tensor x) {
            return x.mean(3).mean(2);
        }

        double share(long height) {
            return (double) rows / height;
        }

        double mean(int first, int count) {
            double sum = 0;
            for (int c = first; c < first + count; c++) sum += means[c];
            return sum / count;
        }

        double squareAround(double centre, int first, int count) {
            double sum = 0;
            for (int c = first; c < first + count; c++) {
                sum += variances[c] + (means[c] - centre) * (means[c] - centre);
            }
            return sum / count;
        }
    }
}
