package org.zeuxis.models.clip;

import java.util.List;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.Weights;
import org.zeuxis.nn.Activation;

/**
 * CLIP's weights as OpenAI released them and open_clip has them since: other names, the three projections of an attention
 * in one matrix, the last projections the other way round.
 *
 * @see <a href="https://github.com/openai/CLIP">OpenAI's release</a>
 */
final class OpenAiLayout {
    /** The width of a head of every model of the release. */
    static final int HEAD = 64;

    private static final String TEXT_BLOCKS = "transformer.resblocks.";
    private static final String IMAGE_BLOCKS = "visual.transformer.resblocks.";

    private OpenAiLayout() {}

    /** The same weights under the keys of transformers. */
    static Weights of(Weights weights) {
        KeyMap keys = new KeyMap()
                .drop("input_resolution")
                .drop("context_length")
                .drop("vocab_size")
                .rename("visual.class_embedding", "vision_model.embeddings.class_embedding")
                .rename("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight")
                .rename("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight")
                .rename("visual.ln_pre.*", "vision_model.pre_layrnorm.*")
                .rename("visual.ln_post.*", "vision_model.post_layernorm.*")
                .transpose("visual.proj", "visual_projection.weight");
        blocks(keys, IMAGE_BLOCKS, "vision_model.encoder.layers.");
        String text = prefix(weights);
        keys.rename(text + "token_embedding.weight", "text_model.embeddings.token_embedding.weight")
                .rename(text + "positional_embedding", "text_model.embeddings.position_embedding.weight")
                .rename(text + "ln_final.*", "text_model.final_layer_norm.*")
                .transpose(text + "text_projection", "text_projection.weight")
                .drop(text + "attn_mask");
        blocks(keys, text + TEXT_BLOCKS, "text_model.encoder.layers.");
        return keys.of(weights);
    }

    private static void blocks(KeyMap keys, String old, String here) {
        String attention = here + "*.self_attn.";
        for (String kind : List.of("weight", "bias")) {
            keys.split(
                    old + "*.attn.in_proj_" + kind,
                    attention + "q_proj." + kind,
                    attention + "k_proj." + kind,
                    attention + "v_proj." + kind);
        }
        keys.rename(old + "*.attn.out_proj.*", attention + "out_proj.*")
                .rename(old + "*.ln_1.*", here + "*.layer_norm1.*")
                .rename(old + "*.ln_2.*", here + "*.layer_norm2.*")
                .rename(old + "*.mlp.c_fc.*", here + "*.mlp.fc1.*")
                .rename(old + "*.mlp.c_proj.*", here + "*.mlp.fc2.*");
    }

    /** What open_clip puts before the text tower's names in some of its models. */
    private static String prefix(Weights weights) {
        return weights.names().contains("text.token_embedding.weight") ? "text." : "";
    }

    /**
     * The configuration that shapes tell.
     *
     * @param weights under their own names
     * @throws IllegalArgumentException if the image tower is no vision transformer, or something is missing
     */
    static Clip.Config config(Weights weights, int imageHead, int textHeads, Activation activation) {
        if (weights.names().contains("visual.layer1.0.conv1.weight")) {
            throw new IllegalArgumentException(weights.origin()
                    + ": expected a vision transformer, got a ResNet, which is not built yet;" + " take a ViT model");
        }
        String text = prefix(weights);
        long[] patches = weights.shape("visual.conv1.weight");
        int width = (int) patches[0];
        int patch = (int) patches[patches.length - 1];
        int grid = (int) Math.sqrt(rows(weights, "visual.positional_embedding") - 1.0);
        int textWidth = rows(weights, text + "ln_final.weight");
        ClipVisionModel.Config vision = new ClipVisionModel.Config(
                grid * patch,
                patch,
                width,
                layers(weights, IMAGE_BLOCKS),
                Math.max(1, width / imageHead),
                rows(weights, IMAGE_BLOCKS + "0.mlp.c_fc.weight"),
                activation);
        int vocabulary = rows(weights, text + "token_embedding.weight");
        ClipTextModel.Config words = new ClipTextModel.Config(
                vocabulary,
                rows(weights, text + "positional_embedding"),
                textWidth,
                layers(weights, text + TEXT_BLOCKS),
                textHeads == 0 ? Math.max(1, textWidth / HEAD) : textHeads,
                rows(weights, text + TEXT_BLOCKS + "0.mlp.c_fc.weight"),
                activation,
                vocabulary - 1);
        return new Clip.Config(words, vision, (int) weights.shape("visual.proj")[1]);
    }

    private static int rows(Weights weights, String name) {
        return (int) weights.shape(name)[0];
    }

    private static int layers(Weights weights, String blocks) {
        int layers = 0;
        while (weights.names().contains(blocks + layers + ".ln_1.weight")) layers++;
        return layers;
    }
}
