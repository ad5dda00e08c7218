package org.zeuxis.train;

import java.io.IOException;
import java.util.List;
import org.zeuxis.data.Problem;

/** Told how training goes; what it does with that is no part of the result. */
public interface Observer {
    /** Training goes on after {@code step}: at the start, after a resume and after each rollback. */
    default void goesOnFrom(long step) throws IOException {}

    /**
     * A step was refused.
     *
     * @param step the one after which training goes on with other data
     */
    default void rolledBack(Report broken, long step) throws IOException {}

    /** A step was taken. */
    default void stepped(Report report) throws IOException {}

    /** Whether training is to end after this step; a checkpoint to go on from is written first. */
    default boolean wantsToStop() {
        return false;
    }

    /** Whether {@link #averaged} is to be called after this step. */
    default boolean wantsAverage(Report report) {
        return false;
    }

    /** The model holds its average while this runs, without recording gradients: the time to draw samples. */
    default void averaged(Report report) throws IOException {}

    /**
     * A checkpoint was written, or a finished run was resumed; the model holds its average while this runs: the time to
     * export it.
     */
    default void saved(long step) throws IOException {}

    /** Something that whoever trains should know: a state that is damaged, a run that became longer. */
    default void told(String sentence) {}

    /** What of the data cannot be used; each once, those known at the start before the first step. */
    default void leftOut(List<Problem> problems) {}

    /** Tells each of several in turn. */
    static Observer all(List<Observer> observers) {
        return new Observers(List.copyOf(observers));
    }
}
