package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the weights of a model's folder among the names the world gives them; tells what a file is by how it begins. */
public final class WeightsFile {
    private static final List<String> STEMS = List.of("diffusion_pytorch_model", "model");
    /** Of PyTorch's pickles, which are read but never run. */
    private static final List<String> PICKLE_STEMS = List.of("diffusion_pytorch_model", "pytorch_model");

    private static final List<String> VARIANTS = List.of("", ".fp16", ".bf16");
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");
    private static final List<String> FOREIGN = List.of(".msgpack", ".h5", ".onnx", ".gguf", ".tflite");

    private WeightsFile() {}

    /**
     * Opens one file of weights.
     *
     * @throws IOException if it is neither PyTorch's archive nor safetensors, or is damaged
     */
    public static Weights of(Path file) throws IOException {
        return isArchive(file) ? TorchPickle.open(file) : Safetensors.open(file);
    }

    /** Whether the file is a ZIP archive, as PyTorch writes. */
    public static boolean isArchive(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": expected a file of weights, got a folder; download it again");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(2), new byte[] {'P', 'K'});
        }
    }

    /** The file of a folder whose name begins so, the first of several; null if there is none, or no folder. */
    public static @Nullable Path beginning(Path folder, String start) throws IOException {
        if (!Files.isDirectory(folder)) return null;
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith(start))
                    .sorted()
                    .findFirst()
                    .orElse(null);
        }
    }

    public static Weights open(Path folder) throws IOException {
        Weights safetensors = usual(folder, STEMS, ".safetensors");
        if (safetensors != null) return safetensors;
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
        List<String> others = ending(names, List.of(".safetensors"));
        if (others.size() == 1) return Safetensors.open(folder.resolve(others.get(0)));
        Weights pickle = others.isEmpty() ? usual(folder, PICKLE_STEMS, ".bin") : null;
        if (pickle != null) return pickle;
        throw new IOException(folder + ": expected model.safetensors or diffusion_pytorch_model.safetensors, got "
                + found(names, others));
    }

    /** Whole or in shards, the plain ones first; null if there are none. */
    private static @Nullable Weights usual(Path folder, List<String> stems, String end) throws IOException {
        for (String variant : VARIANTS) {
            for (String stem : stems) {
                Path whole = folder.resolve(stem + variant + end);
                if (Files.exists(whole)) return of(whole);
                for (String index : List.of(end + ".index" + variant + ".json", variant + end + ".index.json")) {
                    Path sharded = folder.resolve(stem + index);
                    if (Files.exists(sharded)) return ShardedWeights.open(sharded);
                }
            }
        }
        return null;
    }

    private static String found(List<String> names, List<String> safetensors) {
        if (safetensors.stream().anyMatch(name -> name.matches(".*-\\d{5}-of-\\d{5}\\.safetensors"))) {
            return safetensors.get(0) + " and others without their index; download the .safetensors.index.json too";
        }
        if (!safetensors.isEmpty()) return String.join(", ", safetensors) + "; open the one you mean with Safetensors";
        List<String> pickles = ending(names, PICKLES);
        if (!pickles.isEmpty()) {
            return pickles.get(0) + " only, a pickle, which is not opened unasked; take a revision with safetensors,"
                    + " read it with TorchPickle, or " + FileKind.CONVERT;
        }
        List<String> foreign = ending(names, FOREIGN);
        if (!foreign.isEmpty()) return foreign.get(0) + " only; take a revision with safetensors";
        return "no weights; download them into this folder, or pass the folder of the component";
    }

    private static List<String> ending(List<String> names, List<String> ends) {
        return names.stream()
                .filter(name -> ends.stream().anyMatch(name::endsWith))
                .toList();
    }
}
