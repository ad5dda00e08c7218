package org.zeuxis.tensor.runtime;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.LoggerFactory;

/**
 * Threads that wait for work without spinning on the processors that others need: what {@code OMP_WAIT_POLICY=passive} and
 * {@code OPENBLAS_THREAD_TIMEOUT} would do if they had been set before Java started. A program that is slow without them
 * spends nine tenths of its time so.
 */
public final class IdleThreads {
    /** Enough elements for LibTorch to share them among threads. */
    private static final long SHARED = 1 << 20;

    private IdleThreads() {}

    public static void settle(Map<String, String> environment) {
        boolean blasSaid = said(environment, "OPENBLAS_THREAD_TIMEOUT", "OPENBLAS_NUM_THREADS");
        boolean openMpSaid = said(environment, "OMP_WAIT_POLICY", "GOMP_SPINCOUNT");
        // OpenBLAS's threads would spin for 2^26 cycles after each product; the large ones are oneDNN's
        if (!blasSaid) openblas.blas_set_num_threads(1);
        if (!openMpSaid) moreThanProcessors();
        if (blasSaid && openMpSaid) return;
        // asked for here: what writes a log takes a tenth of a second to start
        LoggerFactory.getLogger(IdleThreads.class)
                .info(
                        "for speed Zeuxis keeps OpenBLAS {} and OpenMP {}; training in float32 and pictures of 512 pixels and more are"
                                + " faster if OMP_WAIT_POLICY=passive and OPENBLAS_THREAD_TIMEOUT=10 are set before Java starts",
                        blasSaid ? "as set" : "to one thread",
                        openMpSaid ? "as set" : "from spinning by a second team of threads");
    }

    private static boolean said(Map<String, String> environment, String... names) {
        for (String name : names) if (!environment.getOrDefault(name, "").isBlank()) return true;
        return false;
    }

    /** GNU's OpenMP stops spinning once it has more threads than processors: a second team, which never works, sees to it. */
    private static void moreThanProcessors() {
        if (torch.get_num_threads() == 1) return;
        CountDownLatch made = new CountDownLatch(1);
        Thread second = new Thread(
                () -> {
                    // no Tensor: its class waits for Engine, and Engine for this
                    try (PointerScope scope = new PointerScope()) {
                        torch.ones(SHARED).exp_();
                    } finally {
                        made.countDown();
                    }
                    while (true) LockSupport.park();
                },
                "zeuxis-idle-team");
        second.setDaemon(true);
        second.start();
        try {
            made.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
