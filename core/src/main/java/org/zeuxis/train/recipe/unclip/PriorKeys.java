package org.zeuxis.train.recipe.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.data.series.Examples;
import org.zeuxis.hub.Models;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.tensor.DType;
import org.zeuxis.train.recipe.RecipeKeys;

/**
 * What the recipes of both priors share.
 *
 * @param clip its folder, or {@code pictograms} for the one that ships
 * @param pictures how many are embedded before the first step
 * @param dropped share of captions that are empty
 */
record PriorKeys(String clip, int pictures, double dropped, int heads, int headWidth, int layers) {
    PriorKeys {
        if (pictures < 2) throw new IllegalArgumentException("expected at least 2 of pictures, got " + pictures);
    }

    static PriorKeys from(RecipeKeys keys) {
        Config c = keys.file();
        Config model = keys.model();
        return new PriorKeys(
                c.text("clip"),
                c.integer("pictures"),
                c.number("dropped", 0.1),
                model.size("num_attention_heads", Size.WIDTH),
                model.size("attention_head_dim", Size.WIDTH),
                model.size("num_layers", Size.LAYERS));
    }

    ClipFolder opened() throws IOException {
        return Models.standard().open(clip, ClipFolder.class, DType.FLOAT32);
    }

    /** The pairs that were kept in the run's folder, or are embedded and kept there. */
    EmbeddedPairs pairs(ClipFolder opened, Examples examples, Path run, LongConsumer embedded) throws IOException {
        return EmbeddedPairs.kept(run.resolve("embeddings"), opened, examples, pictures, embedded);
    }

    DrawnPairs drawn(EmbeddedPairs pairs, ClipFolder opened, int batch) {
        CaptionEncoder encoder =
                new CaptionEncoder(opened.tokenizer(), opened.clip().texts());
        return new DrawnPairs(pairs, encoder, batch, dropped);
    }

    /** Writes a folder that {@link Prior#load} opens. */
    static void export(Prior prior, Path folder) throws IOException {
        prior.save(folder);
        ConfigWriter index = new ConfigWriter().put("_class_name", "UnCLIPPipeline");
        new TreeMap<>(prior.components()).forEach((name, of) -> index.put(name, List.copyOf(of)));
        ModelFolder.saveIndex(folder, index);
    }
}
