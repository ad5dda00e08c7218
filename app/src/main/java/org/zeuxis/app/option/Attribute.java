package org.zeuxis.app.option;

import java.util.List;
import java.util.Set;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Selected;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What the pictures of a dataset are to have: {@code vendor=noto}, or one of several, {@code vendor=noto,twemoji}.
 *
 * @param values of which each picture has one
 */
public record Attribute(String name, Set<String> values) {

    /** As it stands on the command line. */
    public static final class Reader implements ITypeConverter<Attribute> {
        @Override
        public Attribute convert(String text) {
            int equals = text.indexOf('=');
            Set<String> values = Set.copyOf(List.of(text.substring(equals + 1).split(",", -1)));
            if (equals < 1 || values.contains("")) {
                throw new TypeConversionException("expected NAME=VALUE, or VALUEs with commas between, got " + text);
            }
            return new Attribute(text.substring(0, equals), values);
        }
    }

    /** Those of its pictures that have it. */
    public Dataset of(Dataset dataset) {
        return Selected.only(dataset, name, values);
    }
}
