package org.zeuxis.data;

import java.io.IOException;
import java.util.List;

/**
 * Captioned pictures by number. Reading is without side effects and may be done by any number of threads at once, so
 * that where a run stands is one number.
 */
public interface Dataset {
    /** How many samples there are, readable or not. */
    int size();

    /**
     * Reads one sample.
     *
     * @param index 0 to size - 1
     * @throws IOException if its picture is missing or damaged; the message names it
     */
    CaptionedImage get(int index) throws IOException;

    /**
     * The captions of one sample, best first, without its picture where that saves reading it.
     *
     * @throws IOException if they cannot be read; the message names where they are
     */
    default List<String> captions(int index) throws IOException {
        return get(index).captions();
    }

    /** What sample {@code index} is called, without reading it. */
    default String key(int index) {
        return "#" + index;
    }

    /** What was found unusable, and left out, when the dataset was opened. */
    default List<Problem> problems() {
        return List.of();
    }
}
