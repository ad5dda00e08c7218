package org.zeuxis.unet;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * What a U-Net is told.
 *
 * @param time where timesteps, image embeddings, pooled text and noise levels are added up, [batch, timeWidth]
 * @param tokens what attention reads, [batch, n, width]; null for none
 * @param mask true for tokens that may be read, [batch, n] of BOOL; null for all
 */
public record Conditioning(
        Tensor time, @Nullable Tensor tokens, @Nullable Tensor mask) {

    /** No tokens. */
    public static Conditioning of(Tensor time) {
        return new Conditioning(time, null, null);
    }

    public static Conditioning of(Tensor time, Tensor tokens) {
        return new Conditioning(time, tokens, null);
    }

    Conditioning withTime(Tensor time) {
        return new Conditioning(time, tokens, mask);
    }

    /**
     * The tokens, for a part that must have some.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Tensor expectTokens() {
        if (tokens != null) return tokens;
        throw new IllegalArgumentException(
                "expected tokens, which this network attends to, got none; pass [batch, n, width] with the time");
    }

    /** The mask for scores of tokens alone, [batch, 1, 1, n]. */
    public @Nullable Tensor tokenMask() {
        return mask == null ? null : mask.unsqueeze(1).unsqueeze(1);
    }

    /** The same for tokens that {@code others} follow, all of which may be read, [batch, 1, 1, n + others]. */
    public @Nullable Tensor tokenMask(long others) {
        if (mask == null) return null;
        Tensor all = Tensor.ones(mask.size(0), others).to(DType.BOOL);
        return Tensor.cat(1, mask, all).unsqueeze(1).unsqueeze(1);
    }
}
