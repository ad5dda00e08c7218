package org.zeuxis.models.unclip.prior;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Writes an image embedding as a text, code by code, for a dot product with the caption's that is high.
 *
 * @param guidance how much closer to the caption than the network would go by itself; 1 is by itself
 * @param candidates of which one stays, the nearest to the caption
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
public record AutoregressivePrior(
        AutoregressiveTransformer network,
        EmbeddingCodes codes,
        DotProduct dotProduct,
        Nucleus nucleus,
        double guidance,
        int candidates)
        implements Prior {
    static final String NAME = "autoregressive";

    private static final Nucleus USUAL = new Nucleus(1, 0.95);

    public AutoregressivePrior {
        if (candidates < 1) throw new IllegalArgumentException("expected at least 1 candidate, got " + candidates);
        if (!(guidance >= 0 && guidance < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a guidance scale of at least 0, such as 2, got " + guidance);
        }
    }

    public AutoregressivePrior(AutoregressiveTransformer network, EmbeddingCodes codes, DotProduct dotProduct) {
        this(network, codes, dotProduct, USUAL, 1, 2);
    }

    @Override
    public Sampling own() {
        return new Sampling(OptionalInt.empty(), OptionalDouble.of(guidance), NAME);
    }

    @Override
    public AutoregressivePrior with(Sampling asked) {
        asked.expectNoSteps("an autoregressive prior writes all of its codes");
        return withGuidance(asked.guidance().orElse(guidance));
    }

    public AutoregressivePrior with(Nucleus drawn) {
        return new AutoregressivePrior(network, codes, dotProduct, drawn, guidance, candidates);
    }

    @Override
    public AutoregressivePrior withGuidance(double scale) {
        return new AutoregressivePrior(network, codes, dotProduct, nucleus, scale, candidates);
    }

    @Override
    public AutoregressivePrior withCandidates(int number) {
        return new AutoregressivePrior(network, codes, dotProduct, nucleus, guidance, number);
    }

    @Override
    public int width() {
        return network.config().width();
    }

    @Override
    public Tensor imageEmbeddings(EncodedText text, EncodedText none, Seed seed, Progress progress) {
        network.expectOpen();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            EncodedText each = text.repeated(candidates);
            boolean guided = guidance != 1;
            Tensor dots = dotProduct.high(each.batch(), seed);
            EncodedText read = guided ? none.repeated(candidates).and(each) : each;
            try (AutoregressiveTransformer.Writing writing =
                    network.write(read, guided ? Tensor.cat(0, dots, dots) : dots)) {
                Tensor written = written(writing, guided, seed, progress);
                return scope.keep(Candidates.nearest(codes.decode(written), text.embedding()));
            }
        }
    }

    /** [batch, components] of int64. */
    private Tensor written(AutoregressiveTransformer.Writing writing, boolean guided, Seed seed, Progress progress) {
        int components = network.config().components();
        List<Tensor> drawn = new ArrayList<>();
        for (int i = 0; i < components; i++) {
            try (Scope step = new Scope()) {
                Tensor logits = i == 0 ? writing.first() : writing.after(both(drawn.get(i - 1), guided));
                drawn.add(step.keep(nucleus.draw(guided ? guided(logits) : logits, seed)));
                progress.done(i + 1, components, codes.decode(Tensor.stack(1, drawn)));
            }
        }
        return Tensor.stack(1, drawn);
    }

    private static Tensor both(Tensor code, boolean guided) {
        return guided ? Tensor.cat(0, code, code) : code;
    }

    /** Away from what the network thinks without the caption, in log-probabilities. */
    private Tensor guided(Tensor logits) {
        List<Tensor> halves = logits.logSoftmax(-1).chunk(2, 0);
        return halves.get(0).plus(halves.get(1).minus(halves.get(0)).times(guidance));
    }

    @Override
    public void close() {
        network.close();
        codes.close();
        dotProduct.close();
    }
}
