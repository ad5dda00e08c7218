package org.zeuxis.train.recipe.unclip;

import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.diffusion.DiffusionLoss;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.PriorTransformer;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/**
 * Teaches a prior to see the image embedding behind the noise: the mean squared error of the embedding itself.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, equation 2
 */
public final class DiffusionPriorObjective implements Objective {
    private final PriorTransformer network;
    private final DrawnPairs pairs;
    private final DiffusionLoss loss;

    DiffusionPriorObjective(DiffusionPrior prior, DrawnPairs pairs) {
        network = prior.network();
        this.pairs = pairs;
        Scheduler noised = prior.scheduler().own();
        loss = new DiffusionLoss(noised.schedule(), noised.predicts());
    }

    /** All but the mean and the spread of embeddings, which are known. */
    @Override
    public Map<String, Tensor> parameters() {
        Map<String, Tensor> all = new LinkedHashMap<>(network.parameters());
        all.keySet().removeIf(key -> key.startsWith("clip_"));
        return all;
    }

    @Override
    public int batchSize() {
        return pairs.batchSize();
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        DrawnPairs.Drawn drawn = pairs.draw(seed);
        return loss.of(
                        (xt, t) -> network.forward(xt, t, drawn.texts()),
                        network.scaled(drawn.images()).detach(),
                        seed)
                .mean();
    }
}
