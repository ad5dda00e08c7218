package org.zeuxis.app.serve;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The OpenAPI document of all paths, for whoever writes a client, at {@code /openapi.json}. */
final class ApiDocument {
    private static final String FILE = "openapi.json";

    private final byte[] text;

    ApiDocument() {
        try (InputStream in = ApiDocument.class.getResourceAsStream(FILE)) {
            if (in == null) throw new IllegalStateException("expected " + FILE + " on the class path");
            text = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void answer(Context ctx) {
        ctx.contentType("application/json").result(text);
    }
}
