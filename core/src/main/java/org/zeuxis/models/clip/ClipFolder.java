package org.zeuxis.models.clip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.ConfigWriter;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.Weights;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.ClipTokenizer;

/**
 * A CLIP with its tokenizer, in the folder layout of transformers' {@code CLIPModel}.
 *
 * @param clip the two towers
 */
public record ClipFolder(Clip clip, ClipTokenizer tokenizer) {
    private static final String[] OLD_BUFFERS = {"embeddings.position_ids"};

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
        return new ClipFolder(clip, ClipTokenizer.read(path));
    }

    /** Writes a folder that {@code CLIPModel.from_pretrained} opens. */
    public void save(Path path) throws IOException {
        Clip.Config c = clip.config();
        tokenizer.write(path);
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
}
