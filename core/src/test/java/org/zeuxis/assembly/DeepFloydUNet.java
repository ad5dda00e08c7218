package org.zeuxis.assembly;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.ResamplingConfig;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.TimestepEmbedding;
import org.zeuxis.unet.UNet;
import org.zeuxis.unet.attention.AddedKeyValueAttention;
import org.zeuxis.unet.attention.TokenAttention;

/**
 * The networks of Imagen as DeepFloyd publishes them: the pooled text is added to the time, and in super-resolution the level of
 * the noise that was added to the small picture.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2
 */
final class DeepFloydUNet extends Module {
    /**
     * @param textWidth of T5
     * @param tokenWidth of what attention reads
     * @param poolingHeads of the attention that pools the text
     * @param hearsNoise whether it is told a level of noise
     */
    record Config(UNet.Parts parts, int textWidth, int tokenWidth, int poolingHeads, boolean hearsNoise) {

        /** As {@code config.json} says. */
        static Config from(org.zeuxis.config.Config c) {
            ResamplingConfig.expectOfConditionModel(c);
            c.expect("addition_embed_type", "text");
            c.expect("class_embed_type", "timestep", "null");
            c.expect("cross_attention_norm", "group_norm");
            c.expect("encoder_hid_dim_type", "text_proj");
            ResamplingConfig unet = ResamplingConfig.from(c);
            ResBlock.Style blocks = unet.blocks();
            // either the blocks activate the time or the network does: the same, if by the same function
            boolean before = c.flag("resnet_skip_time_act", false);
            c.expect("time_embedding_act_fn", before ? blocks.activation().key() : "null");
            int tokenWidth = c.size("cross_attention_dim", 1280, Size.WIDTH);
            int headWidth = c.size("attention_head_dim", 64, Size.WIDTH);
            boolean tokensAlone = c.flag("only_cross_attention", false);
            c.expect("mid_block_only_cross_attention", "null", tokensAlone);
            IntFunction<SpatialMixer> mixer = channels -> {
                int heads = channels / headWidth;
                Norm norm = new TokenGroupNorm(tokenWidth);
                return tokensAlone
                        ? new TokenAttention(channels, heads, tokenWidth, blocks.groups(), 1e-5, norm)
                        : new AddedKeyValueAttention(channels, heads, tokenWidth, blocks.groups(), 1e-5, norm);
            };
            return new Config(
                    unet.parts(mixer),
                    c.size("encoder_hid_dim", 4096, Size.WIDTH),
                    tokenWidth,
                    c.size("addition_embed_type_num_heads", 64, Size.WIDTH),
                    c.has("class_embed_type"));
        }
    }

    private final UNet unet;
    private final Linear tokens;
    private final TextPooling pooling;
    private final @Nullable TimestepEmbedding noise;

    DeepFloydUNet(Config c) {
        int channels = c.parts.stages().get(0).channels();
        int timeWidth = c.parts.blocks().timeWidth();
        Activation activation = c.parts.blocks().activation();
        unet = child("", new UNet(c.parts));
        tokens = child("encoder_hid_proj", new Linear(c.textWidth, c.tokenWidth));
        pooling = child("add_embedding", new TextPooling(c.textWidth, timeWidth, c.poolingHeads));
        noise = c.hearsNoise ? child("class_embedding", new TimestepEmbedding(channels, timeWidth, activation)) : null;
    }

    /**
     * @param text of T5, [batch, n, textWidth]
     * @param noiseLevel [batch], in super-resolution
     */
    Tensor forward(Tensor x, Tensor t, Tensor text, @Nullable Tensor noiseLevel) {
        Tensor time = unet.time(t, x).plus(pooling.forward(text));
        if (noise != null && noiseLevel != null) time = time.plus(noise.forward(noiseLevel, x));
        return unet.forward(x, Conditioning.of(time, tokens.forward(text)));
    }

    /** The mean of all tokens asks each of them what the text says. */
    private static final class TextPooling extends Module {
        private final LayerNorm norm1;
        private final Tensor position; // [1, textWidth]
        private final Linear q;
        private final Linear k;
        private final Linear v;
        private final Linear project;
        private final LayerNorm norm2;
        private final int heads;

        TextPooling(int textWidth, int timeWidth, int heads) {
            this.heads = heads;
            norm1 = child("norm1", new LayerNorm(textWidth));
            position = parameter("pool.positional_embedding", Initialization.normal(0.02), 1, textWidth);
            q = child("pool.q_proj", new Linear(textWidth, textWidth));
            k = child("pool.k_proj", new Linear(textWidth, textWidth));
            v = child("pool.v_proj", new Linear(textWidth, textWidth));
            project = child("proj", new Linear(textWidth, timeWidth));
            norm2 = child("norm2", new LayerNorm(timeWidth));
        }

        /** [batch, timeWidth] */
        Tensor forward(Tensor text) {
            Tensor normed = norm1.forward(text);
            Tensor mean = normed.mean(1).plus(position);
            Tensor all = Tensor.cat(1, mean, normed);
            Tensor pooled = Tensor.attention(split(q.forward(mean)), split(k.forward(all)), split(v.forward(all)));
            return norm2.forward(
                    project.forward(pooled.rearrange("b h n d -> b n (h d)").squeeze(1)));
        }

        private Tensor split(Tensor x) {
            return x.rearrange("b n (h d) -> b h n d", "h", heads);
        }
    }

    /** Normalises groups of channels over all tokens. */
    private static final class TokenGroupNorm extends Module implements Norm {
        private final GroupNorm norm;

        TokenGroupNorm(int width) {
            norm = child("", new GroupNorm(32, width, 1e-5));
        }

        @Override
        public Tensor forward(Tensor x) {
            return norm.forward(x.transpose(1, 2)).transpose(1, 2);
        }
    }
}
