package org.zeuxis.tensor.runtime;

import org.bytedeco.openblas.global.openblas;

/** Keeps OpenBLAS to one thread in the whole process, until the last one of several that overlap is closed. */
public final class BlasThreads implements AutoCloseable {
    private static int open;
    private static int before;

    private BlasThreads() {}

    public static synchronized BlasThreads one() {
        if (open++ == 0) {
            before = openblas.blas_get_num_threads();
            openblas.blas_set_num_threads(1);
        }
        return new BlasThreads();
    }

    @Override
    public void close() {
        synchronized (BlasThreads.class) {
            if (--open == 0) openblas.blas_set_num_threads(before);
        }
    }
}
