package org.zeuxis.app.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number for one stage of a model.
 *
 * @param stage empty for the main one
 */
record StageNumber(String stage, double number) {

    /** Reads {@code 25}, or {@code prior=25}. */
    static final class Reader implements ITypeConverter<StageNumber> {
        @Override
        public StageNumber convert(String text) {
            int at = text.indexOf('=');
            try {
                return new StageNumber(
                        text.substring(0, Math.max(0, at)).strip(), Double.parseDouble(text.substring(at + 1)));
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "expected a number, or one for a stage such as prior=25, got " + text);
            }
        }
    }
}
