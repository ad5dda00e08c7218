package org.zeuxis.eval;

import java.io.IOException;
import java.util.List;
import org.zeuxis.data.Dataset;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.tensor.Tensor;

/** The classifier that zero-shot prediction is compared with. */
public sealed interface SupervisedBaseline {
    /** What it was taught to tell apart. */
    List<String> labels();

    /** What it is, for a report. */
    String description();

    /** Short for {@link #description}, for the legend of a chart. */
    String title();

    /**
     * Scores the pictures of a dataset in another manner.
     *
     * @param features what CLIP's image tower gives for them, [pictures, vision width]
     * @return the higher the better, [pictures, choices]
     */
    Tensor scores(Dataset dataset, Shift shift, Tensor features, List<String> choices) throws IOException;

    /** Has a classifier look at the pictures of a dataset. */
    @FunctionalInterface
    interface Looking {
        EmbeddedDataset logits(ImageClassifier classifier, Dataset dataset, Shift shift) throws IOException;
    }

    /** A linear classifier on CLIP's own tower. */
    record OnClip(LinearProbe probe) implements SupervisedBaseline {
        @Override
        public List<String> labels() {
            return probe.labels();
        }

        @Override
        public String description() {
            return "a linear classifier on the CLIP's own image tower, which is not trained"
                    + (probe.reached() ? "" : "; its training was stopped before the least loss");
        }

        @Override
        public String title() {
            return "supervised, on CLIP's image tower";
        }

        @Override
        public Tensor scores(Dataset dataset, Shift shift, Tensor features, List<String> choices) {
            return probe.scores(features, choices);
        }
    }

    /** A tower of its own, which has seen nothing but pictures with labels. */
    record OwnTower(ImageClassifier classifier, Looking looking) implements SupervisedBaseline {
        @Override
        public List<String> labels() {
            return classifier.labels();
        }

        @Override
        public String description() {
            return "an image tower of its own, trained on labels alone";
        }

        @Override
        public String title() {
            return "supervised, a tower of its own";
        }

        @Override
        public Tensor scores(Dataset dataset, Shift shift, Tensor features, List<String> choices) throws IOException {
            Tensor logits = looking.logits(classifier, dataset, shift).images();
            return new TaughtLabels(classifier.labels()).scores(logits, choices);
        }
    }
}
