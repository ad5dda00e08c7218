package org.zeuxis.train.recipe.unclip;

import java.util.Map;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.diffusion.DiffusionLoss;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.unclip.Upsampler;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/**
 * Teaches an upsampler to denoise pieces of large pictures beside what a small picture shows of them.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
final class UpsamplerObjective implements Objective {
    private final Upsampler upsampler;
    private final DiffusionLoss loss;
    private final ReadAhead<EnlargedCrops.Pairs> pairs;
    private final int batchSize;

    UpsamplerObjective(Upsampler upsampler, DiffusionLoss loss, EnlargedCrops crops) {
        this.upsampler = upsampler;
        this.loss = loss;
        batchSize = crops.batchSize();
        pairs = new ReadAhead<>(crops::at);
    }

    @Override
    public Map<String, Tensor> parameters() {
        return upsampler.parameters();
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        EnlargedCrops.Pairs pair = pairs.at(step);
        Tensor x0 = Normalize.TO_ONE.apply(pair.large());
        Tensor small = Normalize.TO_ONE.apply(pair.small());
        return loss.of((xt, t) -> upsampler.forward(xt, t, small), x0, seed).mean();
    }

    @Override
    public void close() {
        pairs.close();
    }
}
