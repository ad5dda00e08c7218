package org.zeuxis.hub.proxy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Addresses that no proxy leads to, in the words of {@code NO_PROXY}: {@code *}; {@code example.com} and all below it;
 * {@code .example.com} or {@code *.example.com} for those below it alone; {@code localhost}; {@code 10.0.0.0/8},
 * {@code ::1}; each with {@code :PORT} or after {@code https://} if only these are meant. What is none of it is ignored.
 */
record NoProxy(List<Predicate<URI>> entries) {
    private static final Pattern ENTRY =
            Pattern.compile("(?:(\\w+)://)?(\\[[^\\]]+\\]|[^:/\\[\\]]*)(?::(\\d{1,5}))?(?:/(\\d{1,3}))?");
    private static final Pattern IP4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
    private static final Pattern IP6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    static NoProxy of(String variable) {
        return new NoProxy(Arrays.stream(variable.split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .flatMap(text -> entry(text.toLowerCase(Locale.ROOT)).stream())
                .toList());
    }

    boolean covers(URI uri) {
        return uri.getHost() != null && entries.stream().anyMatch(entry -> entry.test(uri));
    }

    private static Optional<Predicate<URI>> entry(String text) {
        if (text.equals("*")) return Optional.of(uri -> true);
        // ::1 and fd00::/8 are written without brackets
        String address = text.replaceFirst("/\\d+$", "");
        Matcher parts = ENTRY.matcher(
                IP6.matcher(address).matches() ? "[" + address + "]" + text.substring(address.length()) : text);
        if (!parts.matches()) return Optional.empty();
        boolean exact = parts.group(1) != null;
        String scheme = exact && !parts.group(1).equals("all") ? parts.group(1) : "";
        int port = parts.group(3) == null ? -1 : Integer.parseInt(parts.group(3));
        return host(unbracketed(parts.group(2)), parts.group(4), exact)
                .map(host -> uri -> (scheme.isEmpty() || scheme.equalsIgnoreCase(uri.getScheme()))
                        && (port < 0 || port == port(uri))
                        && host.test(unbracketed(uri.getHost().toLowerCase(Locale.ROOT))));
    }

    private static Optional<Predicate<String>> host(String name, String bits, boolean exact) {
        Optional<byte[]> network = ip(name);
        if (network.isPresent()) return network(network.get(), bits);
        if (bits != null) return Optional.empty();
        String below = name.replaceFirst("^\\*?\\.", ".");
        if (below.startsWith(".")) return Optional.of(host -> host.endsWith(below) && host.length() > below.length());
        if (name.isEmpty()) return exact ? Optional.of(host -> true) : Optional.empty();
        if (exact || name.equals("localhost")) return Optional.of(name::equals);
        return Optional.of(host -> host.equals(name) || host.endsWith("." + name));
    }

    private static Optional<Predicate<String>> network(byte[] network, String bits) {
        int length = bits == null ? network.length * 8 : Integer.parseInt(bits);
        if (length > network.length * 8) return Optional.empty();
        return Optional.of(
                host -> ip(host).filter(ip -> same(ip, network, length)).isPresent());
    }

    private static boolean same(byte[] a, byte[] b, int bits) {
        if (a.length != b.length) return false;
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % 8);
            if ((a[i / 8] & mask) != (b[i / 8] & mask)) return false;
        }
        return true;
    }

    /** The bytes of an address in figures; no name is looked up. */
    private static Optional<byte[]> ip(String text) {
        if (!Stream.of(IP4, IP6).anyMatch(kind -> kind.matcher(text).matches())) return Optional.empty();
        try {
            return Optional.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
