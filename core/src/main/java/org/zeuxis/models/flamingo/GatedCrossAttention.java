package org.zeuxis.models.flamingo;

import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * GATED XATTN-DENSE: before a block of the frozen language model its tokens look at the media last shown before them. Both
 * gates begin at 0, where the language model is what it was.
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, Figure 4
 */
public final class GatedCrossAttention extends Module {

    /**
     * @param width of the language model
     * @param mediaWidth of the visual tokens
     * @param activation of the feed-forward
     */
    public record Config(int width, int mediaWidth, int heads, int headWidth, Activation activation) {
        /** As OpenFlamingo publishes it. */
        public static Config openFlamingo(int width, int mediaWidth) {
            return new Config(width, mediaWidth, 8, 64, Activation.GELU);
        }
    }

    private final LayerNorm norm;
    private final MediaAttention attention;
    private final Tensor attentionGate; // [1]
    private final MediaFeedForward feedForward;
    private final Tensor feedForwardGate; // [1]

    public GatedCrossAttention(Config c) {
        norm = child("attn.norm", new LayerNorm(c.width));
        attention = child("attn", new MediaAttention(c.width, c.mediaWidth, c.heads, c.headWidth));
        attentionGate = parameter("attn_gate", Initialization.zeros(), 1);
        feedForward = child("ff", new MediaFeedForward(c.width, c.activation));
        feedForwardGate = parameter("ff_gate", Initialization.zeros(), 1);
    }

    /**
     * @param x of the tokens, [batch, tokens, width]
     * @param media visual tokens, [batch, media, latents, mediaWidth]
     * @param shown for each token how many media were shown up to it, of INT64, [batch, tokens]; one that was shown none looks
     *     at none
     * @return [batch, tokens, width]
     */
    public Tensor forward(Tensor x, Tensor media, Tensor shown) {
        long latents = media.size(2);
        Tensor order = Tensor.arange(media.size(1) * latents)
                .to(DType.FLOAT32)
                .over(latents)
                .to(DType.INT64)
                .plus(1)
                .to(DType.FLOAT32); // [media · latents], from 1
        Tensor time = shown.to(DType.FLOAT32).unsqueeze(-1); // [batch, tokens, 1]
        Tensor none = time.equalTo(0);
        // a token that sees nothing sees all here, and is given nothing of it below
        Tensor last = time.minus(order).equalTo(0);
        Tensor seen = none.choose(Tensor.ones(1).to(DType.BOOL), last).unsqueeze(1);
        Tensor flat = media.rearrange("b t n d -> b (t n) d");
        Tensor looked = attention.forward(norm.forward(x), flat, seen).masked(none, 0);
        Tensor attended = x.plus(looked.times(attentionGate.tanh()));
        return attended.plus(feedForward.forward(attended).times(feedForwardGate.tanh()));
    }
}
