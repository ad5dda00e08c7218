package org.zeuxis.models.clip;

import org.zeuxis.nn.Initialization;

/**
 * How the weights of a transformer's layers are first drawn; biases are PyTorch's, those of attention 0.
 *
 * @param in queries, keys and values
 * @param out the output of attention
 * @param widen the first matrix of the feed-forward network
 * @param narrow its second
 * @see <a href="https://github.com/openai/CLIP">CLIP</a>, whose released code this follows
 */
record FirstLayer(Initialization in, Initialization out, Initialization widen, Initialization narrow) {

    /** The text tower's: what is added to the residual sum is the smaller the more layers add to it. */
    static FirstLayer text(int width, int layers) {
        Initialization added = Initialization.normal(Math.pow(width, -0.5) * Math.pow(2.0 * layers, -0.5));
        return new FirstLayer(
                Initialization.normal(Math.pow(width, -0.5)),
                added,
                Initialization.normal(Math.pow(2.0 * width, -0.5)),
                added);
    }

    /** The image tower's, which the code leaves as PyTorch draws them: the three matrices of attention as one by Glorot. */
    static FirstLayer image(int width, int innerWidth) {
        return new FirstLayer(
                Initialization.uniform(Math.sqrt(6.0 / (width + 3.0 * width))),
                Initialization.fanIn(width),
                Initialization.fanIn(width),
                Initialization.fanIn(innerWidth));
    }
}
