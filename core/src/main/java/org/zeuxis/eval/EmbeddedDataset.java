package org.zeuxis.eval;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * The pictures of a dataset as a model sees them.
 *
 * @param images [pictures, width], each of length 1; or features, [pictures, vision width]; or logits, [pictures, labels]
 * @param labels for each picture its {@linkplain CaptionedImage#label label}
 * @param places for each picture where the dataset has it
 * @param problems what could not be read, and is left out
 */
public record EmbeddedDataset(Tensor images, List<String> labels, List<Integer> places, List<Problem> problems)
        implements AutoCloseable {
    private static final int BATCH = 64;

    /**
     * Embeds every picture that can be read.
     *
     * @param shift what is done to each before
     * @param done is told how many pictures are embedded so far
     * @throws IOException if none can
     */
    public static EmbeddedDataset of(ClipFolder model, Dataset dataset, UnaryOperator<Image> shift, LongConsumer done)
            throws IOException {
        return of(model::embedImages, dataset, shift, done);
    }

    /** The same with what the image tower gives before its projection, {@link ClipFolder#imageFeatures}. */
    public static EmbeddedDataset features(
            ClipFolder model, Dataset dataset, UnaryOperator<Image> shift, LongConsumer done) throws IOException {
        return of(model::imageFeatures, dataset, shift, done);
    }

    /** The same with what a classifier gives, {@link ImageClassifier#logits}. */
    public static EmbeddedDataset logits(
            ImageClassifier model, Dataset dataset, UnaryOperator<Image> shift, LongConsumer done) throws IOException {
        return of(model::logits, dataset, shift, done);
    }

    /** The same with what any model gives for each of up to 64 pictures, [pictures, width]. */
    public static EmbeddedDataset of(
            Function<List<Image>, Tensor> model, Dataset dataset, UnaryOperator<Image> shift, LongConsumer done)
            throws IOException {
        List<Tensor> parts = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        List<Problem> problems = new ArrayList<>(dataset.problems());
        try (ReadAhead<Seen> seen = ReadAhead.pictures(dataset.size(), i -> seen(dataset, (int) i))) {
            for (int from = 0; from < dataset.size(); from += BATCH) {
                List<Image> batch = new ArrayList<>();
                for (int i = from; i < Math.min(dataset.size(), from + BATCH); i++) {
                    Seen next = seen.at(i);
                    if (next.sample == null) problems.add(new Problem(dataset.key(i), next.problem));
                    else {
                        batch.add(shift.apply(next.sample.image()));
                        labels.add(next.sample.label());
                        places.add(i);
                    }
                }
                if (batch.isEmpty()) continue;
                try (Scope scope = new Scope()) {
                    parts.add(scope.keep(model.apply(batch)));
                }
                done.accept(labels.size());
            }
        }
        if (parts.isEmpty()) {
            throw new IOException("expected pictures that can be used, got none of " + dataset.size() + ": "
                    + String.join("; ", Problem.counted(problems)));
        }
        return new EmbeddedDataset(Tensor.cat(0, parts).outliving(), labels, places, problems);
    }

    /** A picture that was read while others were embedded, or why it cannot be. */
    private record Seen(@Nullable CaptionedImage sample, String problem) {}

    private static Seen seen(Dataset dataset, int i) {
        try {
            return new Seen(dataset.get(i), "");
        } catch (IOException e) {
            return new Seen(null, String.valueOf(e.getMessage()));
        }
    }

    /** Gives the memory of the embeddings back. */
    @Override
    public void close() {
        images.free();
    }

    /** Every label once, in the order of the first picture of each. */
    public List<String> distinctLabels() {
        return List.copyOf(new LinkedHashSet<>(labels));
    }

    /** For each picture the place of its label in a list that has it. */
    public List<Integer> truths(List<String> all) {
        Map<String, Integer> byLabel = new HashMap<>();
        for (int i = 0; i < all.size(); i++) byLabel.put(all.get(i), i);
        return labels.stream()
                .map(label -> {
                    Integer place = byLabel.get(label);
                    if (place == null)
                        throw new IllegalArgumentException("expected \"" + label + "\" among the labels");
                    return place;
                })
                .toList();
    }

    /** For each of other pictures, [n, width], the places in the dataset of the {@code k} nearest. */
    public List<List<Integer>> nearest(Tensor others, int k) {
        Tensor cosines = others.matmul(images.transpose(0, 1));
        int n = (int) images.size(0);
        float[] all = cosines.toFloats();
        List<List<Integer>> found = new ArrayList<>();
        for (int i = 0; i < others.size(0); i++) {
            int row = i * n;
            found.add(IntStream.range(0, n)
                    .boxed()
                    .sorted(Comparator.comparingDouble(j -> -all[row + j]))
                    .limit(k)
                    .map(places::get)
                    .toList());
        }
        return found;
    }
}
