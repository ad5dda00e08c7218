package org.zeuxis.app.web;

import io.javalin.http.Context;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Whether who asked is still connected. HTTP/1.1 tells a server only when it writes; Linux's table of connections tells before.
 * Where there is no such table, all are taken to be there.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_net.5.html">proc_pid_net</a>
 */
public final class Presence {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final String ESTABLISHED = "01";
    private static final String NONE = "";

    private final String local;
    private final String remote;
    private boolean seen;

    private Presence(String local, String remote) {
        this.local = local;
        this.remote = remote;
    }

    public static Presence of(Context ctx) {
        EndPoint ends = ServletContextRequest.getServletContextRequest(ctx.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint();
        return of(ends.getLocalSocketAddress(), ends.getRemoteSocketAddress());
    }

    static Presence of(SocketAddress local, SocketAddress remote) {
        return local instanceof InetSocketAddress here && remote instanceof InetSocketAddress there
                ? new Presence(":" + port(here), address(there) + ":" + port(there))
                : new Presence(NONE, NONE);
    }

    /** Whether they have hung up. */
    public boolean hasLeft() {
        String state = state();
        boolean gone = state.isEmpty() ? seen : !state.equals(ESTABLISHED);
        seen |= !state.isEmpty();
        return gone;
    }

    /** Of the connection, in two hexadecimal digits; nothing if there is none. */
    private String state() {
        if (local.isEmpty()) return NONE;
        for (Path table : TABLES) {
            try {
                for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
                    if (!line.contains(remote)) continue;
                    String[] columns = line.strip().split("\\s+", 5);
                    if (columns.length == 5 && columns[1].endsWith(local) && columns[2].endsWith(remote)) {
                        return columns[3];
                    }
                }
            } catch (IOException e) {
                continue; // not this system's
            }
        }
        return NONE;
    }

    private static String port(InetSocketAddress end) {
        return String.format(Locale.ROOT, "%04X", end.getPort());
    }

    /** In words of four bytes, each as this processor orders them. */
    private static String address(InetSocketAddress end) {
        byte[] bytes = end.getAddress().getAddress();
        StringBuilder hex = new StringBuilder();
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < bytes.length; i++) {
            hex.append(String.format(Locale.ROOT, "%02X", bytes[little ? i ^ 3 : i]));
        }
        return hex.toString();
    }
}
