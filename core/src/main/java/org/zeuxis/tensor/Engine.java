package org.zeuxis.tensor;

import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.global.torch;
import org.zeuxis.tensor.runtime.Bfloat16;
import org.zeuxis.tensor.runtime.IdleThreads;
import org.zeuxis.tensor.runtime.NativeLibraries;

/** What computes underneath: LibTorch, its instruction set and its threads. */
public final class Engine {
    static {
        // JavaCPP would otherwise read the size of the process at each allocation, which doubles the cost of a small
        // op.
        if (System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes") == null) {
            System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        }
        NativeLibraries.unpack();
        torch.init_num_threads();
        IdleThreads.settle(System.getenv());
    }

    private static final Bfloat16 BFLOAT16 = Bfloat16.here(oneDnnTakesBfloat16());

    private Engine() {}

    private static boolean oneDnnTakesBfloat16() {
        try (Scope scope = new Scope()) {
            IValueVector stack = new IValueVector();
            Dispatcher.singleton()
                    .findSchemaOrThrow("mkldnn::_is_mkldnn_bf16_supported", "")
                    .callBoxed(stack);
            return stack.get(0).toBool();
        }
    }

    /** Loads the native library, which takes a second or two the first time. */
    public static void start() {
        // loading this class has done it
    }

    /** Gives memory that nothing uses any more back to the system; the allocator else keeps it for what may come. */
    public static void returnFreeMemory() {
        boolean unused = Pointer.trimMemory();
    }

    /** The widest instruction set the kernels use, such as {@code AVX512} or {@code AVX2}. */
    public static String instructionSet() {
        return torch.get_cpu_capability().getString();
    }

    /**
     * Whether products of bfloat16 numbers are faster on the {@link Device#current() device in use} than those of float32 ones.
     * On a processor without instructions for them LibTorch imitates them, many times slower.
     */
    public static boolean multipliesBfloat16() {
        return Device.current().isCuda() || BFLOAT16.multiplied();
    }

    /** What is known of the processor and bfloat16. */
    public static Bfloat16 bfloat16() {
        return BFLOAT16;
    }

    /** LibTorch's version and that of its binding, such as {@code 2.10.0-1.5.13}. */
    public static String version() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Threads that one operation uses. */
    public static int threads() {
        return torch.get_num_threads();
    }

    /** @throws IllegalArgumentException if {@code count} is below 1 */
    public static void setThreads(int count) {
        if (count < 1) throw new IllegalArgumentException("expected at least 1 thread, got " + count);
        torch.set_num_threads(count);
    }

    /** How many CUDA devices LibTorch finds; 0 also where it was built without CUDA. */
    public static int cudaDevices() {
        return torch.cuda_device_count();
    }
}
