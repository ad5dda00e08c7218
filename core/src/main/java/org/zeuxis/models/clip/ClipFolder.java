package org.zeuxis.models.clip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.TorchPickle;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.text.TokenBatch;

/**
 * A CLIP with its tokenizer and preprocessing, as the world publishes them.
 *
 * @param clip the two towers
 * @param preprocessing what a picture goes through before the image tower
 */
public record ClipFolder(Clip clip, ClipTokenizer tokenizer, ClipPreprocessing preprocessing) implements AutoCloseable {
    private static final int BATCH = 64;
    /** Buffers that compute nothing: those of old versions, and how many batches a batch norm was trained on. */
    private static final String[] BUFFERS = {"embeddings.position_ids", "num_batches_tracked"};

    /** With the published preprocessing, as the library has it that the folder is written for. */
    public ClipFolder(Clip clip, ClipTokenizer tokenizer) {
        this(clip, tokenizer, published(clip.config().vision()));
    }

    private static ClipPreprocessing published(ImageTower.Config vision) {
        return vision instanceof ClipVisionModel.Config
                ? ClipPreprocessing.transformers(vision.imageSize())
                : ClipPreprocessing.of(vision.imageSize());
    }

    /**
     * The CLIP that ships with Zeuxis, trained on pictograms.
     *
     * @throws IOException if {@code zeuxis-pictograms} is not on the class path
     */
    public static ClipFolder pictograms() throws IOException {
        return load(pictogramsFolder());
    }

    /** The same, to compute in {@code type}. */
    public static ClipFolder pictograms(DType type) throws IOException {
        return load(pictogramsFolder(), type);
    }

    /** Where it lies; unpacked, if it is in a jar. */
    public static Path pictogramsFolder() throws IOException {
        return ModelFolder.onClassPath(ClipFolder.class, "/org/zeuxis/pictograms/clip")
                .path();
    }

    /**
     * Opens a folder of transformers ({@code config.json}) or of open_clip ({@code open_clip_config.json}), or OpenAI's
     * archive ({@code .pt}), of which nothing is run; {@code vocab.json} and {@code merges.txt} lie in the same folder. It
     * computes in what is {@linkplain DType#fastest fastest}.
     *
     * @throws IOException if it is none of these, or lacks something, in one line
     */
    public static ClipFolder load(Path path) throws IOException {
        return load(path, DType.fastest());
    }

    /** The same, to compute in {@code type}. */
    public static ClipFolder load(Path path, DType type) throws IOException {
        return ModelFolder.opened(path, () -> opened(path, type));
    }

    private static ClipFolder opened(Path path, DType type) throws IOException {
        if (TorchPickle.isOne(path)) return openAi(path, type);
        ModelFolder folder = ModelFolder.open(path);
        return OpenClipFolder.isOne(folder) ? OpenClipFolder.load(folder, type) : transformers(folder, type);
    }

    private static ClipFolder transformers(ModelFolder folder, DType type) throws IOException {
        Config c = folder.config();
        Clip.Config config = Clip.Config.from(c);
        ClipPreprocessing preprocessing =
                ClipPreprocessing.of(folder, config.vision().imageSize());
        ClipTokenizer tokenizer = ClipTokenizer.read(folder.path()); // before what takes long
        try (Weights weights = folder.weights()) {
            return filled(config, weights, type, tokenizer, preprocessing);
        }
    }

    private static ClipFolder openAi(Path file, DType type) throws IOException {
        try (Weights weights = TorchPickle.open(file)) {
            Clip.Config config = OpenAiLayout.config(weights);
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            int size = config.vision().imageSize();
            return filled(
                    config, OpenAiLayout.of(weights), type, ClipTokenizer.read(folder), ClipPreprocessing.of(size));
        }
    }

    static ClipFolder filled(
            Clip.Config config, Weights weights, DType type, ClipTokenizer tokenizer, ClipPreprocessing preprocessing)
            throws IOException {
        StateDict state = StateDict.of(weights).ignoring(BUFFERS).as(type);
        Clip clip = state.sized(() -> new Clip(config));
        state.loadInto(clip);
        return new ClipFolder(clip, tokenizer, preprocessing);
    }

