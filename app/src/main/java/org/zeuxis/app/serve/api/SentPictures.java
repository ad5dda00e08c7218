package org.zeuxis.app.serve.api;

import java.io.IOException;
import java.util.Locale;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.EncodedPicture;

/** Pictures that a request brings: as files, or as data URIs; or whose address it brings, if the operator allowed the host. */
public final class SentPictures {
    private static final String PICTURE = "data:image/";
    private static final int SHOWN = 40; // of a URI, in messages

    private final AllowedHosts hosts;

    public SentPictures(AllowedHosts hosts) {
        this.hosts = hosts;
    }

    /** @throws ApiException if it is no picture, or too large a one */
    public static Image decode(byte[] file, String param) {
        try {
            return EncodedPicture.decode(file, param);
        } catch (IllegalArgumentException e) {
            throw ApiException.wrong(param, String.valueOf(e.getMessage()));
        }
    }

    /** Whether a text is a picture. */
    public static boolean isOne(String text) {
        return text.regionMatches(true, 0, PICTURE, 0, PICTURE.length());
    }

    /** @throws ApiException if it is no data URI of a picture, nor the address of one at an allowed host */
    public Image decode(String uri, String param) {
        if (isOne(uri)) {
            try {
                return EncodedPicture.decode(uri, param);
            } catch (IllegalArgumentException e) {
                throw ApiException.wrong(param, String.valueOf(e.getMessage()));
            }
        }
        boolean elsewhere = uri.toLowerCase(Locale.ROOT).startsWith("http");
        if (elsewhere && !hosts.isEmpty()) {
            try {
                return decode(hosts.fetch(uri), param);
            } catch (IOException e) {
                throw ApiException.wrong(param, String.valueOf(e.getMessage()));
            }
        }
        String start = uri.length() > SHOWN ? uri.substring(0, SHOWN) + "…" : uri;
        throw ApiException.wrong(
                param,
                "expected a picture as data:image/png;base64,…, got " + start
                        + (elsewhere ? ", which is not fetched; send the picture itself" : ""));
    }
}
