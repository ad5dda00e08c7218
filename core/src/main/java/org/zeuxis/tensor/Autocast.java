package org.zeuxis.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Runs convolutions and matrix products of this thread in bfloat16, losses and norms in float32, until closed. */
public final class Autocast implements AutoCloseable {
    private final boolean wasEnabled = torch.is_autocast_enabled(DeviceType.CPU);

    private Autocast(boolean enabled) {
        torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
        torch.set_autocast_enabled(DeviceType.CPU, enabled);
        torch.increment_nesting();
    }

    public static Autocast bfloat16() {
        return new Autocast(true);
    }

    /** In bfloat16 where {@link Engine#multipliesBfloat16 the processor multiplies it}, elsewhere all in float32. */
    public static Autocast fastest() {
        return new Autocast(Engine.multipliesBfloat16());
    }

    @Override
    public void close() {
        if (torch.decrement_nesting() == 0) torch.clear_cache();
        torch.set_autocast_enabled(DeviceType.CPU, wasEnabled);
    }
}
