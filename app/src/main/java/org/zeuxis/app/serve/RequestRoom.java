package org.zeuxis.app.serve;

import io.javalin.http.Context;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.serve.api.Refusal;

/** Memory for what requests bring, all that are answered at the same time taken together. */
final class RequestRoom {
    private static final int KIB = 1024;
    private static final String TAKEN = "room";

    private final Semaphore kibibytes;
    private final int largest;

    /**
     * @param all bytes there are
     * @param largest bytes of one request
     */
    RequestRoom(long all, int largest) {
        kibibytes = new Semaphore((int) (all / KIB));
        this.largest = largest / KIB + 1;
    }

    /** Takes what a request may need until {@link #leave}. */
    void enter(Context ctx) {
        long claimed = ctx.req().getContentLengthLong();
        boolean chunked = ctx.header("Transfer-Encoding") != null;
        int wanted = chunked ? largest : (int) Math.min(largest, Math.max(0, claimed) / KIB);
        if (wanted == 0) return;
        if (!kibibytes.tryAcquire(wanted)) throw new Full();
        ctx.attribute(TAKEN, wanted);
    }

    void leave(Context ctx) {
        @Nullable Integer taken = ctx.attribute(TAKEN);
        if (taken == null) return;
        ctx.attribute(TAKEN, 0);
        kibibytes.release(taken);
    }

    /** There is no room just now. */
    static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refusal refusal() {
            return new Refusal(
                    503,
                    "server_error",
                    null,
                    "server_busy",
                    "expected room for the request, got a server that holds too many large ones; ask again in 1 s",
                    OptionalInt.of(1));
        }
    }
}
