package org.zeuxis.models;

import java.util.List;
import java.util.function.Consumer;

/** A model that says what pictures show. */
public interface ImageToText extends AutoCloseable {
    String name();

    /**
     * @param words told each piece of the answer as it is written; cancels by throwing
     * @return the whole answer
     * @throws IllegalArgumentException if the model cannot do what is asked, saying what it can
     * @throws IllegalStateException if the model is closed
     * @throws java.util.concurrent.CancellationException after the word in which the thread is interrupted
     */
    String answer(TextRequest request, Consumer<String> words);

    /** The same, telling nobody before the end. */
    default String answer(TextRequest request) {
        return answer(request, word -> {});
    }

    /**
     * Answers several requests at once; which says the same as one after the other, but for what the last digit of a score decides,
     * and may be faster.
     *
     * @return the answers in the order of the requests
     */
    default List<String> answers(List<TextRequest> requests) {
        return requests.stream().map(this::answer).toList();
    }

    /** Gives the memory of the weights back; a closed model answers nothing. */
    @Override
    void close();
}
