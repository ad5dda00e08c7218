package org.zeuxis.models.unclip.prior;

import org.zeuxis.tensor.Tensor;

/**
 * Captions as the text tower of a CLIP reads them.
 *
 * @param embedding the CLIP text embedding as the projection gives it, of any length, [batch, width]
 * @param states of every token after the last layer, [batch, tokens, textWidth]
 * @param mask [batch, tokens] of BOOL: true where a token is of the caption, its start or its end; the rest is padding
 */
public record EncodedText(Tensor embedding, Tensor states, Tensor mask) {

    public EncodedText {
        embedding.expect("batch", embedding.size(-1));
        states.expect("batch tokens", states.size(-1));
        mask.expect("", embedding.size(0), states.size(1));
        states.expect("", embedding.size(0), states.size(1), states.size(2));
    }

    /** How many captions. */
    public long batch() {
        return embedding.size(0);
    }

    /** How many tokens each has, padding included. */
    public long tokens() {
        return states.size(1);
    }

    /**
     * The states in a given width, [batch, tokens, width]: published networks have one for states and embeddings; of a narrower
     * text tower the rest is zeros.
     *
     * @throws IllegalArgumentException if the text tower is wider
     */
    public Tensor states(int width) {
        long lacking = width - states.size(2);
        if (lacking == 0) return states;
        if (lacking < 0) {
            throw new IllegalArgumentException("expected states of a text tower at most as wide as the embeddings, "
                    + width + ", got " + states.size(2));
        }
        return Tensor.cat(2, states, Tensor.zeros(batch(), tokens(), lacking).to(states.dtype()));
    }

    /** Captions {@code from} to {@code to} − 1. */
    public EncodedText rows(long from, long to) {
        return new EncodedText(embedding.slice(0, from, to), states.slice(0, from, to), mask.slice(0, from, to));
    }

    /** These captions, then others of as many tokens. */
    public EncodedText and(EncodedText others) {
        return new EncodedText(
                Tensor.cat(0, embedding, others.embedding),
                Tensor.cat(0, states, others.states),
                Tensor.cat(0, mask, others.mask));
    }

    /** All captions, {@code times} times one after the other. */
    public EncodedText repeated(int times) {
        return new EncodedText(embedding.repeat(times, 1), states.repeat(times, 1, 1), mask.repeat(times, 1));
    }
}
