package org.zeuxis.models.unclip.prior;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * No prior: takes the text embedding for the picture's, stretched to the length that embeddings of pictures have.
 *
 * @param width of the embeddings
 * @param length that they have
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, Figure 8, "text embedding"
 */
public record TextEmbeddingPrior(int width, double length) implements Prior {
    static final String NAME = "none";

    public TextEmbeddingPrior {
        if (!(length > 0)) throw new IllegalArgumentException("expected a length above 0, got " + length);
    }

    @Override
    public Tensor imageEmbeddings(EncodedText text, EncodedText none, Seed seed, Progress progress) {
        return text.embedding().expect("batch", width).normalized(-1).times(length);
    }

    @Override
    public Sampling own() {
        return new Sampling(OptionalInt.empty(), OptionalDouble.empty(), NAME);
    }

    @Override
    public Prior with(Sampling asked) {
        asked.expectNoSteps("there is no prior to take them");
        return withGuidance(asked.guidance().orElse(1));
    }

    @Override
    public Prior withGuidance(double scale) {
        if (scale == 1) return this;
        throw new IllegalArgumentException("expected no guidance without a prior, got " + scale);
    }

    @Override
    public Prior withCandidates(int number) {
        if (number == 1) return this;
        throw new IllegalArgumentException("expected 1 candidate without a prior, got " + number);
    }
}
