package org.zeuxis.hub.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy that a variable names.
 *
 * @param variable its name
 * @param authorization what it is to be told of the user, or empty
 */
record HttpProxy(String variable, String host, int port, String authorization) {
    private static final int USUAL_PORT = 80;
    private static final Pattern ADDRESS =
            Pattern.compile("(?:(\\w+)://)?(?:(.*)@)?(\\[[^\\]@/]+\\]|[^\\[\\]:@/\\s]+)(?::(\\d{1,5}))?/*");

    /** @throws IllegalArgumentException if {@code address} is not that of an HTTP proxy; without what it says of the user */
    static HttpProxy of(String variable, String address) {
        Matcher parts = ADDRESS.matcher(address.strip());
        if (!parts.matches()) throw wrong(variable, "something else");
        String scheme = parts.group(1) == null ? "http" : parts.group(1).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http")) throw wrong(variable, "one of " + scheme);
        int port = parts.group(4) == null ? USUAL_PORT : Integer.parseInt(parts.group(4));
        if (port > 65535) throw wrong(variable, "port " + port);
        String user = parts.group(2);
        return new HttpProxy(variable, parts.group(3), port, user == null ? "" : basic(user));
    }

    private static String basic(String user) {
        int colon = user.indexOf(':');
        byte[] name = decoded(colon < 0 ? user : user.substring(0, colon));
        byte[] password = decoded(colon < 0 ? "" : user.substring(colon + 1));
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(name);
        both.write(':');
        both.writeBytes(password);
        return "Basic " + Base64.getEncoder().encodeToString(both.toByteArray());
    }

    /** With {@code %XX} as the byte it stands for, and everything else as it is. */
    private static byte[] decoded(String text) {
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < raw.length; i++) {
            int high = raw[i] == '%' && i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(raw[i + 2], 16);
            out.write(low < 0 ? raw[i] : high * 16 + low);
            if (low >= 0) i += 2;
        }
        return out.toByteArray();
    }

    private static IllegalArgumentException wrong(String variable, String got) {
        return new IllegalArgumentException(variable + ": expected an HTTP proxy such as http://proxy.example:3128 or"
                + " http://user:password@proxy.example:3128, got " + got + "; correct or unset it");
    }

    /** Without the user. */
    @Override
    public String toString() {
        return "the proxy " + host + ":" + port + " of " + variable;
    }
}
