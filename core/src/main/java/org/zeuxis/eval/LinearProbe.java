package org.zeuxis.eval;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * A linear classifier on features that stay as they are: multinomial logistic regression on all pictures at once, its
 * weights, but not its biases, held small. The same pictures give the same classifier: nothing is drawn at random.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, appendix A.3; it chooses the strength on held-out pictures
 */
public final class LinearProbe implements AutoCloseable {
    /** How strongly weights are held small unless one says otherwise. */
    public static final double L2 = 1e-3;

    private static final double FLAT = 1e-5;
    private static final int MOST_STEPS = 1000;

    private final List<String> labels;
    private final Tensor weight; // [labels, width]
    private final Tensor bias; // [labels]
    private final int steps;
    private final boolean reached;

    private LinearProbe(List<String> labels, Tensor weight, Tensor bias, int steps, boolean reached) {
        this.labels = labels;
        this.weight = weight;
        this.bias = bias;
        this.steps = steps;
        this.reached = reached;
    }

    /**
     * Trains one: the weights W and biases b at which mean cross entropy + l2 / 2 |W|² is least. Features are counted
     * from their mean, in units of their root mean square from there, one for all, so that the same {@code l2} is as
     * strong for every tower.
     *
     * @param features [pictures, width]
     * @param names for each picture its label; at least two that differ
     * @param l2 over 0, so that there is one such place
     */
    public static LinearProbe trained(Tensor features, List<String> names, double l2) {
        features.expect("pictures", features.size(-1));
        List<String> labels = List.copyOf(new LinkedHashSet<>(names));
        if (features.size(0) != names.size() || labels.size() < 2 || !(l2 > 0)) {
            throw new IllegalArgumentException("expected a label for each picture, at least 2 that differ, and an l2"
                    + " over 0, got " + names.size() + " labels, " + labels.size() + " that differ, for "
                    + features.size(0) + " pictures, and " + l2);
        }
        int classes = labels.size();
        int width = (int) features.size(1);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor x = features.to(DType.FLOAT64);
            Tensor mean = x.mean(0);
            Tensor centred = x.minus(mean);
            double unit = Math.sqrt(centred.square().mean().item());
            Tensor scaled = unit > 0 ? centred.over(unit) : centred;
            Tensor truths = oneHot(names, labels);
            Lbfgs found = Lbfgs.minimized(
                    (at, gradient) -> loss(scaled, truths, l2, at, gradient),
                    new double[classes * (width + 1)],
                    FLAT,
                    MOST_STEPS);
            double[] at = found.x();
            Tensor weight = Tensor.of(Arrays.copyOf(at, classes * width), classes, width)
                    .over(unit > 0 ? unit : 1);
            Tensor bias = Tensor.of(Arrays.copyOfRange(at, classes * width, at.length), classes)
                    .minus(weight.matmul(mean.reshape(width, 1)).reshape(classes));
            return new LinearProbe(
                    labels,
                    weight.to(DType.FLOAT32).outliving(),
                    bias.to(DType.FLOAT32).outliving(),
                    found.steps(),
                    found.steepest() <= FLAT);
        }
    }

    /** Gives the memory of the weights back; it scores nothing any more. */
    @Override
    public void close() {
        weight.free();
        bias.free();
    }

    /** For each picture, in a row, 1 at its label and 0 at the others, [pictures, labels] of float64. */
    private static Tensor oneHot(List<String> names, List<String> labels) {
        Map<String, Integer> places = new TaughtLabels(labels).places();
        double[] ones = new double[names.size() * labels.size()];
        int start = 0;
        for (String name : names) {
            ones[start + places.getOrDefault(name, 0)] = 1;
            start += labels.size();
        }
        return Tensor.of(ones, names.size(), labels.size());
    }

    private static double loss(Tensor x, Tensor truths, double l2, double[] at, double[] gradient) {
        int n = (int) x.size(0);
        int width = (int) x.size(1);
        int classes = (int) truths.size(1);
        try (Scope scope = new Scope()) {
            Tensor weight = Tensor.of(Arrays.copyOf(at, classes * width), classes, width);
            Tensor bias = Tensor.of(Arrays.copyOfRange(at, classes * width, at.length), classes);
            Tensor logP = x.matmul(weight.transpose(0, 1)).plus(bias).logSoftmax(-1);
            double loss = -logP.times(truths).sum().item() / n
                    + l2 / 2 * weight.square().sum().item();
            Tensor error = logP.exp().minus(truths).over(n);
            Tensor slope = error.transpose(0, 1).matmul(x).plus(weight.times(l2));
            doubles(slope).get(gradient, 0, classes * width);
            doubles(error.sum(0)).get(gradient, classes * width, classes);
            return loss;
        }
    }

    private static DoubleBuffer doubles(Tensor x) {
        return ByteBuffer.wrap(x.contiguous().toBytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer();
    }

    /** What it was taught to tell apart. */
    public List<String> labels() {
        return labels;
    }

    /** How many steps its training took. */
    public int steps() {
        return steps;
    }

    /** Whether training arrived at the least loss, or was stopped before. */
    public boolean reached() {
        return reached;
    }

    /**
     * Scores any labels; one that it was not taught has the score of negative infinity.
     *
     * @param features [pictures, width]
     * @return the higher the better, [pictures, choices]
     */
    public Tensor scores(Tensor features, List<String> choices) {
        if (weight.isFreed()) {
            throw new IllegalStateException("expected an open probe, got a closed one; train it again");
        }
        features.expect("pictures", weight.size(1));
        try (Gradients off = Gradients.off()) {
            return new TaughtLabels(labels).scores(features.linear(weight, bias), choices);
        }
    }
}
