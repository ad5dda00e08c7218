package org.zeuxis.app.web;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.config.SizeUnit;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.jspecify.annotations.Nullable;

/** An HTTP server that hears no pages but its own, waits for no slow caller, and reads no more than it can hold. */
public final class WebServer implements AutoCloseable {
    /** Where only this machine reaches it. */
    public static final String LOOPBACK = "127.0.0.1";

    private static final int HEADER_BYTES = 16 << 10; // all of them
    private static final int MOST_CONNECTIONS = 1000;
    private static final int IDLE_MILLISECONDS = 30_000;
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int SLOWEST = 1000; // bytes of a request in a second
    private static final int STOP_MILLISECONDS = 5000;
    private static final int WRITE_MILLISECONDS = 2000;
    private static final String CONTENT_SECURITY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /**
     * Where a server listens, and whom it believes.
     *
     * @param host an address of this machine
     * @param port 0 for any that is free
     * @param anyName whether it goes by other names than this machine's own: its callers then have to show a token
     * @param proxied whether it stands behind a proxy, which says by {@code Forwarded} or {@code X-Forwarded-…} from where and how callers came
     */
    public record Place(String host, int port, boolean anyName, boolean proxied) {
        /** Where only this machine reaches it, by its own names. */
        public static Place loopback(int port) {
            return new Place(LOOPBACK, port, false, false);
        }
    }

    private final String host;
    private final Javalin server;
    private final GracefulHandler answering;

    private WebServer(String host, Javalin server, GracefulHandler answering) {
        this.host = host;
        this.server = server;
        this.answering = answering;
    }

    /**
     * @param largestUpload bytes of all that a form may upload
     * @param routes what it answers; {@link ForeignPageException} and {@link TooLargeException} are to be said in its own way
     * @throws IOException if the port is taken
     */
    public static WebServer start(Place place, long largestUpload, Consumer<RoutesConfig> routes) throws IOException {
        AtomicReference<@Nullable OwnPages> pages = new AtomicReference<>();
        GracefulHandler answering = new GracefulHandler();
        Javalin server = Javalin.create(config -> {
            configure(config, place, largestUpload, answering);
            config.routes.before(ctx -> {
                secure(ctx);
                OwnPages own = pages.get();
                if (own == null) throw new ForeignPageException(); // its port is not known yet
                own.expect(ctx);
            });
            routes.accept(config.routes);
        });
        try {
            server.start();
        } catch (JavalinBindException e) {
            throw new IOException(
                    "--port: expected one that is free, got " + place.port
                            + ", which is in use or not allowed; name another, or 0 for any",
                    e);
        }
        pages.set(place.anyName ? OwnPages.ofAnyName() : OwnPages.ofThisMachine(server.port()));
        return new WebServer(place.host, server, answering);
    }

    private static void configure(JavalinConfig config, Place place, long largestUpload, GracefulHandler answering) {
        config.startup.showJavalinBanner = false;
        config.startup.startupWatcherEnabled = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.maxRequestSize = largestUpload;
        config.jetty.multipartConfig.maxFileSize(largestUpload, SizeUnit.BYTES);
        config.jetty.multipartConfig.maxTotalRequestSize(largestUpload, SizeUnit.BYTES);
        config.jetty.modifyHttpConfiguration(WebServer::limit);
        config.jetty.modifyServer(server -> {
            server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
            // answers that are there are sent
            server.setHandler(answering);
            answering.setHandler(new SlowCallers(GRACE, SLOWEST));
            server.setStopTimeout(STOP_MILLISECONDS);
        });
        config.jetty.addConnector((server, http) -> connector(server, http, place));
    }

    private static void limit(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setIdleTimeout(IDLE_MILLISECONDS);
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, Place place) {
        limit(http);
        if (place.proxied) http.addCustomizer(new ForwardedRequestCustomizer());
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(place.host);
        connector.setPort(place.port);
        connector.setIdleTimeout(IDLE_MILLISECONDS);
        return connector;
    }

    private static void secure(Context ctx) {
        ctx.header("Cache-Control", "no-store");
        ctx.header("X-Content-Type-Options", "nosniff");
        ctx.header("Referrer-Policy", "no-referrer");
        ctx.header("Content-Security-Policy", CONTENT_SECURITY);
    }

    public URI address() {
        String named = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + named + ":" + server.port() + "/");
    }

    @Override
    public void close() {
        // Jetty cuts what was idle for a second, as a connection is whose answer took longer than that to compute
        long began = System.nanoTime();
        while (answering.getCurrentStreamWrapperCount() > 0
                && System.nanoTime() - began < WRITE_MILLISECONDS * 1_000_000L) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        server.stop();
    }
}
