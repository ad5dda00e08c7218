package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.Safetensors;
import org.zeuxis.checkpoint.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis inspect}: what a file or folder of weights holds. */
@Command(name = "inspect", description = "Say what a file or folder of weights holds.", mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE|FOLDER", description = "A safetensors file, a model's folder or a pipeline's.")
    private Path path = Path.of("");

    @Override
    public Integer call() throws IOException {
        if (!Files.exists(path))
            throw new IOException(path + ": expected a file or folder, got nothing; check the path");
        if (!Files.isDirectory(path)) {
            try (Safetensors file = Safetensors.open(path)) {
                tell(file);
            }
            return 0;
        }
        ModelFolder folder = ModelFolder.open(path);
        if (!folder.isPipeline()) {
            tell(folder);
            return 0;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(path + ": pipeline " + folder.className());
        for (Map.Entry<String, String> part : folder.components().entrySet()) {
            out.println(part.getKey() + ": " + part.getValue());
            ModelFolder inner = folder.component(part.getKey());
            if (inner.has("config.json")) tell(inner);
        }
        return 0;
    }

    private void tell(ModelFolder folder) throws IOException {
        try (Weights weights = folder.weights()) {
            tell(weights);
        }
    }

    private void tell(Weights weights) {
        PrintWriter out = spec.commandLine().getOut();
        long parameters = 0;
        for (String name : new TreeSet<>(weights.names())) {
            long[] shape = weights.shape(name);
            parameters += Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            out.println("  " + name + " " + weights.dtype(name) + " " + Arrays.toString(shape));
        }
        out.println("  " + weights.names().size() + " tensors, " + parameters + " parameters");
    }
}
