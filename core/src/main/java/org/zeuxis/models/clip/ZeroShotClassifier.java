package org.zeuxis.models.clip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Tells which of any labels fits a picture, without having been trained on them: the text tower makes the classifier out
 * of the labels' names.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, Figure 1 (2) and (3)
 */
public final class ZeroShotClassifier implements AutoCloseable {
    /**
     * How well a label fits.
     *
     * @param probability among all labels, as the learned temperature has it
     * @param cosine of the picture and the label
     */
    public record Prediction(String label, double probability, double cosine) {}

    private final ClipFolder model;
    private final List<String> labels;
    private final Tensor classes; // [labels, width], each of length 1

    /**
     * Embeds the labels.
     *
     * @param templates of which each label gets the mean embedding
     * @throws IllegalArgumentException if there is no label, or one comes twice
     */
    public ZeroShotClassifier(ClipFolder model, List<String> labels, PromptTemplates templates) {
        this(model, labels, templates, ClassCache.NONE);
    }

    /**
     * The same, with the embeddings of an earlier run if {@code cache} has them.
     *
     * @throws IllegalArgumentException if there is no label, or one comes twice
     */
    public ZeroShotClassifier(ClipFolder model, List<String> labels, PromptTemplates templates, ClassCache cache) {
        if (labels.isEmpty()) throw new IllegalArgumentException("expected at least one label, got none");
        if (new LinkedHashSet<>(labels).size() < labels.size()) {
            throw new IllegalArgumentException("expected labels that differ, got one twice among " + labels.size());
        }
        this.model = model;
        this.labels = List.copyOf(labels);
        List<String> sentences = new ArrayList<>();
        for (String label : labels) sentences.addAll(templates.fill(label));
        classes = cache.classes(model, sentences, labels.size(), () -> embed(model, sentences, labels.size()));
    }

    private static Tensor embed(ClipFolder model, List<String> sentences, int labels) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor each = model.embedTexts(sentences).reshape(labels, sentences.size() / labels, -1);
            return each.mean(1).squeeze(1).normalized(-1).outliving();
        }
    }

    public List<String> labels() {
        return labels;
    }

    /** What stands for each label, [labels, width], each of length 1. */
    public Tensor classes() {
        return classes;
    }

    /**
     * @param embeddings of pictures, each of length 1, [batch, width]
     * @return cosines, [batch, labels]
     */
    public Tensor cosines(Tensor embeddings) {
        return embeddings.matmul(classes.transpose(0, 1));
    }

    /**
     * For each picture every label, the best first.
     *
     * @throws IllegalStateException if this, or its model, is closed
     */
    public List<List<Prediction>> classify(List<Image> images) {
        return predictions(images, model::embedImages);
    }

    /** The same of pictures that the model's preprocessing has cropped. */
    public List<List<Prediction>> classifyCropped(List<Image> crops) {
        return predictions(crops, model::embedCropped);
    }

    private List<List<Prediction>> predictions(List<Image> images, Function<List<Image>, Tensor> embed) {
        if (classes.isFreed()) {
            throw new IllegalStateException("expected an open classifier, got a closed one; make it again");
        }
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor cosines = cosines(embed.apply(images));
            float[] cosine = cosines.toFloats();
            float[] probability =
                    cosines.times(model.clip().scale()).softmax(-1).toFloats();
            int n = labels.size();
            return IntStream.range(0, images.size())
                    .mapToObj(i -> IntStream.range(0, n)
                            .mapToObj(j -> new Prediction(labels.get(j), probability[i * n + j], cosine[i * n + j]))
                            .sorted(Comparator.comparingDouble(Prediction::cosine)
                                    .reversed())
                            .toList())
                    .toList();
        }
    }

    /** Gives the memory of the classes back, {@link #classes} too; the model stays open. */
    @Override
    public void close() {
        classes.free();
    }
}
