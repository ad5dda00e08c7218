package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Words;

/**
 * What becomes of real numbers that are written: they are rounded to a type, which must be able to hold them, or stay.
 *
 * @param origin where they come from, for messages
 * @param type null if they stay as they are
 * @param progress told of each tensor
 */
public record Rounding(String origin, @Nullable DType type, CopyProgress progress) {
    /** Everything stays as it is. */
    public static final Rounding NONE = new Rounding("", null);

    /** Telling nobody. */
    public Rounding(String origin, @Nullable DType type) {
        this(origin, type, CopyProgress.NONE);
    }

    /** What a tensor of the type {@code stored} is written as. */
    public DType of(DType stored) {
        return type == null || !stored.isFloat() ? stored : type;
    }

    /** How many bytes these are when they are written. */
    public long bytes(Collection<Tensor> tensors) {
        return tensors.stream()
                .mapToLong(x -> x.count() * of(x.dtype()).bytes())
                .sum();
    }

    /**
     * The tensor as it is written.
     *
     * @throws IOException if something finite would become infinite; what was infinite or no number before stays so
     */
    Tensor of(String name, Tensor x) throws IOException {
        progress.begins(name);
        DType wanted = of(x.dtype());
        if (wanted == x.dtype()) return x;
        Tensor y = x.to(wanted);
        if (y.count() > 0 && !y.allFinite()) expectRoom(name, x, y, wanted);
        return y;
    }

    private void expectRoom(String name, Tensor x, Tensor y, DType wanted) throws IOException {
        double largest = x.allFinite() ? x.abs().max() : largestLost(x.toFloats(), y.toFloats());
        if (largest == 0) return;
        throw new IOException(origin + ": expected numbers that " + wanted.label() + " can hold, at most "
                + largest(wanted) + ", got one of magnitude " + (float) largest + " in " + Words.clean(name)
                + "; convert to " + (wanted == DType.FLOAT16 ? "bfloat16" : "float32")
                + ", or leave the model as it is");
    }

    private static double largestLost(float[] before, float[] after) {
        double largest = 0;
        for (int i = 0; i < before.length; i++) {
            if (Float.isFinite(before[i]) && !Float.isFinite(after[i])) {
                largest = Math.max(largest, Math.abs(before[i]));
            }
        }
        return largest;
    }

    private static float largest(DType type) {
        return switch (type) {
            case FLOAT16 -> 65504;
            case BFLOAT16 -> Float.intBitsToFloat(0x7f7f0000);
            default -> Float.MAX_VALUE;
        };
    }
}
