package org.zeuxis.eval.fidelity;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * How sure InceptionV3 is of each picture and how many things it sees in all; needs no real pictures.
 *
 * @param mean over the parts
 * @param deviation between the parts
 * @see <a href="https://arxiv.org/abs/1606.03498">Improved techniques for training GANs</a>, section 4
 */
public record InceptionScore(double mean, double deviation) {
    private static final int PARTS = 10;

    /**
     * @param logits in random order, [pictures, classes]; ten parts are scored each by itself
     * @throws IllegalArgumentException if there are fewer than ten
     */
    public static InceptionScore of(Tensor logits) {
        logits.expect("pictures", logits.size(-1));
        long n = logits.size(0);
        if (n < PARTS) throw new IllegalArgumentException("expected at least " + PARTS + " pictures, got " + n);
        double[] scores = new double[PARTS];
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor logs = logits.to(DType.FLOAT64).logSoftmax(-1);
            for (int i = 0; i < PARTS; i++) {
                Tensor logP = logs.slice(0, i * n / PARTS, (i + 1) * n / PARTS);
                Tensor p = logP.exp();
                Tensor divergence = p.times(logP.minus(p.mean(0).log())).sum(-1);
                scores[i] = divergence.mean().exp().item();
            }
        }
        double mean = 0;
        for (double score : scores) mean += score / PARTS;
        double squares = 0;
        for (double score : scores) squares += (score - mean) * (score - mean) / PARTS;
        return new InceptionScore(mean, Math.sqrt(squares));
    }
}
