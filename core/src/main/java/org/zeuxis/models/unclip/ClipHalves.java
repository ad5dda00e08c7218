package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ProjectedTextModel;
import org.zeuxis.models.clip.shipped.ShippedClip;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;

/**
 * The CLIP that an unCLIP is built on, from a folder: its own, or, where {@code model_index.json} says so, the one that ships
 * with Zeuxis, which then does not lie in the folder again.
 *
 * @param images null where captions alone can be drawn from
 */
record ClipHalves(CaptionEncoder captions, @Nullable ImageEncoder images) {
    /** Names the CLIP outside of the folder; diffusers skips keys that begin so. */
    private static final String OUTSIDE = "_clip";

    private static final List<String> PROBE = List.of("a red apple");
    /** How far one text embedding of length 1 may be from itself in another number type. */
    private static final double ROUNDED = 0.02;

    static ClipHalves load(ModelFolder folder, boolean seeing, DType type) throws IOException {
        Config index = folder.index();
        if (index.has(OUTSIDE)) return shipped(index, type);
        ClipTokenizer tokenizer = ClipTokenizer.read(folder.file("tokenizer"));
        ImageEncoder images = seeing ? ImageEncoder.load(folder, type) : null;
        return new ClipHalves(
                new CaptionEncoder(tokenizer, ProjectedTextModel.load(folder.component("text_encoder"), type)), images);
    }

    /** Whether the folder's CLIP sees pictures too; that which ships does. */
    static boolean see(ModelFolder folder) throws IOException {
        return folder.index().has(OUTSIDE) || folder.components().containsKey("image_encoder");
    }

    private static ClipHalves shipped(Config index, DType type) throws IOException {
        ClipFolder clip = ClipFolder.load(ShippedClip.folder(index, OUTSIDE), type);
        return new ClipHalves(
                new CaptionEncoder(clip.tokenizer(), clip.clip().texts()),
                new ImageEncoder(clip.clip().vision(), clip.preprocessing()));
    }

    /**
     * What {@code model_index.json} says of this CLIP, which is the one that ships.
     *
     * @throws IOException if it is not
     */
    ConfigWriter elsewhere() throws IOException {
        try (ClipFolder shipped = ClipFolder.pictograms(DType.FLOAT32);
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            CaptionEncoder theirs =
                    new CaptionEncoder(shipped.tokenizer(), shipped.clip().texts());
            Tensor expected = theirs.encode(PROBE).embedding();
            Tensor got = captions.encode(PROBE).embedding();
            if (got.size(1) != expected.size(1) || got.normalized(1).maxDifference(expected.normalized(1)) > ROUNDED) {
                throw new IOException(
                        "expected a model over the CLIP that ships, to leave that out, got one over another;"
                                + " save it with its own");
            }
        }
        return ShippedClip.named(OUTSIDE);
    }

    /** Writes both beside the other components of a pipeline. */
    void save(Path folder, Map<String, List<@Nullable Object>> index) throws IOException {
        if (!(captions.tokenizer() instanceof ClipTokenizer tokenizer)) {
            throw new IOException("expected a CLIP tokenizer to save, got " + captions.tokenizer());
        }
        tokenizer.write(folder.resolve("tokenizer"));
        ProjectedTextModel text = captions.text();
        ModelFolder.save(
                folder.resolve("text_encoder"),
                ModelFolder.Layout.TRANSFORMERS,
                text.write(tokenizer.startId(), tokenizer.padId()),
                text.parameters());
        index.put("tokenizer", List.of("transformers", "CLIPTokenizer"));
        index.put("text_encoder", List.of("transformers", "CLIPTextModelWithProjection"));
        if (images == null) return;
        images.save(folder);
        images.components().forEach((name, of) -> index.put(name, List.copyOf(of)));
    }
}
