package org.zeuxis.hub.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends after the head of its answer. It is waited for with {@link Patience}, and no longer than its reader's
 * thread is left alone: the stream that Java has for this hears no interruption.
 */
public final class Body implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
    /** Pieces that are fetched ahead. */
    private static final int AHEAD = 8;

    private static final Piece END = new Piece(List.of(), null);

    private final Patience patience;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private @Nullable Subscription server;
    private boolean closed;
    private long window;
    private long came;

    /** @param why nothing more comes, or null */
    private record Piece(List<ByteBuffer> bytes, @Nullable Throwable why) {}

    private Body(Patience patience) {
        this.patience = patience;
    }

    /** There as soon as the head of the answer is. */
    static BodySubscriber<Body> awaited(Patience patience) {
        return BodySubscribers.mapping(BodySubscribers.ofPublisher(), publisher -> {
            Body body = new Body(patience);
            publisher.subscribe(body);
            return body;
        });
    }

    /**
     * The bytes that came next; empty at the end.
     *
     * @throws IOException if it breaks off, or next to nothing has come for a while
     */
    public List<ByteBuffer> next() throws IOException {
        if (window == 0) window = System.nanoTime();
        while (true) {
            Piece piece = poll(window + patience.silence().toNanos());
            if (piece != null) {
                for (ByteBuffer bytes : piece.bytes()) came += bytes.remaining();
                return content(piece);
            }
            if (came < patience.leastBytes()) {
                throw new IOException(
                        "fewer than " + patience.leastBytes() + " bytes in " + seconds(patience.silence()));
            }
            window = System.nanoTime();
            came = 0;
        }
    }

    /**
     * All bytes, of which there may be so many, in all the time there is for one thing.
     *
     * @return more than {@code most} if there are more
     */
    byte[] all(int most) throws IOException {
        long end = System.nanoTime() + patience.trying().toNanos();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        WritableByteChannel channel = Channels.newChannel(all);
        while (all.size() <= most) {
            Piece piece = poll(end);
            if (piece == null) throw new IOException("no end in " + seconds(patience.trying()));
            List<ByteBuffer> bytes = content(piece);
            if (bytes.isEmpty()) break;
            for (ByteBuffer some : bytes) channel.write(some);
        }
        return all.toByteArray();
    }

    private @Nullable Piece poll(long end) throws InterruptedIOException {
        try {
            return pieces.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    private synchronized List<ByteBuffer> content(Piece piece) throws IOException {
        Throwable why = piece.why();
        if (why != null) throw new IOException(broken(why), why);
        if (server != null) server.request(1);
        return piece.bytes();
    }

    private static String broken(Throwable why) {
        String message = String.valueOf(why.getMessage());
        // Java's words for a server that hangs up
        boolean ended = message.equals("closed") || message.contains("EOF") || message.contains("bytes received");
        return ended ? "the connection ended" : OneLine.of(why);
    }

    static String seconds(Duration time) {
        return time.toMillis() / 1000.0 + " s";
    }

    @Override
    public synchronized void onSubscribe(Subscription subscription) {
        server = subscription;
        if (closed) subscription.cancel();
        else subscription.request(AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        pieces.add(new Piece(bytes, null));
    }

    @Override
    public void onError(Throwable why) {
        pieces.add(new Piece(List.of(), why));
    }

    @Override
    public void onComplete() {
        pieces.add(END);
    }

    /** The rest is not wanted. */
    @Override
    public synchronized void close() {
        closed = true;
        if (server != null) server.cancel();
    }
}
