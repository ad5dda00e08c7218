package org.zeuxis.app.judge;

import org.zeuxis.eval.LinearProbe;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How strongly the weights of a linear probe are held small. */
final class WeightPenalty {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--l2",
            paramLabel = "L",
            description = "L2 penalty of the linear classifier's weights, over 0 (default: " + LinearProbe.L2 + ").")
    private double l2 = LinearProbe.L2;

    /** @throws ParameterException if it is not over 0 */
    double l2() {
        if (!(l2 > 0)) throw new ParameterException(spec.commandLine(), "--l2: expected over 0, got " + l2);
        return l2;
    }
}
