package org.zeuxis.app.model;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.checkpoint.ModelCopy;
import org.zeuxis.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis convert}: a model's folder again, with weights of another type. */
@Command(
        name = "convert",
        description = "Copy a model folder with its weights in another type, such as bfloat16 at half the size.",
        mixinStandardHelpOptions = true)
public final class ConvertCommand implements Callable<Integer> {
    private static final Map<String, DType> TYPES =
            Map.of("float32", DType.FLOAT32, "float16", DType.FLOAT16, "bfloat16", DType.BFLOAT16);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FOLDER", description = "A model, or a pipeline of several.")
    private Path from = Path.of("");

    @Parameters(index = "1", paramLabel = "INTO", description = "The new folder, which must not exist.")
    private Path into = Path.of("");

    @Option(names = "--dtype", paramLabel = "TYPE", required = true, description = "float32, float16 or bfloat16.")
    private String dtype = "";

    @Override
    public Integer call() throws IOException {
        DType type = TYPES.get(dtype);
        if (type == null) {
            throw new ParameterException(
                    spec.commandLine(), "--dtype: expected float32, float16 or bfloat16, got " + dtype);
        }
        long bytes;
        try (Interruption interruption = new Interruption()) {
            bytes = ModelCopy.of(from, into, type, file -> {
                if (interruption.wanted()) throw new CancellationException("stopped; " + into + " was not made");
            });
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%s (%.1f MB of weights)%n", into, bytes / 1e6);
        out.flush();
        return ExitCode.OK;
    }
}
