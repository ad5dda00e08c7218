package org.zeuxis.app.queue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Pictures that are kept.
 *
 * @param id of the ticket they came of
 * @param pictures each a PNG
 * @param about what is said of them, as it was given
 */
public record Kept(String id, Instant created, List<Path> pictures, String about) {
    public Kept {
        pictures = List.copyOf(pictures);
    }
}
