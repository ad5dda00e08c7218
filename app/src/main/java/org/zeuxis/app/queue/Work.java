package org.zeuxis.app.queue;

/** What is computed when its turn comes, on the one thread that computes. */
@FunctionalInterface
public interface Work<R> {
    /**
     * @param ticket to be told of each step, and asked whether to go on
     * @throws Exception whatever keeps it from a result; its caller gets it
     */
    R run(Ticket<R> ticket) throws Exception;
}
