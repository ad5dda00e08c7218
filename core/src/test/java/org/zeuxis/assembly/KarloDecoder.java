package org.zeuxis.assembly;

import java.util.function.IntFunction;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.Size;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.AddedKeyValueAttention;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.UNet;

/**
 * The decoder of unCLIP as Karlo publishes it: the image embedding is added to the time.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
final class KarloDecoder extends Module {
    private final UNet unet;

    KarloDecoder(UNet.Parts parts) {
        unet = child("", new UNet(parts));
    }

    /** As {@code config.json} says. */
    static UNet.Parts parts(Config c) {
        ResamplingUNet.expectOfConditionModel(c);
        c.expect("addition_embed_type", "null");
        c.expect("class_embed_type", "identity");
        c.expect("cross_attention_norm", "null");
        c.expect("encoder_hid_dim", "null");
        c.expect("encoder_hid_dim_type", "null");
        c.expect("mid_block_only_cross_attention", "null", false);
        c.expect("only_cross_attention", false);
        c.expect("resnet_skip_time_act", false);
        c.expect("time_embedding_act_fn", "null");
        ResBlock.Style blocks = ResamplingUNet.blocks(c);
        int headWidth = c.size("attention_head_dim", 8, Size.WIDTH);
        int tokenWidth = c.size("cross_attention_dim", 1280, Size.WIDTH);
        IntFunction<SpatialMixer> mixer = channels -> new AddedKeyValueAttention(
                channels, channels / headWidth, tokenWidth, blocks.groups(), 1e-5, Norm.NONE);
        return ResamplingUNet.parts(c, blocks, mixer, mixer);
    }

    /**
     * @param imageEmbedding of CLIP, projected, [batch, timeWidth]
     * @param mask of the tokens, [batch, n] of BOOL
     */
    Tensor forward(Tensor x, Tensor t, Tensor imageEmbedding, Tensor tokens, Tensor mask) {
        return unet.forward(x, new Conditioning(unet.time(t, x).plus(imageEmbedding), tokens, mask));
    }
}
