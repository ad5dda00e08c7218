package org.zeuxis.app.serve.api;

import io.javalin.http.Context;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.drawbench.Rating;
import org.zeuxis.app.queue.GenerationQueue;
import org.zeuxis.app.queue.ResultFolder;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.web.Presence;

/**
 * What all endpoints share.
 *
 * @param open for the queue's thread
 * @param largest width and height of a picture in pixels
 * @param pictures reads those that requests bring
 * @param index to be searched; null if there is none
 * @param rating of pictures by people; null if there is none
 */
public record Serving(
        ServedModels models,
        OpenModels open,
        GenerationQueue queue,
        ResultFolder results,
        int largest,
        SentPictures pictures,
        @Nullable ServedIndex index,
        @Nullable Rating rating) {
    /** Where the page is on which people rate. */
    public static final String RATING = "/rate/";

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Waits for what comes of it, which is cancelled if who asked leaves meanwhile: nobody would get it. */
    public <R> R await(Context ctx, Ticket<R> ticket) throws ExecutionException, InterruptedException {
        Presence presence = Presence.of(ctx);
        while (!ticket.isOverWithin(LOOK)) {
            if (presence.hasLeft()) queue.cancel(ticket);
        }
        return ticket.await();
    }
}
