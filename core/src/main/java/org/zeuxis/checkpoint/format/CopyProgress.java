package org.zeuxis.checkpoint.format;

/** Hears of every file and every tensor before it is written; stops the copy by throwing, which leaves nothing. */
@FunctionalInterface
public interface CopyProgress {
    /** Told to nobody. */
    CopyProgress NONE = name -> {};

    /** @param name of a file or a tensor */
    void begins(String name);
}
