package org.zeuxis.models.latentdiffusion.autoencoder;

import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.format.Weights;

/**
 * The autoencoder's weights as Stable Diffusion 1 and 2 were published: the attention in the middle has names of its own, and
 * may be made of convolutions of one pixel.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>
 */
public final class AutoencoderLayout {
    private static final String ATTENTION = "*.mid_block.attentions.0.";

    private static final KeyMap KEYS = new KeyMap()
            .flatten(ATTENTION + "query.*", ATTENTION + "to_q.*")
            .flatten(ATTENTION + "key.*", ATTENTION + "to_k.*")
            .flatten(ATTENTION + "value.*", ATTENTION + "to_v.*")
            .flatten(ATTENTION + "proj_attn.*", ATTENTION + "to_out.0.*")
            .flatten(ATTENTION + "to_*", ATTENTION + "to_*");

    private AutoencoderLayout() {}

    /** The same weights under the keys of {@link AutoencoderKl}; those that have them already stay as they are. */
    public static Weights of(Weights weights) {
        return KEYS.of(weights);
    }
}
