package org.zeuxis.hub;

import org.zeuxis.hub.client.ModelName;

/** Told while a model is downloaded, by the thread that does it; one file comes after the other. */
public interface PullProgress {
    /** Tells nobody. */
    PullProgress NONE = new PullProgress() {
        @Override
        public void begins(ModelName model, int files, long bytes) {}

        @Override
        public void received(String file, long bytes, long size) {}
    };

    /**
     * Files are lacking and are about to be downloaded; not called when all of them are there.
     *
     * @param files how many
     * @param bytes of all together, or 0 if the hub does not say
     */
    void begins(ModelName model, int files, long bytes);

    /**
     * More of a file has come.
     *
     * @param bytes of it that are here now, an earlier download's included
     * @param size of the whole file
     */
    void received(String file, long bytes, long size);

    /** Another process downloads this file; its end is waited for. */
    default void waits(String file) {}
}
