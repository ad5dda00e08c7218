package org.zeuxis.hub.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The way to an address as {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY} say it, under
 * the rules of Python's httpx: lower case counts before upper case. Where none of the first three is set, Java's own
 * selector decides.
 */
public final class Proxies extends ProxySelector {
    /** Unless it is empty Java sends no password to a proxy that is asked for a tunnel, as it is for every address of https. */
    private static final String TUNNEL = "jdk.http.auth.tunneling.disabledSchemes";

    private static final String END = "_proxy";
    private static final List<String> SCHEMES = List.of("http", "https", "all");

    /** By the schemes they are for, what the variables say; not looked at before one is needed. */
    private final Map<String, Variable> all;

    private final NoProxy none;

    private Proxies(Map<String, Variable> all) {
        this.all = all;
        Variable no = all.get("no");
        none = NoProxy.of(no == null ? "" : no.value());
    }

    private record Variable(String name, String value) {}

    public static Proxies of(Map<String, String> environment) {
        Map<String, Variable> all = new HashMap<>();
        environment.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.endsWith(END) && !value.isBlank()) all.put(scheme(lower), new Variable(name, value));
        });
        // in a CGI script this is what the caller sends as the header Proxy
        if (environment.containsKey("REQUEST_METHOD")) all.remove("http");
        environment.forEach((name, value) -> {
            if (!name.endsWith(END) || !name.equals(name.toLowerCase(Locale.ROOT))) return;
            if (value.isBlank()) all.remove(scheme(name));
            else all.put(scheme(name), new Variable(name, value));
        });
        return new Proxies(all);
    }

    private static String scheme(String variable) {
        return variable.substring(0, variable.length() - END.length());
    }

    /** The proxy that leads to an address. */
    private Optional<HttpProxy> to(URI uri) {
        if (none.covers(uri)) return Optional.empty();
        Variable variable = all.get(uri.getScheme().equalsIgnoreCase("https") ? "https" : "http");
        if (variable == null) variable = all.get("all");
        return variable == null ? Optional.empty() : Optional.of(HttpProxy.of(variable.name(), variable.value()));
    }

    /**
     * What the proxy that leads to an address is told of the user.
     *
     * @throws IllegalArgumentException if the variable names no proxy that is spoken here
     */
    public Optional<String> authorization(URI uri) {
        return to(uri).map(HttpProxy::authorization).filter(word -> !word.isEmpty());
    }

    /** Lets Java pass on what a proxy is to be told of the user; before the first HTTP client of this process is made. */
    public void letPasswordsThrough() {
        boolean any = SCHEMES.stream()
                .anyMatch(scheme ->
                        all.containsKey(scheme) && all.get(scheme).value().contains("@"));
        if (any && System.getProperty(TUNNEL) == null) System.setProperty(TUNNEL, "");
    }

    /** The way to an address in words, or nothing if it is straight. */
    public String way(URI uri) {
        return to(uri).map(proxy -> " by way of " + proxy).orElse("");
    }

    @Override
    public List<Proxy> select(URI uri) {
        ProxySelector usual = ProxySelector.getDefault();
        if (usual != null && SCHEMES.stream().noneMatch(all::containsKey)) return usual.select(uri);
        return List.of(to(uri).map(
                        proxy -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.host(), proxy.port())))
                .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // told by whoever asked
    }
}
