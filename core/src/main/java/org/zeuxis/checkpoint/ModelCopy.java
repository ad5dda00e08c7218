package org.zeuxis.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.format.Onnx;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.file.AtomicFolder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Words;

/**
 * A model's folder again, its real numbers of another type. Its configurations say so; all else but safetensors is copied as
 * it is. Where there are none, but a {@code model.onnx} that PyTorch exported, that becomes {@code model.safetensors}.
 */
public final class ModelCopy {
    private static final String WEIGHTS = ".safetensors";
    private static final String EXPORTED = "model.onnx";
    private static final String SHARDED = ".safetensors.index.json";
    private static final String CONFIG = "config.json";
    private static final List<String> COPIED = List.of(".json", ".txt", ".model", ".md");

    /** What transformers calls the type of the weights, before its version 5 and from then on, at any depth. */
    private static final Pattern TYPE = Pattern.compile("(\"(?:torch_)?dtype\"\\s*:\\s*\")[^\"\\\\]*(?=\")");

    private ModelCopy() {}

    /** Hears of every file before it is copied; stops the copy by throwing, which leaves nothing. */
    public interface Progress {
        void begins(Path file);
    }

    /**
     * @param from a model or a pipeline
     * @param into appears complete; must not exist
     * @return bytes of the new weights
     * @throws IOException if there are no weights, they are sharded, a value does not fit, or the new folder exists
     */
    public static long of(Path from, Path into, DType type, Progress progress) throws IOException {
        ModelFolder.open(from);
        List<Path> files;
        try (Stream<Path> all = Files.walk(from, 2)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        boolean exported = files.stream().noneMatch(f -> f.toString().endsWith(WEIGHTS));
        if (exported && !files.contains(from.resolve(EXPORTED))) {
            throw new IOException(
                    from + ": expected a model with " + WEIGHTS + " files, or " + EXPORTED + ", got none");
        }
        for (Path file : files) {
            if (!file.toString().endsWith(SHARDED)) continue;
            throw new IOException(file + ": expected weights in one file, got several; their index would be wrong");
        }
        long[] bytes = new long[1];
        AtomicFolder.write(into, unfinished -> {
            for (Path file : files) {
                progress.begins(file);
                Path target = unfinished.resolve(from.relativize(file).toString());
                bytes[0] += exported && file.equals(from.resolve(EXPORTED))
                        ? convert(Onnx.open(file), file, target.resolveSibling("model" + WEIGHTS), type)
                        : copy(file, target, type);
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

    private static long copy(Path file, Path target, DType type) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(WEIGHTS)) return convert(Safetensors.open(file), file, target, type);
        if (COPIED.stream().noneMatch(name::endsWith)) return 0;
        byte[] content = Files.readAllBytes(file);
        if (name.equals(CONFIG)) {
            String text = new String(content, StandardCharsets.UTF_8);
            String said = TYPE.matcher(text).replaceAll("$1" + type.name().toLowerCase(Locale.ROOT));
            content = said.getBytes(StandardCharsets.UTF_8);
        }
        AtomicFile.write(target, content);
        return 0;
    }

    private static long convert(Weights opened, Path file, Path target, DType type) throws IOException {
        try (Weights weights = opened;
                Scope scope = new Scope()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            long bytes = 0;
            for (String name : weights.names()) {
                Tensor x = weights.tensor(name);
                Tensor y = x.dtype().isFloat() ? x.to(type) : x;
                if (y != x && y.count() > 0 && !y.allFinite()) expectRoom(file, name, x, y, type);
                tensors.put(name, y);
                bytes += y.count() * y.dtype().bytes();
            }
            SafetensorsWriter.write(target, tensors, weights.metadata());
            return bytes;
        }
    }

    /** What was infinite or no number before stays so; what is finite must not become infinite. */
    private static void expectRoom(Path file, String name, Tensor x, Tensor y, DType type) throws IOException {
        double largest = x.allFinite() ? x.abs().max() : largestLost(x.toFloats(), y.toFloats());
        if (largest == 0) return;
        throw new IOException(file + ": expected numbers that " + type.name().toLowerCase(Locale.ROOT)
                + " can hold, at most " + largest(type) + ", got one of magnitude " + (float) largest + " in "
                + Words.clean(name) + "; convert to " + (type == DType.FLOAT16 ? "bfloat16" : "float32")
                + ", or leave the model as it is");
    }

    private static double largestLost(float[] before, float[] after) {
        double largest = 0;
        for (int i = 0; i < before.length; i++) {
            if (Float.isFinite(before[i]) && !Float.isFinite(after[i])) {
                largest = Math.max(largest, Math.abs(before[i]));
            }
        }
        return largest;
    }

    private static float largest(DType type) {
        return switch (type) {
            case FLOAT16 -> 65504;
            case BFLOAT16 -> Float.intBitsToFloat(0x7f7f0000);
            default -> Float.MAX_VALUE;
        };
    }
}
