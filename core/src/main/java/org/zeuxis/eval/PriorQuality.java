package org.zeuxis.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * How near the image embedding that a prior imagines for a caption comes to that of a real picture of it.
 *
 * @param retrieval of the pictures of each caption by what was imagined, among all pictures
 * @param cosines for each picture, of its embedding and what was imagined for its caption
 * @param seconds that a caption took
 */
public record PriorQuality(Retrieval retrieval, List<Double> cosines, double seconds) {
    private static final int BATCH = 50;
    private static final double Z = 1.959963984540054; // 95 %

    public PriorQuality {
        cosines = List.copyOf(cosines);
    }

    /**
     * Imagines an embedding for each label.
     *
     * @param pictures whose labels are the captions
     */
    public static PriorQuality of(Prior prior, CaptionEncoder encoder, EmbeddedDataset pictures, long seed) {
        List<String> captions = pictures.distinctLabels();
        List<Integer> own = pictures.truths(captions);
        try (Gradients off = Gradients.off();
                Scope all = new Scope()) {
            List<Tensor> parts = new ArrayList<>();
            long start = System.nanoTime();
            for (int from = 0; from < captions.size(); from += BATCH) {
                int to = Math.min(captions.size(), from + BATCH);
                List<String> some = new ArrayList<>(captions.subList(from, to));
                int n = some.size();
                some.addAll(Collections.nCopies(n, ""));
                try (Scope scope = new Scope()) {
                    EncodedText both = encoder.encode(some);
                    parts.add(scope.keep(prior.imageEmbeddings(
                            both.rows(0, n), both.rows(n, 2L * n), Seed.of(seed, from), Progress.NONE)));
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9 / captions.size();
            Tensor imagined = Tensor.cat(0, parts).normalized(-1);
            Tensor images = pictures.images();
            float[] cosines = images.matmul(imagined.transpose(0, 1)).toFloats();
            List<Double> each = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) each.add((double) cosines[i * captions.size() + own.get(i)]);
            return new PriorQuality(Retrieval.of(images, imagined, own), each, seconds);
        }
    }

    /** The rank of the nearest of a caption's own pictures among all, from 1: half of the captions do no worse. */
    public int medianRank() {
        return ranks()[ranks().length / 2];
    }

    /** The lower end of its 95 % interval, from the order of the ranks alone. */
    public int lowMedianRank() {
        return ranks()[place(-1)];
    }

    /** The upper end. */
    public int highMedianRank() {
        return ranks()[place(1)];
    }

    private int place(int side) {
        int n = ranks().length;
        return (int) Math.max(0, Math.min(n - 1, Math.round((n - 1 + side * Z * Math.sqrt(n)) / 2)));
    }

    private int[] ranks() {
        int[] ranks = retrieval.imageRanks().stream().mapToInt(rank -> rank + 1).toArray();
        Arrays.sort(ranks);
        return ranks;
    }

    /** The mean cosine of picture and imagined embedding. */
    public double cosine() {
        return cosines.stream().mapToDouble(x -> x).average().orElseThrow();
    }

    /** How far the mean cosine may be off either way, at 95 %. */
    public double cosineMargin() {
        double mean = cosine();
        double squares =
                cosines.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
        int n = cosines.size();
        return n < 2 ? 1 : Z * Math.sqrt(squares / (n - 1) / n);
    }
}
