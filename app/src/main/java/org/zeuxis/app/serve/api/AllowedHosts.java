package org.zeuxis.app.serve.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Hosts that pictures are fetched from, on the operator's word: over https alone, without following redirects, and never from an
 * address of a private network, which a caller could not reach but this server could. The address that was looked at is the one
 * that is connected to.
 */
public final class AllowedHosts {
    /** None: nothing is fetched. */
    public static final AllowedHosts NONE = of(List.of());

    private static final int MOST_BYTES = 20 << 20;
    private static final int MOST_HEADER_BYTES = 32 << 10;
    private static final Duration MOST_TIME = Duration.ofSeconds(20);
    private static final int HTTPS_PORT = 443;

    /** Finds the addresses of a host. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /**
     * What reaches them.
     *
     * @param isPublic whether an address may be connected to
     * @param time until a picture has to be here
     */
    record Network(Resolver resolver, Predicate<InetAddress> isPublic, SSLSocketFactory tls, Duration time) {
        static Network standard() {
            return new Network(
                    InetAddress::getAllByName,
                    AllowedHosts::isPublic,
                    (SSLSocketFactory) SSLSocketFactory.getDefault(),
                    MOST_TIME);
        }
    }

    private final Set<String> hosts; // some with a port
    private final Network network;

    AllowedHosts(List<String> hosts, Network network) {
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        this.network = network;
    }

    /** @param hosts each by its full name, with a port if that is not 443 */
    public static AllowedHosts of(List<String> hosts) {
        return new AllowedHosts(hosts, Network.standard());
    }

    boolean isEmpty() {
        return hosts.isEmpty();
    }

    /** @throws IOException if it is not to be fetched, or does not come as it should, in one line */
    byte[] fetch(String address) throws IOException {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException e) {
            throw new IOException("expected the address of a picture, got one that is broken", e);
        }
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        String named = uri.getPort() < 0 || uri.getPort() == HTTPS_PORT ? host : host + ":" + uri.getPort();
        if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getRawUserInfo() != null || !hosts.contains(named)) {
            throw new IOException("expected https:// and a host of "
                    + String.join(", ", hosts.stream().sorted().toList()) + ", got " + uri.getScheme() + "://" + named
                    + "; send the picture itself, or start the server with --allow-host");
        }
        long deadline = System.nanoTime() + network.time.toNanos();
        try {
            return fetched(uri, named, addressOf(host), deadline);
        } catch (SocketTimeoutException e) {
            throw late(named);
        } catch (SSLException e) {
            throw new IOException(named + ": expected the certificate of this host, got none that is trusted", e);
        } catch (ConnectException e) {
            throw new IOException(named + ": expected a server there, got none", e);
        } catch (EOFException e) {
            throw new IOException(named + ": expected a whole answer, got a part of one", e);
        }
    }

    private InetAddress addressOf(String host) throws IOException {
        InetAddress[] all;
        try {
            all = network.resolver.addresses(host);
        } catch (UnknownHostException e) {
            throw new IOException(host + ": expected a host that has an address, got none", e);
        }
        for (InetAddress each : all) {
            if (!network.isPublic.test(each)) {
                throw new IOException(host + ": expected a public address, got one of a private network");
            }
        }
        return all[0];
    }

    /** As HTTP 1.0, so that the answer ends where the connection does. */
    private byte[] fetched(URI uri, String named, InetAddress address, long deadline) throws IOException {
        int port = uri.getPort() < 0 ? HTTPS_PORT : uri.getPort();
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(address, port), left(named, deadline));
            plain.setSoTimeout(left(named, deadline));
            try (SSLSocket socket = (SSLSocket) network.tls.createSocket(plain, uri.getHost(), port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                String path = (uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
                        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
                socket.getOutputStream()
                        .write(("GET " + path + " HTTP/1.0\r\nHost: " + named
                                        + "\r\nAccept: image/png, image/jpeg, image/webp\r\nUser-Agent: zeuxis\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                return answered(socket, named, deadline);
            }
        }
    }

    private static byte[] answered(SSLSocket socket, String named, long deadline) throws IOException {
        InputStream in = socket.getInputStream();
        String status = line(in, socket, named, deadline);
        String[] parts = status.split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
            throw new IOException(named + ": expected an answer of HTTP/1, got another");
        }
        if (!parts[1].equals("200")) {
            throw new IOException(named + ": expected the picture itself, got the status "
                    + parts[1].replaceAll("[^0-9]", "")
                    + (parts[1].startsWith("3") ? ", a redirect, which is not followed" : ""));
        }
        int length = -1;
        int header = 0;
        for (String line = line(in, socket, named, deadline);
                !line.isEmpty();
                line = line(in, socket, named, deadline)) {
            header += line.length();
            if (header > MOST_HEADER_BYTES) throw tooLarge(named);
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("transfer-encoding:")) {
                throw new IOException(named + ": expected an answer of HTTP/1.0, got a chunked one");
            }
            if (lower.startsWith("content-length:"))
                length = length(named, lower.substring(15).strip());
        }
        byte[] body = new byte[1 << 16];
        int size = 0;
        while (length < 0 || size < length) {
            if (size == body.length) body = Arrays.copyOf(body, Math.min(2 * size, MOST_BYTES + 1));
            socket.setSoTimeout(left(named, deadline));
            int read = in.read(body, size, body.length - size);
            if (read < 0 && length >= 0) throw new EOFException();
            if (read < 0) break;
            size += read;
            if (size > MOST_BYTES) throw tooLarge(named);
        }
        return Arrays.copyOf(body, length < 0 ? size : Math.min(size, length));
    }

    private static int length(String named, String text) throws IOException {
        if (!text.matches("\\d{1,18}")) throw new IOException(named + ": expected a length in bytes, got another");
        long length = Long.parseLong(text);
        if (length > MOST_BYTES) throw tooLarge(named);
        return (int) length;
    }

    private static String line(InputStream in, SSLSocket socket, String named, long deadline) throws IOException {
        StringBuilder line = new StringBuilder();
        socket.setSoTimeout(left(named, deadline));
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException();
            line.append((char) c);
            if (line.length() > MOST_HEADER_BYTES) throw tooLarge(named);
            int unused = left(named, deadline);
        }
        return line.toString().stripTrailing();
    }

    /** In milliseconds. */
    private static int left(String named, long deadline) throws IOException {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) throw late(named);
        return (int) left;
    }

    private static IOException late(String named) {
        return new IOException(named + ": expected the picture in time, got too little of it");
    }

    private static IOException tooLarge(String named) {
        return new IOException(named + ": expected at most " + MOST_BYTES + " bytes, got more");
    }

    /** Neither this machine nor one of a private network, in any of the ways to write that down. */
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] b = address.getAddress();
        int first = b[0] & 255;
        int second = b[1] & 255;
        if (b.length == 4) {
            boolean shared = first == 100 && second >= 64 && second < 128; // carriers' own
            boolean special = first == 0 || first >= 240 || first == 192 && second == 0 && b[2] == 0;
            boolean trial = first == 198 && (second == 18 || second == 19);
            return !shared && !special && !trial;
        }
        boolean unique = (first & 0xfe) == 0xfc;
        // others that hold an IPv4 address: NAT64, 6to4, Teredo
        boolean holding = first == 0 && second == 0x64
                || first == 0x20 && second == 0x02
                || first == 0x20 && second == 1 && b[2] == 0 && b[3] == 0;
        boolean embedded = first == 0 && second == 0;
        return !unique && !holding && !embedded;
    }
}
