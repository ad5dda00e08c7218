package org.zeuxis.models.unclip.prior;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Imagines the CLIP image embedding of a picture of which only the caption is known.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
public sealed interface Prior extends AutoCloseable permits DiffusionPrior, AutoregressivePrior, TextEmbeddingPrior {
    /**
     * @param text the captions
     * @param none as many empty captions (or of what the picture should not be) of as many tokens: where guidance leads away from
     * @param seed of all that is drawn
     * @param progress told after each step; what it throws ends the sampling
     * @return [batch, width], as the image tower's projection gives it: of any length
     */
    Tensor imageEmbeddings(EncodedText text, EncodedText none, Seed seed, Progress progress);

    /**
     * The same, so much closer to the caption than it would go by itself; 1 is by itself.
     *
     * @throws IllegalArgumentException if there is nothing to guide, as of {@link TextEmbeddingPrior}
     */
    Prior withGuidance(double scale);

    /** How it is sampled unless another way is asked for; its sampler is the prior's name. */
    Sampling own();

    /**
     * The same, sampled as asked.
     *
     * @throws IllegalArgumentException if it has no steps, or nothing to guide
     */
    Prior with(Sampling asked);

    /** The same, imagining so many, of which the nearest to the caption stays. */
    Prior withCandidates(int number);

    /** The width of the embeddings. */
    int width();

    /**
     * Opens the prior of a folder in diffusers' layout of {@code UnCLIPPipeline}.
     *
     * @throws IOException if it has none, or one that is not here, in one line
     */
    static Prior load(ModelFolder pipeline) throws IOException {
        return PriorFolder.load(pipeline, DType.FLOAT32);
    }

    /**
     * Opens all that a folder has, to compute in {@code type}: the one of diffusers' layout first.
     *
     * @return none, one or two
     */
    static List<Prior> all(ModelFolder pipeline, DType type) throws IOException {
        return PriorFolder.all(pipeline, type);
    }

    /**
     * Writes it, and what it is sampled by, beside the other components of a pipeline.
     *
     * @throws IllegalArgumentException if there is nothing to write, as of {@link TextEmbeddingPrior}
     */
    default void save(Path pipeline) throws IOException {
        PriorFolder.save(List.of(this), pipeline);
    }

    /** Writes several, as {@link #all} opens them; what has no weights is left out. */
    static void save(List<Prior> all, Path pipeline) throws IOException {
        PriorFolder.save(all.stream().filter(p -> !p.components().isEmpty()).toList(), pipeline);
    }

    /** What {@link #save(Path)} writes, each folder with its library and class, as {@code model_index.json} names them. */
    default Map<String, List<String>> components() {
        return PriorFolder.components(List.of(this));
    }

    /** The same of several. */
    static Map<String, List<String>> components(List<Prior> all) {
        return PriorFolder.components(all);
    }

    @Override
    default void close() {}
}
