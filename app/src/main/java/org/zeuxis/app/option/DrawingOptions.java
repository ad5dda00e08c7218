package org.zeuxis.app.option;

import java.util.List;
import org.zeuxis.models.ImageRequest;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --steps} and {@code --guidance}: how the stages of a model sample, as far as it is said. */
public final class DrawingOptions {
    private static final int MOST_STEPS = 1000;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--steps",
            paramLabel = "N",
            split = ",",
            converter = StageNumber.Reader.class,
            description = "Sampling steps, of a model with several stages also stage by stage, as in"
                    + " 25,prior=64,upsampler256=27 (default: the model's own, 20 for latent diffusion).")
    private List<StageNumber> steps = List.of();

    @Option(
            names = "--guidance",
            paramLabel = "G",
            split = ",",
            converter = StageNumber.Reader.class,
            description =
                    "Guidance scale: how closely to follow the prompt; stage by stage as with --steps (default: the model's own, 5 for"
                            + " latent diffusion).")
    private List<StageNumber> guidance = List.of();

    /** What is given here, and all else as {@code base} has it. */
    public ImageRequest over(ImageRequest base) {
        ImageRequest request = base;
        try {
            for (StageNumber each : steps) {
                String stage = each.stage();
                request = request.with(stage, request.sampling(stage).withSteps(steps(each.number())));
            }
            for (StageNumber each : guidance) {
                String stage = each.stage();
                request = request.with(stage, request.sampling(stage).withGuidance(each.number()));
            }
            return request;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static int steps(double number) {
        if (number != Math.rint(number)) {
            throw new IllegalArgumentException("--steps: expected a whole number, got " + number);
        }
        if (number > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "--steps: expected 1 to " + MOST_STEPS + ", got " + (long) number + "; 20 is usual");
        }
        return (int) number;
    }
}
