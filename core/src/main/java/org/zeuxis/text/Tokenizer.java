package org.zeuxis.text;

import java.util.List;

/** Turns prompts into the token ids a text encoder reads, and ids back into text. */
public interface Tokenizer {

    /** Encodes prompts to rows of exactly {@link #contextLength()} ids; what did not fit is in {@link TokenBatch#cut()}. */
    TokenBatch encode(List<String> prompts);

    /** Encodes one prompt, as a batch of one. */
    default TokenBatch encode(String prompt) {
        return encode(List.of(prompt));
    }

    /**
     * The prompt as a pipeline encodes it: a word that was learned as several vectors stands for all of them,
     * {@code <cat>} for {@code <cat> <cat>_1}.
     *
     * @see <a href="https://arxiv.org/abs/2208.01618">An Image is Worth One Word</a>, section 5
     */
    default String expanded(String prompt) {
        return prompt;
    }

    /** The ids of the whole text: nothing cut, no start, end or padding. */
    int[] tokens(String text);

    /**
     * The text of some ids; start, end and padding ids are left out.
     *
     * @throws IllegalArgumentException if an id is not in the vocabulary
     */
    String decode(int... ids);

    /** How many ids a row of {@link #encode(List)} has, start and end included. */
    int contextLength();

    /** How many rows the embedding table of a model needs: the largest id plus one. */
    int vocabularySize();

    /** The id that fills a row after its end. */
    int padId();

    /** The id that ends every text. */
    int endId();
}
