package org.zeuxis.models.clip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.TorchPickle;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.models.clip.preprocessing.OpenClipFraming;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.text.ClipTokenizer;

/**
 * A CLIP in the folder layout of open_clip: {@code open_clip_config.json} beside weights in OpenAI's names.
 *
 * @see <a href="https://github.com/mlfoundations/open_clip">open_clip</a>
 */
final class OpenClipFolder {
    private static final String CONFIG = "open_clip_config.json";
    private static final String TRANSFORMERS = "config.json";
    private static final String WEIGHTS = "open_clip_model.safetensors";
    private static final String PICKLE = "open_clip_pytorch_model.bin";
    private static final int PUBLISHED_VOCABULARY = 49408;

    private OpenClipFolder() {}

    /** Whether this is open_clip's and not, at the same time, a folder of transformers. */
    static boolean isOne(ModelFolder folder) throws IOException {
        // beside open_clip's there may be timm's config.json of the image tower alone
        return folder.has(CONFIG)
                && !(folder.has(TRANSFORMERS) && folder.config().has("model_type"));
    }

    static ClipFolder load(ModelFolder folder, DType type) throws IOException {
        Config c = folder.config(CONFIG);
        Config model = c.child("model_cfg");
        Clip.Config config = OpenClipConfig.from(model);
        ClipPreprocessing preprocessing =
                OpenClipFraming.preprocessing(c, config.vision().imageSize());
        c.refuseUnread(Bookkeeping.OPEN_CLIP);
        ClipTokenizer tokenizer = ClipTokenizer.read(folder.path());
        try (Weights weights = weights(folder)) {
            return ClipFolder.filled(config, OpenAiLayout.of(weights), type, tokenizer, preprocessing);
        }
    }

    private static Weights weights(ModelFolder folder) throws IOException {
        if (folder.has(WEIGHTS)) return Safetensors.open(folder.file(WEIGHTS));
        return folder.has(PICKLE) ? TorchPickle.open(folder.file(PICKLE)) : folder.weights();
    }

    /**
     * Writes a folder that {@code open_clip.create_model("local-dir:…")} opens; an NFNet that is none of F0 to F6 is opened here
     * alone.
     *
     * @throws IllegalArgumentException if the image tower is a transformer, or the end token is not the last of the vocabulary
     */
    static void save(ClipFolder folder, Path path) throws IOException {
        Clip.Config c = folder.clip().config();
        ConfigWriter model = new ConfigWriter()
                .put("embed_dim", c.width())
                .put("quick_gelu", c.text().activation() == Activation.QUICK_GELU)
                .put("vision_cfg", vision(c.vision()))
                .put("text_cfg", text(c.text()));
        ConfigWriter config = new ConfigWriter()
                .put("model_cfg", model)
                .put("preprocess_cfg", OpenClipFraming.write(folder.preprocessing()));
        folder.tokenizer().write(path);
        try (Gradients off = Gradients.off()) {
            SafetensorsWriter.write(
                    path.resolve(WEIGHTS), OpenAiLayout.ofConvolutional(folder.clip()), Map.of("format", "pt"));
        }
        config.write(path.resolve(CONFIG));
    }

    private static ConfigWriter vision(ImageTower.Config c) {
        if (c instanceof ClipVisionModel.Config) {
            throw new IllegalArgumentException("expected a ResNet or an NFNet as image tower, got " + c);
        }
        return c.write().put("patch_size", null);
    }

    private static ConfigWriter text(ClipTextModel.Config c) {
        if (c.endToken() != c.vocabulary() - 1) {
            throw new IllegalArgumentException("expected an end token that is the last of " + c.vocabulary()
                    + ", where open_clip looks for it, got " + c.endToken());
        }
        ConfigWriter text = new ConfigWriter()
                .put("context_length", c.context())
                .put("vocab_size", c.vocabulary())
                .put("width", c.width())
                .put("heads", c.heads())
                .put("layers", c.layers())
                .put("mlp_ratio", c.innerWidth() / (double) c.width());
        // without this open_clip takes the published vocabulary, whatever lies in the folder
        return c.vocabulary() == PUBLISHED_VOCABULARY ? text : text.put("hf_tokenizer_name", ".");
    }
}
