package org.zeuxis.models.clip;

import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Embedding;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * A vision transformer whose class token stands for the picture.
 *
 * @see <a href="https://arxiv.org/abs/2010.11929">ViT</a>, Figure 1
 */
public final class ClipVisionModel extends Module {

    /**
     * @param imageSize height and columns of the picture in pixels
     * @param patchSize height and columns of a patch in pixels
     */
    public record Config(
            int imageSize, int patchSize, int width, int layers, int heads, int innerWidth, Activation activation)
            implements ImageTower.Config {
        public static final Config VIT_B_32 = new Config(224, 32, 768, 12, 12, 3072, Activation.QUICK_GELU);
        public static final Config VIT_L_14 = new Config(224, 14, 1024, 24, 16, 4096, Activation.QUICK_GELU);

        /** @throws IllegalArgumentException if the published configuration asks for what is not here */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("layer_norm_eps", 1e-5);
            c.expect("model_type", "clip_vision_model");
            c.expect("num_channels", 3);
            c.expect("pruned_heads", "null", "{}");
            int image = c.size("image_size", 224, Size.PIXELS);
            int patch = c.size("patch_size", 32, Size.PIXELS);
            int width = c.size("hidden_size", 768, Size.WIDTH);
            int heads = c.size("num_attention_heads", 12, Size.WIDTH);
            c.expectEqualParts("image_size", image, "patch_size", patch);
            c.expectEqualParts("hidden_size", width, "num_attention_heads", heads);
            // of a projection that CLIP's own projection_dim decides
            c.size("projection_dim", 512, Size.WIDTH);
            Config config = new Config(
                    image,
                    patch,
                    width,
                    c.size("num_hidden_layers", 12, Size.LAYERS),
                    heads,
                    c.size("intermediate_size", 3072, Size.WIDTH),
                    ClipTextModel.Config.activation(c));
            c.refuseUnread(Bookkeeping.TRANSFORMERS);
            return config;
        }

        /** As the {@code vision_config} of transformers' {@code CLIPModel}. */
        public ConfigWriter write() {
            return new ConfigWriter()
                    .put("hidden_act", activation.key())
                    .put("hidden_size", width)
                    .put("image_size", imageSize)
                    .put("intermediate_size", innerWidth)
                    .put("layer_norm_eps", 1e-5)
                    .put("model_type", "clip_vision_model")
                    .put("num_attention_heads", heads)
                    .put("num_channels", 3)
                    .put("num_hidden_layers", layers)
                    .put("patch_size", patchSize);
        }

        public Config {
            if (imageSize % patchSize != 0) {
                throw new IllegalArgumentException(
                        "expected an image of whole patches of " + patchSize + ", got " + imageSize);
            }
            if (width % heads != 0) {
                throw new IllegalArgumentException(
                        "expected width " + width + " in equal heads, got " + heads + " heads");
            }
        }

        /** Number of patches. */
        public int patches() {
            return (imageSize / patchSize) * (imageSize / patchSize);
        }
    }

    private final Tensor classEmbedding; // [width]
    private final Conv2d patchEmbedding;
    private final Embedding positions;
    private final LayerNorm preNorm;
    private final ClipTransformer transformer;
    private final LayerNorm postNorm;
    private final Config config;

    public ClipVisionModel(Config c) {
        config = c;
        Initialization scale = Initialization.normal(Math.pow(c.width, -0.5));
        classEmbedding = parameter("embeddings.class_embedding", scale, c.width);
        patchEmbedding = child("embeddings.patch_embedding", Conv2d.patches(3, c.width, c.patchSize));
        positions = child("embeddings.position_embedding", new Embedding(c.patches() + 1, c.width, scale));
        preNorm = child("pre_layrnorm", new LayerNorm(c.width)); // sic: the published key
        transformer = child(
                "encoder",
                new ClipTransformer(
                        c.width,
                        c.layers,
                        c.heads,
                        c.innerWidth,
                        c.activation,
                        FirstLayer.image(c.width, c.innerWidth)));
        postNorm = child("post_layernorm", new LayerNorm(c.width));
    }

    public Config config() {
        return config;
    }

    /**
     * @param pixels normalised, [batch, 3, imageSize, imageSize]
     * @return the class token, then every patch, [batch, 1 + patches, width]; not normalised
     */
    public Tensor forward(Tensor pixels) {
        return transformed(patches(pixels));
    }

    /**
     * The same of some patches alone, which costs as much less as there are fewer.
     *
     * @param pixels normalised, [batch, 3, imageSize, imageSize]
     * @param kept numbers of the patches to look at, row by row from 0, [batch, some] of int64
     * @return the class token, then the kept patches, [batch, 1 + some, width]; not normalised
     */
    public Tensor forward(Tensor pixels, Tensor kept) {
        Tensor places = kept.unsqueeze(2).expand(-1, -1, config.width);
        return transformed(patches(pixels).gather(1, places));
    }

    /** [batch, patches, width], each with its position. */
    private Tensor patches(Tensor pixels) {
        pixels.expect("batch", 3, config.imageSize, config.imageSize);
        Tensor patches =
                patchEmbedding.forward(pixels.to(patchEmbedding.dtype())).rearrange("b c h w -> b (h w) c");
        return patches.plus(positions.first(config.patches() + 1).slice(0, 1, config.patches() + 1));
    }

    private Tensor transformed(Tensor patches) {
        Tensor start = classEmbedding.plus(positions.first(1)).to(patches.dtype());
        Tensor x = Tensor.cat(1, start.reshape(1, 1, -1).expand(patches.size(0), -1, -1), patches);
        return transformer.forward(preNorm.forward(x));
    }

    /**
     * @param states what {@link #forward} gave
     * @return the class token, normalised, [batch, width]
     */
    public Tensor pooled(Tensor states) {
        return postNorm.forward(states.select(1, 0));
    }
}
