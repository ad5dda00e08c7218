package org.zeuxis.tensor;

import java.util.Arrays;

/** A tensor whose shape is not the one an operation documents. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ShapeException(String expected, long[] actual) {
        super("expected [" + expected + "] but got " + Arrays.toString(actual));
    }
}
