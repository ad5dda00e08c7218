package org.zeuxis.tensor;

import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Where a tensor lives: the CPU, or a CUDA device when the {@code -gpu} natives are on the class path.
 *
 * @param index which CUDA device; −1 for the CPU
 */
public record Device(int index) {
    public static final Device CPU = new Device(-1);

    public static Device cuda(int index) {
        if (index < 0) throw new IllegalArgumentException("expected a CUDA device of at least 0, got " + index);
        return new Device(index);
    }

    org.bytedeco.pytorch.Device raw() {
        return index < 0
                ? new org.bytedeco.pytorch.Device(DeviceType.CPU)
                : new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) index);
    }

    @Override
    public String toString() {
        return index < 0 ? "cpu" : "cuda:" + index;
    }
}
