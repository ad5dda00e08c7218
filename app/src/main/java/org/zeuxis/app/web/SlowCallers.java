package org.zeuxis.app.web;

import java.time.Duration;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/**
 * Refuses who sends a request too slowly, after a time in which anybody may hesitate. (Jetty's own minimum has no such
 * time: whose first bytes come alone and whose others a packet later is refused.)
 */
final class SlowCallers extends Handler.Wrapper {
    private final Duration grace;
    private final int slowest;

    /**
     * @param grace in which nobody is too slow
     * @param slowest bytes of a request in a second, thereafter
     */
    SlowCallers(Duration grace, int slowest) {
        this.grace = grace;
        this.slowest = slowest;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(new Timed(request), response, callback);
    }

    private final class Timed extends Request.Wrapper {
        private final long began = NanoTime.now();
        private long arrived;

        Timed(Request request) {
            super(request);
        }

        @Override
        public Content.@Nullable Chunk read() {
            Content.@Nullable Chunk chunk = super.read();
            if (chunk == null || chunk.isLast()) return chunk;
            arrived += chunk.remaining();
            double seconds = (NanoTime.since(began) - grace.toNanos()) * 1e-9;
            if (arrived >= seconds * slowest) return chunk;
            chunk.release();
            return Content.Chunk.from(
                    new BadMessageException(
                            HttpStatus.REQUEST_TIMEOUT_408,
                            "expected a request of at least " + slowest + " bytes in a second"),
                    true);
        }
    }
}
