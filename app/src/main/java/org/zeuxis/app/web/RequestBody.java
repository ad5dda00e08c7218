package org.zeuxis.app.web;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;

/** What a request brings. */
public final class RequestBody {
    private RequestBody() {}

    /**
     * All of it, whatever length it claims.
     *
     * @throws TooLargeException if it is more than {@code most} bytes
     */
    public static byte[] read(Context ctx, int most) throws IOException {
        if (ctx.req().getContentLengthLong() > most) throw tooLarge(ctx, most);
        try (InputStream in = ctx.bodyInputStream()) {
            byte[] body = in.readNBytes(most + 1);
            if (body.length > most) throw tooLarge(ctx, most);
            return body;
        }
    }

    private static TooLargeException tooLarge(Context ctx, int most) {
        ctx.header("Connection", "close"); // the rest of it is not read
        return new TooLargeException(most);
    }
}
