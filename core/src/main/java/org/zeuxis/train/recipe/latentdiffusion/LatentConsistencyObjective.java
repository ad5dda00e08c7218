package org.zeuxis.train.recipe.latentdiffusion;

import java.util.List;
import java.util.Map;
import org.zeuxis.diffusion.ConsistencyLoss;
import org.zeuxis.diffusion.Network;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.train.Objective;

/**
 * Teaches a U-Net to see at once where its teacher, guided by a scale that it is told, would arrive.
 *
 * @see <a href="https://arxiv.org/abs/2310.04378">Latent consistency models</a>, algorithm 1
 */
final class LatentConsistencyObjective implements Objective {

    /** The guidance scales that are drawn. */
    record Scales(double least, double most) {
        Scales {
            if (!(least >= 1 && most >= least && most < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "expected guidance from at least 1 up, such as [3, 9], got [" + least + ", " + most + "]");
            }
        }

        static Scales of(List<Double> ends) {
            if (ends.size() == 2) return new Scales(ends.get(0), ends.get(1));
            throw new IllegalArgumentException(
                    "expected guidance of two numbers, the least and the most, such as [3, 9], got " + ends);
        }

        Tensor drawn(Seed seed, int count) {
            return seed.rand(count).times(most - least).plus(least);
        }
    }

    private final DenoisingUNet student;
    private final DenoisingUNet teacher;
    private final ClipTextModel text;
    private final Tensor latents; // [count, channels, height, columns]
    private final Tensor captions; // [count, tokens] of int64
    private final Tensor nothing; // [1, tokens] of int64
    private final Scales scales;
    private final ConsistencyLoss loss;
    private final int batchSize;

    /** @param model whose U-Net learns */
    LatentConsistencyObjective(
            LatentDiffusion model,
            DenoisingUNet teacher,
            LatentCache cache,
            Scales scales,
            ConsistencyLoss loss,
            int batchSize) {
        student = model.unet();
        this.teacher = teacher;
        text = model.text();
        latents = cache.latents();
        captions = ids(model.tokenizer().encode(cache.captions()));
        nothing = ids(model.tokenizer().encode(List.of("")));
        this.scales = scales;
        this.loss = loss;
        this.batchSize = batchSize;
    }

    private static Tensor ids(TokenBatch tokens) {
        return Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()).outliving();
    }

    @Override
    public Map<String, Tensor> parameters() {
        return student.parameters();
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        Tensor places = seed.randint(0, latents.size(0), batchSize);
        Tensor scale = scales.drawn(seed, batchSize);
        Tensor both; // [2 batch, tokens, width]: without words, then with
        try (Gradients off = Gradients.off()) {
            Tensor words = text.forward(captions.pick(0, places));
            both = Tensor.cat(0, text.forward(nothing).expand(words.shape()), words);
        }
        Tensor words = both.slice(0, batchSize, 2L * batchSize);
        return loss.of(
                (xt, t) -> student.forward(xt, t, words, scale),
                guided(both, scale.reshape(-1, 1, 1, 1)),
                latents.pick(0, places),
                seed);
    }

    /** @param scale [batch, 1, 1, 1] */
    private Network guided(Tensor both, Tensor scale) {
        return (xt, t) -> {
            List<Tensor> halves = teacher.forward(Tensor.cat(0, xt, xt), Tensor.cat(0, t, t), both)
                    .chunk(2, 0);
            Tensor without = halves.get(0);
            return without.plus(halves.get(1).minus(without).times(scale));
        };
    }
}
