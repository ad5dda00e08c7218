package org.zeuxis.train.recipe.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.zeuxis.config.Config;
import org.zeuxis.data.series.Examples;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.prior.AutoregressivePrior;
import org.zeuxis.models.unclip.prior.AutoregressiveTransformer;
import org.zeuxis.models.unclip.prior.DotProduct;
import org.zeuxis.models.unclip.prior.EmbeddingCodes;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/** Trains the autoregressive prior of DALL·E 2 over a trained CLIP. */
public final class AutoregressivePriorRecipe implements Recipe {

    /**
     * How embeddings become codes.
     *
     * @param lost share of the squared error that the principal components lose at most
     * @param buckets of each component
     * @param dots buckets of the dot product of picture and caption
     */
    private record Quantisation(double lost, int buckets, int dots) {
        static Quantisation from(Config c) {
            return new Quantisation(c.number("lost", 0.01), c.integer("buckets", 1024), c.integer("dot_buckets", 64));
        }
    }

    @Override
    public String kind() {
        return "autoregressive-prior";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        PriorKeys own = PriorKeys.from(keys);
        Quantisation quantisation = Quantisation.from(keys.file());
        return (run, embedded) -> begin(own, quantisation, keys.data(), keys.training(), run, embedded);
    }

    private static ModelInTraining begin(
            PriorKeys keys,
            Quantisation quantisation,
            TrainingData data,
            TrainingConfig training,
            Path run,
            LongConsumer embedded)
            throws IOException {
        ClipFolder clip = keys.opened();
        Examples examples = data.pairs();
        EmbeddedPairs pairs = keys.pairs(clip, examples, run, embedded);
        EmbeddingCodes codes = EmbeddingCodes.fit(pairs.images(), quantisation.lost, quantisation.buckets);
        DotProduct dots = DotProduct.fit(quantisation.dots, pairs.images(), pairs.texts());
        AutoregressiveTransformer.Config config = new AutoregressiveTransformer.Config(
                clip.clip().config().width(),
                clip.clip().config().text().width(),
                clip.tokenizer().contextLength(),
                codes.components().count(),
                quantisation.buckets,
                quantisation.dots,
                keys.heads(),
                keys.headWidth(),
                keys.layers());
        AutoregressiveTransformer network =
                Initialization.seeded(Seed.of(training.seed()), () -> new AutoregressiveTransformer(config));
        AutoregressivePrior prior = new AutoregressivePrior(network, codes, dots);
        DrawnPairs drawn = keys.drawn(pairs, clip, training.batch());
        return new ModelInTraining(
                new AutoregressivePriorObjective(prior, drawn, dots.bucket(pairs.images(), pairs.texts())),
                examples,
                folder -> PriorKeys.export(prior, folder));
    }
}
