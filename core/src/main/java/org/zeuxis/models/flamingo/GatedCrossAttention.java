package org.zeuxis.models.flamingo;

import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
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

    private final Norm norm;
    private final MediaAttention attention;
    private final Tensor attentionGate;
    private final MediaFeedForward feedForward;
    private final Tensor feedForwardGate;

    public GatedCrossAttention(Config c) {
        this(
                new LayerNorm(c.width),
                new MediaAttention(c.width, c.mediaWidth, c.heads, c.headWidth),
                new MediaFeedForward(c.width, c.activation),
                1);
    }

    /**
     * Of these parts.
     *
     * @param gate the shape of both gates: of one number, or of one for each of the width
     */
    GatedCrossAttention(Norm norm, MediaAttention attention, MediaFeedForward feedForward, long... gate) {
        this.norm = child("attn.norm", norm);
        this.attention = child("attn", attention);
        attentionGate = parameter("attn_gate", Initialization.zeros(), gate);
        this.feedForward = child("ff", feedForward);
        feedForwardGate = parameter("ff_gate", Initialization.zeros(), gate);
    }

    /** @param media visual tokens, one medium after the other, [batch, media · latents, mediaWidth] */
    MediaKeys keys(Tensor media) {
        return attention.keys(media);
    }

    /**
     * @param x of the tokens, [batch, tokens, width]
     * @param media of {@link #keys}
     * @return [batch, tokens, width]
     */
    Tensor forward(Tensor x, MediaKeys media, Sight sight) {
        MediaKeys inSight = media.slice(sight.from(), sight.to());
        Tensor looked = attention.forward(norm.forward(x), inSight, sight.seen());
        if (sight.blind() != null) looked = looked.masked(sight.blind(), 0);
        Tensor attended = x.plus(looked.times(attentionGate.tanh()));
        return attended.plus(feedForward.forward(attended).times(feedForwardGate.tanh()));
    }

    /**
     * The same at once.
     *
     * @param media visual tokens, [batch, media, latents, mediaWidth]
     * @param shown for each token how many media were shown up to it, of INT64, [batch, tokens]; one that was shown none looks
     *     at none
     */
    public Tensor forward(Tensor x, Tensor media, Tensor shown) {
        Sight sight = Sight.of(shown.toLongs(), (int) x.size(0), media.size(1), media.size(2));
        return forward(x, keys(media.rearrange("b t n d -> b (t n) d")), sight);
    }
}
