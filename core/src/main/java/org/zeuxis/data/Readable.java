package org.zeuxis.data;

import java.io.IOException;
import java.util.Map;

/** Reads a sample or, if it is unreadable, others in an order that depends on the draws alone. */
public final class Readable {
    private static final int RANDOM_TRIES = 32;
    private static final int NEIGHBOUR_TRIES = 1000;

    private Readable() {}

    /**
     * The sample of this index, or another.
     *
     * @param unreadable what was found to be, which is added to
     * @throws IOException if many cannot be read
     */
    public static CaptionedImage find(Dataset dataset, int index, Draws draws, Map<Integer, Problem> unreadable)
            throws IOException {
        int size = dataset.size();
        int tries = 1 + RANDOM_TRIES + Math.min(size, NEIGHBOUR_TRIES);
        int next = index;
        for (int attempt = 0; attempt < tries; attempt++) {
            if (!unreadable.containsKey(next)) {
                try {
                    return dataset.get(next);
                } catch (IOException e) {
                    unreadable.put(next, new Problem(dataset.key(next), String.valueOf(e.getMessage())));
                }
            }
            next = attempt < RANDOM_TRIES ? draws.below(size) : (int) ((index + (long) attempt - RANDOM_TRIES) % size);
        }
        Problem first = unreadable.values().iterator().next();
        throw new IOException("expected a picture that can be read, but all of " + unreadable.size() + " tried of "
                + size + " samples cannot; the first: " + first + "; check that the dataset is complete");
    }
}
