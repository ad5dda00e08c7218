package org.zeuxis.app.option;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A size as {@code --size} takes it.
 *
 * @param width in pixels, or 0 for the model's own
 * @param height in pixels, or 0 for the model's own
 */
public record PictureSize(int width, int height) {
    private static final int LARGEST = 4096;

    /** Reads {@code 64x64}, or {@code 64} for the same. */
    public static final class Reader implements ITypeConverter<PictureSize> {
        private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(?:[xX×](\\d{1,9}))?");

        @Override
        public PictureSize convert(String text) {
            Matcher size = SIZE.matcher(text.strip());
            if (!size.matches()) {
                throw new TypeConversionException(
                        "expected a width and height such as 64x64, or 64 for both, got " + text);
            }
            int width = Integer.parseInt(size.group(1));
            int height = size.group(2) == null ? width : Integer.parseInt(size.group(2));
            if (width < 1 || height < 1 || width > LARGEST || height > LARGEST) {
                throw new TypeConversionException(
                        "expected a width and height of 1 to " + LARGEST + " pixels, got " + text);
            }
            return new PictureSize(width, height);
        }
    }
}
