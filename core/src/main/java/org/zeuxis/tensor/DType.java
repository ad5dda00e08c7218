package org.zeuxis.tensor;

import java.util.Locale;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The type of a tensor's elements. */
public enum DType {
    FLOAT64(ScalarType.Double, 8),
    FLOAT32(ScalarType.Float, 4),
    FLOAT16(ScalarType.Half, 2),
    BFLOAT16(ScalarType.BFloat16, 2),
    INT64(ScalarType.Long, 8),
    INT32(ScalarType.Int, 4),
    INT16(ScalarType.Short, 2),
    INT8(ScalarType.Char, 1),
    /** What weights may be kept in, and no tensor is. */
    INT4(ScalarType.Int4, 1),
    UINT8(ScalarType.Byte, 1),
    BOOL(ScalarType.Bool, 1);

    final ScalarType raw;
    private final int bytes;

    DType(ScalarType raw, int bytes) {
        this.raw = raw;
        this.bytes = bytes;
    }

    /** What models compute in unless told otherwise: bfloat16 where {@link Engine#multipliesBfloat16 it is fast}, else float32. */
    public static DType fastest() {
        return Engine.multipliesBfloat16() ? BFLOAT16 : FLOAT32;
    }

    /** What a model computes in whose weights are kept in this: of whole numbers in what is {@link #fastest}. */
    public DType computed() {
        return this == INT8 || this == INT4 ? fastest() : this;
    }

    /** What PyTorch calls it, such as {@code float32}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements are real numbers rather than whole ones or truth values. */
    public boolean isFloat() {
        return this == FLOAT64 || this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
    }

    static DType of(ScalarType raw) {
        for (DType type : values()) {
            if (type.raw.value == raw.value) return type;
        }
        throw new IllegalArgumentException("expected one of FLOAT64 … BOOL, got LibTorch's " + raw.intern());
    }
}
