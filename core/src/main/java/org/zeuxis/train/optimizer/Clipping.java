package org.zeuxis.train.optimizer;

/** What keeps gradients from being too large for a step. */
@FunctionalInterface
public interface Clipping {
    /**
     * Makes them smaller where they are too large.
     *
     * @param norm of all of them as one vector
     */
    void clip(double norm);

    /** One that is asked for before there are parameters. */
    @FunctionalInterface
    interface Config {
        Clipping over(FlatParameters parameters);
    }
}