    /**
     * Writes a folder that {@code CLIPModel.from_pretrained} opens, or that open_clip does if the image tower is a ResNet or an
     * NFNet, of which transformers has none.
     *
     * @throws IOException if the disk refuses
     */
    public void save(Path path) throws IOException {
        Clip.Config c = clip.config();
        if (c.vision() instanceof ClipVisionModel.Config vision) saveForTransformers(path, c, vision);
        else OpenClipFolder.save(this, path);
    }

    private void saveForTransformers(Path path, Clip.Config c, ClipVisionModel.Config vision) throws IOException {
        tokenizer.write(path);
        preprocessing.write(path);
        ModelFolder.save(
                path,
                ModelFolder.Layout.TRANSFORMERS,
                new ConfigWriter()
                        .put("architectures", List.of("CLIPModel"))
                        .put("logit_scale_init_value", Math.log(clip.scale()))
                        .put("model_type", "clip")
                        .put("projection_dim", c.width())
                        .put("text_config", c.text().write(tokenizer.startId(), tokenizer.padId()))
                        .put("vision_config", vision.write()),
                clip.parameters());
    }

    /**
     * Embeds pictures of any size, a batch at a time.
     *
     * @return [pictures, width], each of length 1
     */
    public Tensor embedImages(List<Image> images) {
        return inBatches(images, batch -> clip.embedImages(preprocessing.apply(batch)));
    }

    /**
     * The same of pictures that {@link ClipPreprocessing#crop} has brought to the tower's size already.
     *
     * @return [pictures, width], each of length 1
     */
    public Tensor embedCropped(List<Image> crops) {
        return inBatches(
                crops, batch -> clip.embedImages(preprocessing.normalize().apply(batch)));
    }

    /**
     * What the image tower gives for pictures of any size, before it is projected beside the texts; a batch at a time.
     *
     * @return [pictures, vision width]
     */
    public Tensor imageFeatures(List<Image> images) {
        return inBatches(images, batch -> clip.vision().pooled(preprocessing.apply(batch)));
    }

    /**
     * Embeds texts, a batch at a time; what is longer than the text tower reads is cut.
     *
     * @return [texts, width], each of length 1
     */
    public Tensor embedTexts(List<String> texts) {
        return inBatches(texts, batch -> {
            TokenBatch tokens = tokenizer.encode(batch).trimmed();
            return clip.embedText(Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()));
        });
    }

    /**
     * The vectors of texts, for a store of one's own. What is too long to be read whole is refused.
     *
     * @return each of length 1
     * @throws IllegalArgumentException if a text has more {@linkplain #tokens tokens} than the text tower reads, or there is none
     */
    public List<float[]> textVectors(List<String> texts) {
        for (String text : texts) {
            int length = tokens(text);
            if (length <= tokenizer.contextLength()) continue;
            throw new IllegalArgumentException("expected texts of at most " + tokenizer.contextLength()
                    + " tokens, which this CLIP reads, got one of " + length + "; split it");
        }
        try (Scope scope = new Scope()) {
            return rows(embedTexts(texts));
        }
    }

    /** The same of pictures of any size. */
    public List<float[]> imageVectors(List<Image> images) {
        try (Scope scope = new Scope()) {
            return rows(embedImages(images));
        }
    }

    /** How many tokens a text has, its start and its end among them. */
    public int tokens(String text) {
        return tokenizer.tokens(text).length + 2;
    }

    /** How long the vectors are. */
    public int width() {
        return clip.config().width();
    }

    /** @param all [rows, width] */
    private static List<float[]> rows(Tensor all) {
        int width = Math.toIntExact(all.size(1));
        float[] values = all.toFloats();
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < values.length; from += width) {
            rows.add(Arrays.copyOfRange(values, from, from + width));
        }
        return rows;
    }

    /** Gives the memory of the weights back; nothing can be embedded any more. */
    @Override
    public void close() {
        clip.close();
    }

    private <T> Tensor inBatches(List<T> all, Function<List<T>, Tensor> embed) {
        if (all.isEmpty()) throw new IllegalArgumentException("expected at least one to embed, got none");
        clip.expectOpen();
        List<Tensor> parts = new ArrayList<>();
        try (Gradients off = Gradients.off();
                Scope whole = new Scope()) {
            for (int from = 0; from < all.size(); from += BATCH) {
                try (Scope scope = new Scope()) {
                    Tensor part = embed.apply(all.subList(from, Math.min(all.size(), from + BATCH)));
                    parts.add(scope.keep(part.to(DType.FLOAT32)));
                }
            }
            return whole.keep(Tensor.cat(0, parts));
        }
    }
}
