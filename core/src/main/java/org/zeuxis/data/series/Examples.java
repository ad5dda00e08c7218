package org.zeuxis.data.series;

import java.io.IOException;
import java.util.List;
import org.zeuxis.data.Problem;

/** An endless series of examples by number, each a pure function of its position; for any number of threads. */
public interface Examples {
    /**
     * The example at a position, from 0.
     *
     * @throws IOException if none can be made
     */
    Example at(long position) throws IOException;

    /** The samples that could not be read so far, each once. */
    default List<Problem> problems() {
        return List.of();
    }
}
