package org.zeuxis.app.option;

import org.jspecify.annotations.Nullable;
import org.zeuxis.models.ImageRequest;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --steps} and {@code --guidance}: how the main stage of a model samples, as far as it is said. */
public final class DrawingOptions {
    private static final int MOST_STEPS = 1000;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Sampling steps (default: the model's own, 20 for latent diffusion).")
    private @Nullable Integer steps;

    @Option(
            names = "--guidance",
            paramLabel = "G",
            description =
                    "Guidance scale: how closely to follow the prompt (default: the model's own, 5 for latent diffusion).")
    private @Nullable Double guidance;

    /** What is given here, and all else as {@code base} has it. */
    public ImageRequest over(ImageRequest base) {
        if (steps != null && steps > MOST_STEPS) {
            throw new ParameterException(
                    spec.commandLine(), "--steps: expected 1 to " + MOST_STEPS + ", got " + steps + "; 20 is usual");
        }
        try {
            ImageRequest request = steps == null ? base : base.withSteps(steps);
            return guidance == null ? request : request.withGuidance(guidance);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
