package org.zeuxis.image.codec;

import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import org.zeuxis.image.Image;

/** Pictures as text, as programs send them to one another: base64, alone or in a data URI. What lies elsewhere is not fetched. */
public final class EncodedPicture {
    private static final long MOST_PIXELS = 1L << 24;
    private static final String NAME = "picture";
    private static final String DATA = "data:";
    private static final String BASE64 = ";base64,";
    private static final int SHOWN = 40; // of a text, in messages

    private EncodedPicture() {}

    /** A PNG in base64. */
    public static String png(Image image, PngText text) {
        return Base64.getEncoder().encodeToString(ImageFile.png(image, text));
    }

    /**
     * A picture of a file's bytes, from others: of fewer pixels than {@link ImageFile} reads.
     *
     * @throws IllegalArgumentException if it is none, in one line
     */
    public static Image decode(byte[] file) {
        return decode(file, NAME);
    }

    /** The same, called {@code name} in messages. */
    public static Image decode(byte[] file, String name) {
        try {
            return ImageFile.decode(file, name, MOST_PIXELS);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * The same of a file in base64, or of a data URI.
     *
     * @throws IllegalArgumentException if it is none, in one line; the URL of a picture is none
     */
    public static Image decode(String text) {
        return decode(text, NAME);
    }

    /** The same, called {@code name} in messages. */
    public static Image decode(String text, String name) {
        boolean uri = text.regionMatches(true, 0, DATA, 0, DATA.length());
        int comma = text.indexOf(BASE64);
        if (uri ? comma < 0 : text.contains(":")) {
            String start = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
            boolean elsewhere = text.toLowerCase(Locale.ROOT).startsWith("http");
            throw new IllegalArgumentException("expected a picture in base64 or as data:image/png;base64,…, got "
                    + start + (elsewhere ? ", which is not fetched; give the picture itself" : ""));
        }
        byte[] file;
        try {
            file = Base64.getMimeDecoder().decode(uri ? text.substring(comma + BASE64.length()) : text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected a picture in base64, got what is none: " + e.getMessage(), e);
        }
        return decode(file, name);
    }
}
