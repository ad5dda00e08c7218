package org.zeuxis.models.clip;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.Tensor;

/**
 * CLIP's weights as OpenAI released them and open_clip has them since: other names, the three projections of an attention
 * in one matrix, the last projections the other way round.
 *
 * @see <a href="https://github.com/openai/CLIP">OpenAI's release</a>
 */
public final class OpenAiLayout {
    /** The width of a head of every model of the release. */
    static final int HEAD = 64;

    private static final String TEXT_BLOCKS = "transformer.resblocks.";
    private static final String IMAGE_BLOCKS = "visual.transformer.resblocks.";

    private OpenAiLayout() {}

    /** The same weights under the keys of {@link Clip}. */
    static Weights of(Weights weights) {
        return keys(prefix(weights), isResNet(weights) || isOfTimm(weights)).of(weights);
    }

    /** The parameters of a CLIP that sees with a ResNet or an NFNet, under the names of the release and of open_clip. */
    static Map<String, Tensor> ofConvolutional(Clip clip) {
        return keys("", true).backwards(clip.parameters());
    }

    private static KeyMap keys(String text, boolean convolutional) {
        KeyMap keys =
                new KeyMap().drop("input_resolution").drop("context_length").drop("vocab_size");
        if (!convolutional) visionTransformer(keys); // other towers' keys are those of the release and of open_clip
        keys.transpose(text + "text_projection", "text_projection.weight").drop(text + "attn_mask");
        texts(keys, text, "text_model.");
        return keys;
    }

    /**
     * Adds the keys of a text tower without its projection.
     *
     * @param old what they begin with in the release's names
     * @param here what those of {@link ClipTextModel} are to begin with
     */
    public static void texts(KeyMap keys, String old, String here) {
        keys.rename(old + "token_embedding.weight", here + "embeddings.token_embedding.weight")
                .rename(old + "positional_embedding", here + "embeddings.position_embedding.weight")
                .rename(old + "ln_final.*", here + "final_layer_norm.*");
        blocks(keys, old + TEXT_BLOCKS, here + "encoder.layers.");
    }

    private static void visionTransformer(KeyMap keys) {
        keys.rename("visual.class_embedding", "vision_model.embeddings.class_embedding")
                .rename("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight")
                .rename("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight")
                .rename("visual.ln_pre.*", "vision_model.pre_layrnorm.*")
                .rename("visual.ln_post.*", "vision_model.post_layernorm.*")
                .transpose("visual.proj", "visual_projection.weight");
        blocks(keys, IMAGE_BLOCKS, "vision_model.encoder.layers.");
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

    private static boolean isResNet(Weights weights) {
        return weights.names().contains("visual.layer1.0.conv1.weight");
    }

    private static boolean isOfTimm(Weights weights) {
        return weights.names().stream().anyMatch(name -> name.startsWith("visual.trunk."));
    }

    /**
     * The configuration that shapes tell.
     *
     * @param weights of an archive of the release, under their own names
     * @throws IllegalArgumentException if something is missing, or the shapes fit no CLIP
     */
    static Clip.Config config(Weights weights) {
        String text = prefix(weights);
        int textWidth = rows(weights, text + "ln_final.weight");
        int vocabulary = rows(weights, text + "token_embedding.weight");
        ClipTextModel.Config words = new ClipTextModel.Config(
                vocabulary,
                rows(weights, text + "positional_embedding"),
                textWidth,
                layers(weights, text + TEXT_BLOCKS, ".ln_1.weight"),
                Math.max(1, textWidth / HEAD),
                rows(weights, text + TEXT_BLOCKS + "0.mlp.c_fc.weight"),
                Activation.QUICK_GELU,
                vocabulary - 1);
        if (isResNet(weights)) {
            int width = rows(weights, "visual.attnpool.c_proj.weight");
            return new Clip.Config(words, resNet(weights), width);
        }
        int width = (int) weights.shape("visual.proj")[1];
        return new Clip.Config(words, visionTransformer(weights), width);
    }

    private static ClipVisionModel.Config visionTransformer(Weights weights) {
        long[] patches = weights.shape("visual.conv1.weight");
        int width = (int) patches[0];
        int patch = (int) patches[patches.length - 1];
        return new ClipVisionModel.Config(
                grid(weights, "visual.positional_embedding") * patch,
                patch,
                width,
                layers(weights, IMAGE_BLOCKS, ".ln_1.weight"),
                Math.max(1, width / HEAD),
                rows(weights, IMAGE_BLOCKS + "0.mlp.c_fc.weight"),
                Activation.QUICK_GELU);
    }

    private static ModifiedResNet.Config resNet(Weights weights) {
        List<Integer> layers = IntStream.rangeClosed(1, 4)
                .mapToObj(stage -> layers(weights, "visual.layer" + stage + ".", ".conv1.weight"))
                .toList();
        int width = rows(weights, "visual.layer1.0.conv1.weight");
        return new ModifiedResNet.Config(
                grid(weights, "visual.attnpool.positional_embedding") * ModifiedResNet.REDUCTION,
                layers,
                width,
                Math.max(1, width * ModifiedResNet.WIDENING / HEAD));
    }

    /** Places in a row of the picture: the positions are those of a square and one more. */
    private static int grid(Weights weights, String positions) {
        return (int) Math.sqrt(rows(weights, positions) - 1.0);
    }

    private static int rows(Weights weights, String name) {
        return (int) weights.shape(name)[0];
    }

    private static int layers(Weights weights, String blocks, String ofEach) {
        int layers = 0;
        while (weights.names().contains(blocks + layers + ofEach)) layers++;
        return layers;
    }
}
