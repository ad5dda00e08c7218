package org.zeuxis.assembly;

import org.zeuxis.checkpoint.Config;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.UNet;

/**
 * The upsampler of unCLIP as Karlo publishes it: without text and without attention.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
final class KarloSuperResolution extends Module {
    private final UNet unet;

    KarloSuperResolution(UNet.Parts parts) {
        unet = child("", new UNet(parts));
    }

    /** As {@code config.json} says. */
    static UNet.Parts parts(Config c) {
        c.expect("_class_name", "UNet2DModel");
        c.expect("add_attention", false);
        // of attention, of which there is none
        c.expect("attention_head_dim", 8);
        c.expect("attn_norm_num_groups", "null");
        c.expect("class_embed_type", "null");
        c.expect("downsample_type", "conv");
        c.expect("mid_block_type", "UNetMidBlock2D");
        c.expect("num_train_timesteps", "null");
        c.expect("upsample_type", "conv");
        return ResamplingUNet.parts(
                c, ResamplingUNet.blocks(c), channels -> SpatialMixer.NONE, channels -> SpatialMixer.NONE);
    }

    /** @param x the noised picture and the small one resized to it, [batch, 6, height, columns] */
    Tensor forward(Tensor x, Tensor t) {
        return unet.forward(x, Conditioning.of(unet.time(t, x)));
    }
}
