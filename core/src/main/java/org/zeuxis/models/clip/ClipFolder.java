package org.zeuxis.models.clip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.ConfigWriter;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.Weights;
import org.zeuxis.image.Image;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.text.TokenBatch;

/**
 * A CLIP with its tokenizer and preprocessing, in the folder layout of transformers' {@code CLIPModel}.
 *
 * @param clip the two towers
 * @param preprocessing what a picture goes through before the image tower
 */
public record ClipFolder(Clip clip, ClipTokenizer tokenizer, ClipPreprocessing preprocessing) {
    private static final int BATCH = 64;
    private static final String[] OLD_BUFFERS = {"embeddings.position_ids"};

    /** With the published preprocessing. */
    public ClipFolder(Clip clip, ClipTokenizer tokenizer) {
        this(clip, tokenizer, ClipPreprocessing.of(clip.config().vision().imageSize()));
    }

    /**
     * The CLIP that ships with Zeuxis, trained on pictograms.
     *
     * @throws IOException if {@code zeuxis-pictograms} is not on the class path
     */
    public static ClipFolder pictograms() throws IOException {
        return load(ModelFolder.onClassPath(ClipFolder.class, "/org/zeuxis/pictograms/clip")
                .path());
    }

    /** @throws IOException if the folder is not that of a CLIPModel, or lacks something, in one line */
    public static ClipFolder load(Path path) throws IOException {
        ModelFolder folder = ModelFolder.open(path);
        Config c = folder.config();
        c.expect("model_type", "clip");
        Clip.Config config = new Clip.Config(
                ClipTextModel.Config.from(c.child("text_config")),
                ClipVisionModel.Config.from(c.child("vision_config")),
                c.integer("projection_dim", 512));
        Clip clip = Initialization.skipped(() -> new Clip(config));
        Weights weights = folder.weights();
        StateDict.of(weights).ignoring(OLD_BUFFERS).as(DType.FLOAT32).loadInto(clip.parameters());
        int size = config.vision().imageSize();
        ClipPreprocessing preprocessing = folder.has(ClipPreprocessing.FILE)
                ? ClipPreprocessing.from(folder.config(ClipPreprocessing.FILE), size)
                : ClipPreprocessing.of(size);
        return new ClipFolder(clip, ClipTokenizer.read(path), preprocessing);
    }

    /** Writes a folder that {@code CLIPModel.from_pretrained} opens. */
    public void save(Path path) throws IOException {
        Clip.Config c = clip.config();
        tokenizer.write(path);
        preprocessing.write().write(path.resolve(ClipPreprocessing.FILE));
        ModelFolder.save(
                path,
                ModelFolder.Layout.TRANSFORMERS,
                new ConfigWriter()
                        .put("architectures", List.of("CLIPModel"))
                        .put("logit_scale_init_value", Math.log(clip.scale()))
                        .put("model_type", "clip")
                        .put("projection_dim", c.width())
                        .put("text_config", c.text().write(tokenizer.startId(), tokenizer.padId()))
                        .put("vision_config", c.vision().write()),
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
     * Embeds texts, a batch at a time; what is longer than the text tower reads is cut.
     *
     * @return [texts, width], each of length 1
     */
    public Tensor embedTexts(List<String> texts) {
        return inBatches(texts, batch -> {
            TokenBatch tokens = tokenizer.encode(batch);
            return clip.embedText(Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()));
        });
    }

    private static <T> Tensor inBatches(List<T> all, Function<List<T>, Tensor> embed) {
        if (all.isEmpty()) throw new IllegalArgumentException("expected at least one to embed, got none");
        List<Tensor> parts = new ArrayList<>();
        try (Gradients off = Gradients.off()) {
            for (int from = 0; from < all.size(); from += BATCH) {
                try (Scope scope = new Scope()) {
                    Tensor part = embed.apply(all.subList(from, Math.min(all.size(), from + BATCH)));
                    parts.add(scope.keep(part.to(DType.FLOAT32)));
                }
            }
            return Tensor.cat(0, parts);
        }
    }
}
