package org.zeuxis.app.drawbench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code zeuxis drawbench}: which of two models people prefer. */
@Command(
        name = "drawbench",
        description = "Compare two text-to-image models as DrawBench does: draw, have people rate, report.",
        mixinStandardHelpOptions = true,
        subcommands = {DrawBenchRunCommand.class, DrawBenchRateCommand.class, DrawBenchReportCommand.class})
public final class DrawBenchCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "expected run, rate or report, such as 'drawbench run --model A --model B'");
    }
}
