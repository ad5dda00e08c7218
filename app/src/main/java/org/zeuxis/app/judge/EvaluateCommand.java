package org.zeuxis.app.judge;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code zeuxis evaluate}: judges models, in numbers. */
@Command(
        name = "evaluate",
        description = "Measure how well a model does.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ZeroShotCommand.class,
            RetrievalCommand.class,
            SimilarityCommand.class,
            ProbeCommand.class,
            ShiftCommand.class,
            ScenesCommand.class,
            FewShotCommand.class,
            QuestionsCommand.class,
            RecognitionCommand.class,
            NeighboursCommand.class,
            PriorsCommand.class,
            GuidanceCommand.class,
            FidCommand.class,
            ClipScoreCommand.class
        })
public final class EvaluateCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "expected what to judge, such as 'evaluate zero-shot DATASET'");
    }
}
