package org.zeuxis.models.imagen.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * The network of one stage: the pooled text is added to the time, and in super-resolution the level of the noise that was added to
 * the small picture; attention reads the tokens of the text.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, sections 2.3 and 2.4
 */
public interface StageNetwork extends AutoCloseable {

    /** What a network is built to. */
    interface Config {
        int inChannels();

        int outChannels();

        /** Of the text encoder. */
        int textWidth();

        /** Whether it is told a level of noise, as super-resolution is. */
        boolean hearsNoise();

        /** Height and columns of the pictures it was trained on. */
        int size();

        /** How many times it halves a picture. */
        int halvings();

        /** With weights as they are drawn. */
        StageNetwork make();

        /** Of the pictures it draws: in super-resolution it is shown as many again. */
        default int channels() {
            return hearsNoise() ? inChannels() / 2 : inChannels();
        }

        /** Whether it tells the variance of the reverse step beside the noise. */
        default boolean learnsVariance() {
            return outChannels() == 2 * channels();
        }
    }

    /**
     * What of a text the network is told, the same at every step.
     *
     * @param pooled [batch, timeWidth]
     * @param tokens what attention reads, [batch, tokens, tokenWidth]
     */
    record Reading(Tensor pooled, Tensor tokens) {}

    Config config();

    /** What it computes in. */
    DType dtype();

    /** @param text of the text encoder, [batch, tokens, textWidth] */
    Reading read(Tensor text);

    /**
     * @param x noised pictures, in super-resolution with the small ones beside, [batch, inChannels, height, columns]
     * @param t timesteps, [batch]
     * @param text what was {@linkplain #read read} of it
     * @param noiseLevel [batch], in super-resolution
     * @return [batch, outChannels, height, columns], in x's type whatever this computes in
     */
    Tensor forward(Tensor x, Tensor t, Reading text, @Nullable Tensor noiseLevel);

    /** By key. */
    Map<String, Tensor> parameters();

    /** Refuses to compute when it is closed. */
    void expectOpen();

    /** Writes a folder with configuration and weights. */
    void save(Path folder) throws IOException;

    /** Gives the memory of the weights back. */
    @Override
    void close();
}
