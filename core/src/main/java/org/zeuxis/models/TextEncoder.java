package org.zeuxis.models;

import java.util.List;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Tokenizer;

/** Reads texts for a system that draws; it was trained on text alone, or with pictures, and stays as it is. */
public interface TextEncoder extends AutoCloseable {

    /**
     * Texts as the encoder reads them.
     *
     * @param states [batch, tokens, width]
     * @param words [batch, tokens] of BOOL: where it is false is padding
     */
    record Encoded(Tensor states, Tensor words) {}

    /** Encodes texts, all to one length; what is longer than the tokenizer's context is cut, and {@link Tokenizer#encode} says what. */
    Encoded encode(List<String> texts);

    /** Of the state of each token. */
    int width();

    Tokenizer tokenizer();

    /** Gives the memory of the weights back. */
    @Override
    void close();
}
