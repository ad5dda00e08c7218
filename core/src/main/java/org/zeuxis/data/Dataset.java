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

    /**
     * Opens whatever dataset there is: WebDataset shards (a folder of .tar files, one of them, or a pattern such as
     * {@code shards-{00000..00009}.tar}), a caption table (.csv, .tsv, .jsonl, or a folder with one), the IDX files of MNIST and its kin (the images file, or a folder with one), or a folder of
     * pictures.
     *
     * @throws IOException if it is none of these, has no sample, or has several things of which only one could count
     */
    static Dataset open(String location) throws IOException {
        return DatasetLocation.open(location);
    }
}
