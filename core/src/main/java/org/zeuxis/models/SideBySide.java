package org.zeuxis.models;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.Device;
import org.zeuxis.tensor.Engine;

/**
 * Draws many pictures as many at a time as there are threads, each on one of them: an operation of a small network is over before
 * a second thread is awake. Pictures larger than 256 × 256 are drawn one after the other on all threads, and on a GPU all are.
 */
public final class SideBySide {
    private static final int LARGEST = 256 * 256;

    /** What becomes of a picture. */
    @FunctionalInterface
    public interface Drawn {
        void take(GeneratedImage picture) throws IOException;
    }

    private SideBySide() {}

    /**
     * The same pictures as one after the other.
     *
     * @param requests of a picture each
     * @param events told of the steps of all, of one at a time; ends them all by throwing
     * @param drawn told of each in the order of the requests, by the thread that called
     */
    public static void draw(TextToImage artist, List<ImageRequest> requests, Events events, Drawn drawn)
            throws IOException {
        if (requests.isEmpty()) return;
        GeneratedImage first = only(artist, requests.get(0), events);
        drawn.take(first);
        Image size = first.image();
        List<ImageRequest> others = requests.subList(1, requests.size());
        int threads = Engine.threads();
        if (threads == 1 || Device.current() != Device.CPU || size.width() * size.height() > LARGEST) {
            for (ImageRequest request : others) drawn.take(only(artist, request, events));
            return;
        }
        ExecutorService pool = Executors.newFixedThreadPool(
                threads,
                work -> new Thread(() -> {
                    Engine.setThreads(1);
                    work.run();
                }));
        try {
            Events inTurn = inTurn(events);
            List<Future<GeneratedImage>> pictures = new ArrayList<>();
            for (ImageRequest request : others) pictures.add(pool.submit(() -> only(artist, request, inTurn)));
            for (Future<GeneratedImage> picture : pictures) drawn.take(result(picture));
        } finally {
            end(pool);
            Engine.setThreads(threads); // those that begin later would have one, too
        }
    }

    private static GeneratedImage only(TextToImage artist, ImageRequest request, Events events) {
        return artist.generate(request, events).get(0);
    }

    private static Events inTurn(Events events) {
        Object turn = new Object();
        return event -> {
            synchronized (turn) {
                events.tell(event);
            }
        };
    }

    private static GeneratedImage result(Future<GeneratedImage> picture) {
        try {
            return picture.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("expected to draw all pictures, got cancelled before");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failed) throw failed;
            if (e.getCause() instanceof Error failed) throw failed;
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Those being drawn end after their step. */
    private static void end(ExecutorService pool) {
        pool.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (pool.awaitTermination(1, TimeUnit.MINUTES)) break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
