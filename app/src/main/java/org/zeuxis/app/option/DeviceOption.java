package org.zeuxis.app.option;

import org.zeuxis.tensor.Device;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command computes. */
public final class DeviceOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu, cuda, or a number as in cuda:1 (default: cpu).")
    private String device = Device.CPU.toString();

    /** Makes everything from now on there. */
    public void use() {
        use(spec);
    }

    /** The same for a mixin of a mixin, which does not know the command. */
    public void use(CommandSpec spec) {
        try {
            Device.use(Device.named(device));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--device: " + e.getMessage(), e);
        }
    }
}
