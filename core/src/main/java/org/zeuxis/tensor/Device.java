package org.zeuxis.tensor;

import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Where a tensor lives: the CPU, or a CUDA device when the {@code -gpu} natives are on the class path.
 *
 * @param index which CUDA device; −1 for the CPU
 */
public record Device(int index) {
    public static final Device CPU = new Device(-1);

    private static volatile Device current = CPU;

    /** The CUDA device of a number, from 0. */
    public static Device cuda(int index) {
        if (index < 0) throw new IllegalArgumentException("expected a CUDA device of at least 0, got " + index);
        return new Device(index);
    }

    /**
     * By its name: {@code cpu}, {@code cuda} or {@code cuda:1}.
     *
     * @throws IllegalArgumentException if that is no name of a device
     */
    public static Device named(String name) {
        if (name.equals("cpu")) return CPU;
        if (name.equals("cuda")) return cuda(0);
        if (name.matches("cuda:\\d{1,3}")) return cuda(Integer.parseInt(name.substring(5)));
        throw new IllegalArgumentException("expected cpu, cuda or a number as in cuda:1, got " + name);
    }

    /** Where new tensors, and so models, are made. */
    public static Device current() {
        return current;
    }

    /**
     * Makes new tensors there from now on, in every thread. Seeds draw the same numbers on every device.
     *
     * @throws IllegalArgumentException if LibTorch does not find that device
     */
    public static void use(Device device) {
        if (device.isCuda()) prepare(device);
        current = device;
    }

    private static void prepare(Device device) {
        int found = Engine.cudaDevices();
        if (device.index >= found) {
            throw new IllegalArgumentException("expected a device that LibTorch finds, got " + device + " of " + found
                    + " CUDA devices; docs/library.md says how to run on one");
        }
        // the first convolution of a shape tries all kernels that can do it
        torch.globalContext().setBenchmarkCuDNN(true);
    }

    boolean isCuda() {
        return index >= 0;
    }

    DeviceType type() {
        return isCuda() ? DeviceType.CUDA : DeviceType.CPU;
    }

    org.bytedeco.pytorch.Device raw() {
        return new org.bytedeco.pytorch.Device(type(), (byte) index);
    }

    /** What makes a tensor of a type here. */
    TensorOptions holding(DType type) {
        return new TensorOptions(type.raw).device(new DeviceOptional(raw()));
    }

    @Override
    public String toString() {
        return isCuda() ? "cuda:" + index : "cpu";
    }
}
