package org.zeuxis.app.serve;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.terminal.TextLines;

/** Who may ask: who shows one of the tokens, or everybody where there are none. */
final class Access {
    static final String VARIABLE = "ZEUXIS_TOKEN";

    private static final int SHORTEST = 16;
    private static final String BEARER = "bearer ";

    /** Hashes, which are all equally long: comparing them tells nothing of a token. */
    private final List<byte[]> tokens;

    private Access(List<byte[]> tokens) {
        this.tokens = tokens;
    }

    /**
     * @param file with a token in each line, blank ones and those that begin with # left out; null for none
     * @param variable what {@link #VARIABLE} holds; null for nothing
     * @throws IOException if a token is too short to be one, or the file has none
     */
    static Access of(@Nullable Path file, @Nullable String variable) throws IOException {
        List<String> all = new ArrayList<>();
        if (file != null) {
            for (String line : TextLines.read(file, "a token")) {
                if (!line.isBlank() && !line.startsWith("#")) all.add(line.strip());
            }
            if (all.isEmpty()) throw new IOException(file + ": expected a token in each line, got none");
        } else if (variable != null && !variable.isBlank()) {
            all.add(variable.strip());
        }
        List<byte[]> hashes = new ArrayList<>();
        for (String token : all) {
            if (token.length() < SHORTEST) {
                throw new IOException((file == null ? VARIABLE : file) + ": expected tokens of at least " + SHORTEST
                        + " characters, got one of " + token.length() + "; openssl rand -hex 32 makes one");
            }
            hashes.add(hash(token));
        }
        return new Access(List.copyOf(hashes));
    }

    /** Whether a token is asked for. */
    boolean isGuarded() {
        return !tokens.isEmpty();
    }

    /**
     * Whose request it is: the token's, where there are several, else the address's.
     *
     * @throws ApiException if it shows no token, or another
     */
    String caller(Context ctx) {
        if (tokens.isEmpty()) return ctx.ip();
        String header = ctx.header("Authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            throw ApiException.wrongToken("expected the header Authorization: Bearer TOKEN, got none");
        }
        byte[] shown = hash(header.substring(BEARER.length()).strip());
        int found = -1;
        // all of them are looked at, however soon one fits
        for (int i = 0; i < tokens.size(); i++) if (MessageDigest.isEqual(tokens.get(i), shown)) found = i;
        if (found < 0) throw ApiException.wrongToken("expected a token of this server, got another");
        return tokens.size() == 1 ? ctx.ip() : "token " + found;
    }

    /** Whether those of one address or token may be told apart by who they say they are: if all are the same anyway. */
    boolean isShared() {
        return tokens.size() < 2;
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("expected a Java runtime with SHA-256", e);
        }
    }
}
