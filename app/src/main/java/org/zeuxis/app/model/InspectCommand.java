package org.zeuxis.app.model;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.zeuxis.app.terminal.LeftOut;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.TorchPickle;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.data.format.ImageFolder;
import org.zeuxis.hub.recognition.Recognition;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis inspect}: what a file or folder is, and what it holds. */
@Command(
        name = "inspect",
        description = "Tell what a file or folder is and what it holds.",
        mixinStandardHelpOptions = true)
public final class InspectCommand implements Callable<Integer> {
    private static final int MOST_LOOKED_AT = 100_000;
    /** To decode is a hundred times the work of looking for a caption. */
    private static final int MOST_DECODED = 2_000;

    private static final List<String> ARCHIVES = List.of(".pt", ".pth", ".bin", ".ckpt");
    private static final String PNG = ".png";
    private static final List<String> PICTURES = List.of(PNG, ".jpg", ".jpeg", ".webp");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "FILE|FOLDER",
            description =
                    "A safetensors file, a PyTorch archive, a picture, the folder of a model or pipeline, or a dataset.")
    private String location = "";

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (location.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "expected a file or folder, got an empty path; . is the current folder");
        }
        boolean pattern = location.contains("*") || location.contains("{");
        if (pattern) {
            dataset(out);
            return ExitCode.OK;
        }
        Path path = Path.of(location);
        if (!Files.exists(path)) {
            throw new IOException(path + ": expected a file or folder, got nothing; check the path");
        }
        if (!Files.isReadable(path)) {
            throw new IOException(path + ": expected to be allowed to read it; check its permissions");
        }
        if (!Files.isDirectory(path)) file(path, out);
        else if (ModelFolder.open(path).isPipeline()) pipeline(ModelFolder.open(path), out);
        else if (isModel(path)) model(ModelFolder.open(path), out);
        else dataset(out);
        out.flush();
        return ExitCode.OK;
    }

    private void file(Path path, PrintWriter out) throws IOException {
        String name = String.valueOf(path.getFileName());
        if (name.endsWith(".tar") || name.endsWith(".csv") || name.endsWith(".tsv") || name.endsWith(".jsonl")) {
            dataset(out);
            return;
        }
        if (PICTURES.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith)) {
            picture(path, out);
            return;
        }
        boolean archive = ARCHIVES.stream().anyMatch(name::endsWith);
        try (Weights weights = archive ? TorchPickle.open(path) : Safetensors.open(path)) {
            out.println(path
                    + (archive ? ": archive of torch.save, " : ": safetensors file, ")
                    + Recognition.of(path).words());
            weights.metadata().forEach((key, value) -> out.println(TensorTable.clean("  " + key + " = " + value)));
            TensorTable.of(weights).print(out, "  ");
        }
    }

    /** With what a PNG file says of itself: the request that drew it. */
    private static void picture(Path path, PrintWriter out) throws IOException {
        Image image = ImageFile.read(path);
        out.println(path + ": picture, " + image.width() + "x" + image.height());
        if (!path.toString().toLowerCase(Locale.ROOT).endsWith(PNG)) return;
        PngText.read(path).entries().forEach((key, text) -> {
            out.println("  " + key + ":");
            text.lines().map(TensorTable::clean).forEach(line -> out.println("    " + line));
        });
    }

    private static void model(ModelFolder folder, PrintWriter out) throws IOException {
        String type = folder.has("config.json") ? Recognition.of(folder.path()).words() : "weights without config.json";
        try (Weights weights = folder.weights()) {
            out.println(folder.path() + ": model folder, " + type);
            TensorTable.of(weights).print(out, "  ");
        }
    }

    private static void pipeline(ModelFolder folder, PrintWriter out) throws IOException {
        out.println(folder.path() + ": pipeline folder, "
                + Recognition.of(folder.path()).words());
        long parameters = 0;
        for (Map.Entry<String, String> part : folder.components().entrySet()) {
            ModelFolder inner = folder.component(part.getKey());
            out.println("  " + part.getKey() + ": " + part.getValue());
            if (!inner.has("config.json") || !isModel(inner.path())) continue;
            try (Weights weights = inner.weights()) {
                TensorTable table = TensorTable.of(weights);
                table.print(out, "    ");
                parameters += table.parameters();
            }
        }
        out.println("  together " + TensorTable.count(parameters) + " parameters");
    }

    private void dataset(PrintWriter out) throws IOException {
        Dataset dataset = DatasetLocation.open(location);
        List<Problem> problems = new ArrayList<>(dataset.problems());
        List<String> unreadable = new ArrayList<>();
        String first = "";
        int looked = Math.min(dataset.size(), MOST_LOOKED_AT);
        int captioned = 0;
        for (int i = 0; i < looked; i++) {
            List<String> captions = List.of();
            try {
                captions = dataset.captions(i);
                if (captions.isEmpty()) problems.add(new Problem(dataset.key(i), "has no caption"));
            } catch (IOException e) {
                problems.add(new Problem(dataset.key(i), String.valueOf(e.getMessage())));
                continue;
            }
            try {
                if (i < MOST_DECODED) {
                    CaptionedImage seen = dataset.get(i);
                    if (first.isEmpty()) first = line(seen);
                }
                if (!captions.isEmpty()) captioned++;
            } catch (IOException e) {
                unreadable.add(dataset.key(i));
                problems.add(new Problem(dataset.key(i), String.valueOf(e.getMessage())));
            }
        }
        out.println(location + ": dataset of " + counted(dataset.size() - unreadable.size(), looked, captioned));
        if (dataset instanceof ImageFolder folder && folder.labelledByFolders() && captioned > 0) {
            out.println("  captions: the names of the folders, as no caption file is beside a picture");
        }
        if (!first.isEmpty()) out.println(TensorTable.clean("  first: " + first));
        if (!unreadable.isEmpty()) {
            String of = dataset.size() > MOST_DECODED ? "the first " + MOST_DECODED : dataset.size() + " pictures";
            out.println("  " + LeftOut.line(of, "unreadable", unreadable));
        }
        Problem.counted(problems).forEach(line -> out.println("  left out: " + line));
        out.flush();
    }

    private static String line(CaptionedImage seen) {
        return seen.key() + ", " + seen.image().width() + "x" + seen.image().height() + ", " + seen.captions();
    }

    private static String counted(int pictures, int looked, int captioned) {
        if (captioned == pictures) return pictures + " captioned pictures";
        return pictures + " pictures, " + (captioned == 0 ? "none" : Integer.toString(captioned))
                + (looked < pictures ? " of the first " + looked : "") + " with a caption";
    }

    /** Pictures with a JSON file beside them are a dataset; this has weights, or a configuration that wants them. */
    private static boolean isModel(Path folder) throws IOException {
        if (Files.exists(folder.resolve("config.json"))) return true;
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString)
                    .anyMatch(name -> name.endsWith(".safetensors") || name.endsWith(".safetensors.index.json"));
        }
    }
}
