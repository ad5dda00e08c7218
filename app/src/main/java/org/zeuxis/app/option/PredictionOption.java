package org.zeuxis.app.option;

import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Parameterization;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the U-Net of a checkpoint in one file predicts, where the file does not say so. */
public final class PredictionOption {
    @Option(
            names = "--prediction",
            paramLabel = "epsilon|v",
            converter = Reader.class,
            description =
                    "What the U-Net of a Stable Diffusion in one file predicts, the noise or the velocity (default: as its"
                            + " header says, else found by asking the U-Net).")
    private @Nullable Parameterization prediction;

    /** Null if nothing is said. */
    public @Nullable Parameterization said() {
        return prediction;
    }

    /** Reads the names that such files use. */
    static final class Reader implements ITypeConverter<Parameterization> {
        @Override
        public Parameterization convert(String name) {
            return switch (name) {
                case "epsilon" -> Parameterization.EPSILON;
                case "v", "v_prediction" -> Parameterization.V;
                default -> throw new TypeConversionException("expected epsilon or v, got " + name);
            };
        }
    }
}
