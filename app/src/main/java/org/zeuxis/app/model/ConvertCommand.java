package org.zeuxis.app.model;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.PredictionOption;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.checkpoint.ModelCopy;
import org.zeuxis.checkpoint.format.CopyProgress;
import org.zeuxis.hub.Models;
import org.zeuxis.models.latentdiffusion.FileChoice;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.LatentUpscaler;
import org.zeuxis.models.latentdiffusion.StableDiffusionCopy;
import org.zeuxis.models.latentdiffusion.UNetWeights;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis convert}: a model again, with weights of another type, or a Stable Diffusion in its other layout. */
@Command(
        name = "convert",
        description =
                "Copy a model with its weights in another type, such as bfloat16 at half the size; a Stable Diffusion"
                        + " 1.x or 2.x, or the upscaler of it, also from a folder into one file, and back.",
        mixinStandardHelpOptions = true)
public final class ConvertCommand implements Callable<Integer> {
    private static final Map<String, DType> TYPES =
            Map.of("float32", DType.FLOAT32, "float16", DType.FLOAT16, "bfloat16", DType.BFLOAT16);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "FROM",
            description = "The folder of a model or of a pipeline of several, or a Stable Diffusion in one file.")
    private Path from = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "INTO",
            description =
                    "The new folder, or a .safetensors file in the layout of Stable Diffusion's release; it must not"
                            + " exist.")
    private Path into = Path.of("");

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "float32, float16 or bfloat16 (default: as the weights are).")
    private @Nullable String dtype;

    @Option(
            names = "--ema",
            description =
                    "Of a Stable Diffusion in one file, take the averaged weights of the U-Net (EMA) instead of the"
                            + " plain ones.")
    private boolean averaged;

    @Mixin
    private PredictionOption prediction = new PredictionOption();

    @Override
    public Integer call() throws IOException {
        DType type = dtype == null ? null : TYPES.get(dtype);
        if (dtype != null && type == null) {
            throw new ParameterException(
                    spec.commandLine(), "--dtype: expected float32, float16 or bfloat16, got " + dtype);
        }
        if (!Files.exists(from)) throw new NoSuchFileException(from.toString());
        long bytes;
        try (Interruption interruption = new Interruption()) {
            CopyProgress progress = name -> {
                if (interruption.wanted()) throw new CancellationException("stopped; " + into + " was not made");
            };
            FileChoice choice = FileChoice.USUAL
                    .with(averaged ? UNetWeights.AVERAGED : UNetWeights.PLAIN)
                    .predicting(prediction.said());
            boolean folders = Files.isDirectory(from) && !StableDiffusionCopy.isFileName(into);
            bytes = folders && choice.equals(FileChoice.USUAL)
                    ? ModelCopy.of(from, into, type, progress)
                    : ofStableDiffusion(type, choice, progress);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%s (%.1f MB of weights)%n", into, bytes / 1e6);
        out.flush();
        return ExitCode.OK;
    }

    private long ofStableDiffusion(@Nullable DType type, FileChoice choice, CopyProgress progress) throws IOException {
        Class<? extends AutoCloseable> kind =
                Models.isA(from, LatentUpscaler.class) ? LatentUpscaler.class : LatentDiffusion.class;
        Path found = Models.standard().find(from.toString(), kind).path();
        return StableDiffusionCopy.of(found, into, type, choice, progress);
    }
}
