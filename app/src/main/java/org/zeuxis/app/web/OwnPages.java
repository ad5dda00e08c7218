package org.zeuxis.app.web;

import io.javalin.http.Context;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests of a server's own pages, and of programs, from those that a page of another site has a browser send: such a page
 * may know the port, but has neither this name nor this origin.
 */
final class OwnPages {
    private static final int HTTP_PORT = 80;

    private final @Nullable Set<String> names;

    private OwnPages(@Nullable Set<String> names) {
        this.names = names;
    }

    /** Of a server that is called by the names of this machine alone, so that no other name can be bent to it. */
    static OwnPages ofThisMachine(int port) {
        String suffix = port == HTTP_PORT ? "" : ":" + port; // browsers leave the usual one out
        return new OwnPages(Set.of("127.0.0.1" + suffix, "localhost" + suffix, "[::1]" + suffix));
    }

    /** Of one that goes by any name, whose callers show a token that no other page has. */
    static OwnPages ofAnyName() {
        return new OwnPages(null);
    }

    /** @throws ForeignPageException if it is of another's */
    void expect(Context ctx) {
        String host = ctx.header("Host");
        if (host == null || (names != null && !names.contains(host))) throw new ForeignPageException();
        String origin = ctx.header("Origin");
        if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
            throw new ForeignPageException();
        }
        if ("cross-site".equals(ctx.header("Sec-Fetch-Site"))) throw new ForeignPageException();
    }
}
