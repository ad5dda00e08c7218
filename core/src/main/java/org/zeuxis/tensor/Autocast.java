package org.zeuxis.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Runs convolutions and matrix products of this thread in bfloat16, losses and norms in float32, until closed. */
public final class Autocast implements AutoCloseable {
    private final DeviceType device = Device.current().type();
    private final boolean wasEnabled = torch.is_autocast_enabled(device);

    private Autocast(boolean enabled) {
        torch.set_autocast_dtype(device, ScalarType.BFloat16);
        torch.set_autocast_enabled(device, enabled);
        torch.increment_nesting();
    }

    /** Whether one is at work on this thread. */
    static boolean isOn() {
        return torch.is_autocast_enabled(Device.current().type());
    }

    public static Autocast bfloat16() {
        return new Autocast(true);
    }

    /** In bfloat16 where {@link Engine#multipliesBfloat16 the device multiplies it}, elsewhere all in float32. */
    public static Autocast fastest() {
        return new Autocast(Engine.multipliesBfloat16());
    }

    @Override
    public void close() {
        if (torch.decrement_nesting() == 0) torch.clear_cache();
        torch.set_autocast_enabled(device, wasEnabled);
    }
}
