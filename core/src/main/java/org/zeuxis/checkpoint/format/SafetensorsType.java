package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.Words;

/** How the safetensors format calls the element types; in the order its writers sort by. */
enum SafetensorsType {
    I64(DType.INT64),
    F64(DType.FLOAT64),
    F32(DType.FLOAT32),
    I32(DType.INT32),
    BF16(DType.BFLOAT16),
    F16(DType.FLOAT16),
    I16(DType.INT16),
    I8(DType.INT8),
    U8(DType.UINT8),
    BOOL(DType.BOOL);

    private final DType dtype;

    SafetensorsType(DType dtype) {
        this.dtype = dtype;
    }

    static SafetensorsType of(DType dtype) {
        for (SafetensorsType type : values()) if (type.dtype == dtype) return type;
        throw new IllegalArgumentException("expected a type that safetensors files hold, got " + dtype);
    }

    static DType of(Path file, String tensor, String name) throws IOException {
        for (SafetensorsType type : values()) if (type.name().equals(name)) return type.dtype;
        throw new IOException(file + ": expected " + Words.clean(tensor)
                + " in F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL, got " + Words.clean(name)
                + "; take a variant of the model in F16 or BF16, or convert it");
    }
}
