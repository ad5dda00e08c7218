package org.zeuxis.models.lm;

import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.Norm;
import org.zeuxis.nn.attention.Attention;

/** What a published family of language models makes a {@link Decoder} of. */
public sealed interface Family permits Llama, GptNeoX, Opt, Mpt {
    /** Attention under the names that LLaMA's has. */
    Attention.Keys ATTENTION = new Attention.Keys("q_proj", "k_proj", "v_proj", "o_proj");
    /** The feed-forward likewise. */
    FeedForward.Keys FEED_FORWARD = new FeedForward.Keys("gate_proj", "up_proj", "down_proj");

    /** Number of tokens. */
    int vocabulary();

    int width();

    int layers();

    /** The longest text it was made for. */
    int context();

    /** Whether the head is the table of tokens once more. */
    boolean tied();

    /** A norm of its width. */
    Norm norm();

    /** The attention of one block. */
    Attention attention();

    /** The feed-forward of one block. */
    FeedForward feedForward();

    default Residual residual() {
        return Residual.IN_TURN;
    }

    /** How many entries of a learned table of places come before the first token's; less than 0 for no such table. */
    default int placesBefore() {
        return -1;
    }

    /** From the names of the published checkpoint to those of {@link Decoder}, which are LLaMA's. */
    KeyMap keys();
}
