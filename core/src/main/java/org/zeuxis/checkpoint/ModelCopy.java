package org.zeuxis.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.format.CopyProgress;
import org.zeuxis.checkpoint.format.Onnx;
import org.zeuxis.checkpoint.format.Rounding;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.ShardedWeights;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.file.AtomicFolder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * A model's folder again, with all folders within it, its real numbers of another type. Its configurations say so; all else but
 * weights is copied as it is. The new weights are safetensors in one file, whether they were that, several files beside their
 * index, PyTorch's pickles of which nothing is run, or a {@code model.onnx} that PyTorch exported.
 */
public final class ModelCopy {
    private static final String WEIGHTS = ".safetensors";
    private static final String EXPORTED = "model.onnx";
    private static final String CONFIG = "config.json";
    private static final List<String> COPIED = List.of(".json", ".txt", ".model", ".md");

    private static final Pattern INDEX = Pattern.compile("(.+)\\.safetensors\\.index(\\.\\w+)?\\.json");
    private static final Pattern SHARD = Pattern.compile(".*-\\d{5}-of-\\d{5}\\.safetensors");
    private static final Pattern PICKLE = Pattern.compile("(?:(diffusion_)?pytorch_model)(\\.\\w+)?\\.bin");

    /** What transformers calls the type of the weights, before its version 5 and from then on, at any depth. */
    private static final Pattern TYPE = Pattern.compile("(\"(?:torch_)?dtype\"\\s*:\\s*\")[^\"\\\\]*(?=\")");

    private ModelCopy() {}

    /**
     * @param from a model or a pipeline
     * @param into appears complete; must not exist
     * @param type null if numbers stay as they are
     * @return bytes of the new weights
     * @throws IOException if there are no weights, a value does not fit, or the new folder exists
     */
    public static long of(Path from, Path into, @Nullable DType type, CopyProgress progress) throws IOException {
        ModelFolder.open(from);
        List<Path> files;
        try (Stream<Path> all = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        Map<Path, String> weights = weights(from, files);
        if (weights.isEmpty()) {
            throw new IOException(from + ": expected a model with " + WEIGHTS + " files, pytorch_model.bin, or "
                    + EXPORTED + ", got none");
        }
        long[] bytes = new long[1];
        AtomicFolder.write(into, unfinished -> {
            for (Path file : files) {
                Path target = unfinished.resolve(from.relativize(file).toString());
                String named = weights.get(file);
                if (named == null && COPIED.stream().noneMatch(file.toString()::endsWith)) continue;
                progress.begins(file.toString());
                if (named == null) copy(file, target, type);
                else
                    bytes[0] +=
                            convert(file, target.resolveSibling(named), new Rounding(file.toString(), type, progress));
            }
        });
        return bytes[0];
    }

    /** The files of a model's folder as they are, those in folders within it apart; what was there of their names is replaced. */
    public static void unchanged(Path from, Path into) throws IOException {
        Files.createDirectories(into);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, into.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** What weights are opened by, with the names that the new ones get. */
    private static Map<Path, String> weights(Path from, List<Path> files) {
        Map<Path, String> all = new LinkedHashMap<>();
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            Matcher index = INDEX.matcher(name);
            if (index.matches()) all.put(file, index.group(1) + or(index.group(2)) + WEIGHTS);
            else if (name.endsWith(WEIGHTS)) all.put(file, name);
        }
        List<Path> sharded = all.keySet().stream()
                .filter(file -> file.toString().endsWith(".json"))
                .map(Path::getParent)
                .toList();
        all.keySet().removeIf(file -> SHARD.matcher(file.toString()).matches() && sharded.contains(file.getParent()));
        List<Path> done = all.keySet().stream().map(Path::getParent).toList();
        for (Path file : files) {
            Matcher pickle = PICKLE.matcher(String.valueOf(file.getFileName()));
            if (!pickle.matches() || done.contains(file.getParent())) continue;
            all.put(
                    file,
                    or(pickle.group(1)) + (pickle.group(1) == null ? "" : "pytorch_") + "model" + or(pickle.group(2))
                            + WEIGHTS);
        }
        Path exported = from.resolve(EXPORTED);
        if (all.isEmpty() && files.contains(exported)) all.put(exported, "model" + WEIGHTS);
        return all;
    }

    private static String or(@Nullable String group) {
        return group == null ? "" : group;
    }

    private static void copy(Path file, Path target, @Nullable DType type) throws IOException {
        byte[] content = Files.readAllBytes(file);
        if (type != null && String.valueOf(file.getFileName()).equals(CONFIG)) {
            String text = new String(content, StandardCharsets.UTF_8);
            content = TYPE.matcher(text).replaceAll("$1" + type.label()).getBytes(StandardCharsets.UTF_8);
        }
        AtomicFile.write(target, content);
    }

    private static long convert(Path file, Path target, Rounding rounding) throws IOException {
        String name = file.toString();
        try (Weights weights = name.endsWith(".json")
                        ? ShardedWeights.open(file)
                        : name.endsWith(EXPORTED) ? Onnx.open(file) : WeightsFile.of(file);
                Scope scope = new Scope()) {
            boolean noted = name.endsWith(WEIGHTS) || name.endsWith(EXPORTED);
            Map<String, Tensor> tensors = weights.tensors();
            SafetensorsWriter.write(target, tensors, noted ? weights.metadata() : Map.of("format", "pt"), rounding);
            return rounding.bytes(tensors.values());
        }
    }
}
