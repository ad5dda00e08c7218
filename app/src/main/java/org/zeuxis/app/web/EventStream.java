package org.zeuxis.app.web;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events, each sent at once. */
public final class EventStream {
    private final OutputStream out;

    private EventStream(OutputStream out) {
        this.out = out;
    }

    /** Begins an answer that is a stream of events. */
    public static EventStream begin(Context ctx) {
        ctx.status(200).contentType("text/event-stream").header("X-Accel-Buffering", "no");
        return new EventStream(ctx.outputStream());
    }

    /** Without a name, which a listener for messages gets. */
    public void send(String data) throws IOException {
        write("data: " + data + "\n\n");
    }

    public void send(String event, String data) throws IOException {
        write("event: " + event + "\ndata: " + data + "\n\n");
    }

    /** Nothing, so that it is seen whether anybody still listens. */
    public void stillThere() throws IOException {
        write(":\n\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
