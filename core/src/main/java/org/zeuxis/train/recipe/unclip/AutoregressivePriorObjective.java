package org.zeuxis.train.recipe.unclip;

import java.util.Map;
import org.zeuxis.models.unclip.prior.AutoregressivePrior;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/**
 * Teaches a prior to go on with the codes of an image embedding.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
public final class AutoregressivePriorObjective implements Objective {
    private final AutoregressivePrior prior;
    private final DrawnPairs pairs;
    private final Tensor dots; // [count] of int64

    /** @param dots the quantised dot product of each pair */
    AutoregressivePriorObjective(AutoregressivePrior prior, DrawnPairs pairs, Tensor dots) {
        this.prior = prior;
        this.pairs = pairs;
        this.dots = dots.outliving();
    }

    @Override
    public Map<String, Tensor> parameters() {
        return prior.network().parameters();
    }

    @Override
    public int batchSize() {
        return pairs.batchSize();
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        DrawnPairs.Drawn drawn = pairs.draw(seed);
        Tensor codes = prior.codes().encode(drawn.images());
        Tensor logits = prior.network().forward(drawn.texts(), dots.pick(0, drawn.places()), codes);
        return logits.reshape(-1, logits.size(2)).crossEntropy(codes.reshape(-1));
    }
}
