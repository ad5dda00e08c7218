package org.zeuxis.models.clip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * CLIP's image tower with a score for each label where CLIP has the space shared with texts: the supervised classifier
 * that zero-shot prediction is compared with.
 *
 * @param tower its projection gives one logit for each label
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 3.3
 */
public record ImageClassifier(ImageTower tower, List<String> labels, ClipPreprocessing preprocessing)
        implements AutoCloseable {
    private static final String TRANSFORMER = "clip_vision_model";
    private static final String RESNET = "clip_resnet";
    private static final String NFNET = "clip_nfnet";
    private static final Set<String> TYPES = Set.of(TRANSFORMER, RESNET, NFNET);
    private static final String LABELS = "id2label";

    public ImageClassifier {
        labels = List.copyOf(labels);
    }

    /** Not trained yet. */
    public static ImageClassifier begun(ImageTower.Config config, List<String> labels) {
        return begun(config, labels, ClipPreprocessing.transformers(config.imageSize()));
    }

    private static ImageClassifier begun(
            ImageTower.Config config, List<String> labels, ClipPreprocessing preprocessing) {
        return new ImageClassifier(ImageTower.of(config, labels.size()), labels, preprocessing);
    }

    /** Whether a folder holds one. */
    public static boolean isOne(Path path) throws IOException {
        ModelFolder folder = ModelFolder.open(path);
        if (!folder.has("config.json")) return false;
        Config c = folder.config();
        return c.has(LABELS) && c.has("model_type") && TYPES.contains(c.text("model_type"));
    }

    /**
     * Opens a folder that {@link #save} wrote, to compute in what is {@linkplain DType#fastest fastest}.
     *
     * @throws IOException if it is none, or lacks something, in one line
     */
    public static ImageClassifier load(Path path) throws IOException {
        return load(path, DType.fastest());
    }

    /** The same, to compute in {@code type}. */
    public static ImageClassifier load(Path path, DType type) throws IOException {
        return ModelFolder.opened(path, () -> opened(path, type));
    }

    private static ImageClassifier opened(Path path, DType type) throws IOException {
        ModelFolder folder = ModelFolder.open(path);
        Config c = folder.config();
        ImageTower.Config vision = ImageTower.Config.from(c);
        c.expect("model_type", type(vision));
        Map<String, String> named = c.child(LABELS).texts();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < named.size(); i++) {
            String label = named.get(String.valueOf(i));
            if (label == null) {
                throw new IllegalArgumentException(
                        c.origin() + ": expected labels 0 to " + (named.size() - 1) + ", got none for " + i);
            }
            labels.add(label);
        }
        c.expect("projection_dim", labels.size());
        ClipPreprocessing preprocessing = ClipPreprocessing.of(folder, vision.imageSize());
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights).as(type);
            ImageClassifier classifier = state.sized(() -> begun(vision, labels, preprocessing));
            state.loadInto(classifier.tower.parameters());
            classifier.tower.pack();
            return classifier;
        }
    }

    /**
     * Writes a folder that transformers' {@code CLIPVisionModelWithProjection.from_pretrained} opens, whose
     * {@code image_embeds} are the logits; that of a ResNet or an NFNet, which transformers lacks, is opened here alone.
     *
     * @throws IOException if the disk refuses
     */
    public void save(Path path) throws IOException {
        ConfigWriter named = new ConfigWriter();
        for (int i = 0; i < labels.size(); i++) named.put(String.valueOf(i), labels.get(i));
        ConfigWriter config = tower.config().write();
        if (tower instanceof ProjectedVisionModel)
            config.put("architectures", List.of("CLIPVisionModelWithProjection"));
        else config.put("model_type", type(tower.config()));
        preprocessing.write(path);
        ModelFolder.save(
                path,
                ModelFolder.Layout.TRANSFORMERS,
                config.put("projection_dim", labels.size()).put(LABELS, named),
                tower.parameters());
    }

    private static String type(ImageTower.Config vision) {
        if (vision instanceof ModifiedResNet.Config) return RESNET;
        return vision instanceof NfNetTower.Config ? NFNET : TRANSFORMER;
    }

    /**
     * One for each label, of pictures of any size, [pictures, labels].
     *
     * @throws IllegalStateException if this is closed
     */
    public Tensor logits(List<Image> images) {
        tower.expectOpen();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            return scope.keep(tower.forward(preprocessing.apply(images)).to(DType.FLOAT32));
        }
    }

    /** Gives the memory of the weights back; nothing can be classified any more. */
    @Override
    public void close() {
        tower.close();
    }
}
