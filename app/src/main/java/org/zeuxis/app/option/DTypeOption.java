package org.zeuxis.app.option;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a command's model computes in. */
public final class DTypeOption {
    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = Reader.class,
            description =
                    "bfloat16 or float32 (default: bfloat16 where the processor multiplies it, which 'zeuxis doctor'"
                            + " tells); int8 and int4 keep the T5 of an Imagen in 8 or 4 bits, or most of a Flamingo.")
    private @Nullable DType dtype;

    /** To be asked once the device is in use, on which the default depends. */
    public DType type() {
        return type(DType.fastest());
    }

    /** The one that was asked for, else {@code otherwise}. */
    public DType type(DType otherwise) {
        return dtype == null ? otherwise : dtype;
    }

    /** Reads one of the types that models compute in. */
    static final class Reader implements ITypeConverter<DType> {
        @Override
        public DType convert(String name) {
            for (DType type : new DType[] {DType.BFLOAT16, DType.FLOAT32, DType.INT8, DType.INT4})
                if (type.label().equals(name)) return type;
            throw new TypeConversionException(
                    "expected bfloat16, float32 or, of an Imagen with a T5 or a Flamingo, int8 or int4, got " + name);
        }
    }
}
