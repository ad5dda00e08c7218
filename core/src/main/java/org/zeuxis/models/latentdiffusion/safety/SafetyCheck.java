package org.zeuxis.models.latentdiffusion.safety;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.image.Image;
import org.zeuxis.models.FlaggedConcept;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.Safety;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;

/**
 * The safety checker of a pipeline's folder: its weights, which are 1.2 GB of a published one, are in memory only while pictures are
 * judged, and in float32, so that whatever a model draws in is judged alike.
 *
 * @param pipeline which may have none
 */
public record SafetyCheck(ModelFolder pipeline) {
    /** What helps where there is none. */
    public static final String WAY_OUT =
            "leave safety off, or put safety_checker and feature_extractor of its repository beside the other parts";

    private static final String CHECKER = "safety_checker";
    private static final String FEATURES = "feature_extractor";
    private static final String[] OLD_BUFFERS = {"embeddings.position_ids"};

    /** What the files say of it. */
    private record Parts(ClipVisionModel.Config vision, int width, ClipPreprocessing preprocessing) {}

    public boolean isThere() {
        return pipeline.has(CHECKER);
    }

    /** @throws UncheckedIOException if its configuration lacks something, or asks for what is not here */
    public void expectUnderstood() {
        try {
            Parts unused = parts();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Parts parts() throws IOException {
        ModelFolder folder = pipeline.component(CHECKER);
        return ModelFolder.opened(folder.path(), () -> {
            Clip.Config clip = Clip.Config.from(folder.config());
            if (!(clip.vision() instanceof ClipVisionModel.Config vision)) {
                throw new IOException(
                        folder.path() + ": expected a vision transformer, got a convolutional network; check the file");
            }
            return new Parts(
                    vision, clip.width(), ClipPreprocessing.of(pipeline.component(FEATURES), vision.imageSize()));
        });
    }

    /**
     * The same pictures, each with what was flagged in it, and black if its request wants that.
     *
     * @throws UncheckedIOException if it cannot be opened
     */
    public List<GeneratedImage> judged(List<GeneratedImage> all) {
        List<List<FlaggedConcept>> flagged =
                flagged(all.stream().map(GeneratedImage::image).toList());
        List<GeneratedImage> judged = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            GeneratedImage each = all.get(i);
            boolean blank =
                    each.request().safety() == Safety.BLANK && !flagged.get(i).isEmpty();
            judged.add(new GeneratedImage(
                    blank ? black(each.image()) : each.image(),
                    each.request(),
                    each.model(),
                    each.dtype(),
                    each.cut(),
                    each.provenance(),
                    each.added(),
                    flagged.get(i)));
        }
        return judged;
    }

    /**
     * What is flagged in each of some pictures of any size, which need not be drawn by this model.
     *
     * @throws UncheckedIOException if it cannot be opened
     */
    public List<List<FlaggedConcept>> flagged(List<Image> images) {
        return scores(images).stream().map(SafetyChecker.Scores::flagged).toList();
    }

    List<SafetyChecker.Scores> scores(List<Image> images) {
        try {
            Parts parts = parts();
            SafetyChecker checker = opened(parts);
            try (Gradients off = Gradients.off()) {
                List<SafetyChecker.Scores> all = new ArrayList<>();
                for (Image image : images) {
                    try (Scope scope = new Scope()) {
                        all.add(checker.scores(parts.preprocessing.apply(List.of(image))));
                    }
                }
                return all;
            } finally {
                checker.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SafetyChecker opened(Parts parts) throws IOException {
        ModelFolder folder = pipeline.component(CHECKER);
        return ModelFolder.opened(folder.path(), () -> {
            try (Weights weights = folder.weights()) {
                StateDict state = StateDict.of(SafetyChecker.PUBLISHED.of(weights))
                        .ignoring(OLD_BUFFERS)
                        .as(DType.FLOAT32);
                SafetyChecker checker = state.sized(() -> new SafetyChecker(parts.vision, parts.width));
                state.loadInto(checker);
                return checker;
            }
        });
    }

    private static Image black(Image image) {
        return new Image(image.width(), image.height(), 3, new byte[image.width() * image.height() * 3]);
    }
}
