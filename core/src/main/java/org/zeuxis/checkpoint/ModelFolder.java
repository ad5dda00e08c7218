package org.zeuxis.checkpoint;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.format.Rounding;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.ShardedWeights;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.machine.CacheFolder;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Words;

/**
 * A model as the world keeps it: a folder with {@code config.json} and weights (transformers), or one such folder per
 * component beside {@code model_index.json} (diffusers).
 */
public final class ModelFolder {
    private static final String INDEX = "model_index.json";
    private static final String CONFIG = "config.json";

    /** Which library reads the folder back in Python; they differ in how they call the weights. */
    public enum Layout {
        DIFFUSERS("diffusion_pytorch_model"),
        TRANSFORMERS("model");

        private final String stem;

        Layout(String stem) {
            this.stem = stem;
        }
    }

    private final Path folder;

    private ModelFolder(Path folder) {
        this.folder = folder;
    }

    /** Whether there is a file where a folder may be: a checkpoint that is one file. */
    public static boolean isFile(Path place) {
        return Files.isRegularFile(place);
    }

    /** @throws FileAlreadyExistsException if there is something where a model is to be written */
    public static void expectNew(Path place) throws FileAlreadyExistsException {
        if (Files.exists(place)) throw new FileAlreadyExistsException(place.toString());
    }

    /** @throws IOException if there is no such folder */
    public static ModelFolder open(Path folder) throws IOException {
        if (Files.isDirectory(folder)) return new ModelFolder(folder);
        throw new IOException(folder + ": expected a model's folder, got "
                + (Files.exists(folder) ? "a file; pass the folder that holds it" : "nothing; check the path"));
    }

    /**
     * A folder that ships inside a jar, unpacked once per version into {@link CacheFolder}.
     *
     * @param anchor a class in the same jar
     * @param name absolute, such as {@code /org/zeuxis/pictograms/model}
     * @throws IOException if the class path has no such folder or it cannot be unpacked
     */
    public static ModelFolder onClassPath(Class<?> anchor, String name) throws IOException {
        return onClassPath(anchor, name, CacheFolder.path());
    }

    /** The same, unpacked into {@code cache}. */
    public static ModelFolder onClassPath(Class<?> anchor, String name, Path cache) throws IOException {
        return open(ResourceFolder.unpacked(anchor, name, cache));
    }

    /** What opens a model. */
    @FunctionalInterface
    public interface Opening<M> {
        M open() throws IOException;
    }

    /**
     * Opens a model; what its parts say against the numbers of its configuration is told with its name.
     *
     * @throws IOException if it cannot be opened, in one line
     */
    public static <M> M opened(Path path, Opening<M> opening) throws IOException {
        try {
            return opening.open();
        } catch (ConfigException e) {
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            String message = String.valueOf(e.getMessage());
            if (message.startsWith(path.toString())) throw e;
            throw new IOException(
                    path + ": expected a configuration whose sizes fit one another, but: " + Words.clean(message), e);
        }
    }

    public Path path() {
        return folder;
    }

    /** What pictures say drew them: the folder's own name. */
    public String name() {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "model" : name.toString();
    }

    /** The path of a file in this folder, there or not; {@code name} may lead through subfolders. */
    public Path file(String name) {
        Path root = folder.toAbsolutePath().normalize();
        Path file = root.resolve(name).normalize();
        if (!file.startsWith(root) || file.equals(root)) {
            throw new IllegalArgumentException(folder + ": expected a name within the folder, got " + name);
        }
        return folder.resolve(name).normalize();
    }

    public boolean has(String name) {
        return Files.exists(file(name));
    }

    /** Whether this holds components rather than one model. */
    public boolean isPipeline() {
        return has(INDEX);
    }

    /** {@code config.json}. */
    public Config config() throws IOException {
        return Config.read(file(CONFIG));
    }

    /** Another configuration, such as {@code scheduler_config.json}. */
    public Config config(String name) throws IOException {
        return Config.read(file(name));
    }

    /** {@code model_index.json}. */
    public Config index() throws IOException {
        return Config.read(file(INDEX));
    }

    /**
     * The name of the Python class this belongs to: {@code _class_name} of the index or configuration, or else the first
     * of its {@code architectures}.
     *
     * @throws ConfigException if neither says
     */
    public String className() throws IOException {
        if (isPipeline()) return index().text("_class_name");
        Config config = config();
        if (config.has("_class_name")) return config.text("_class_name");
        List<String> architectures = config.texts("architectures", List.of());
        return architectures.isEmpty() ? config.text("_class_name") : architectures.get(0);
    }

    /** The components the index names, each with the name of its Python class; absent ones are left out. */
    public Map<String, String> components() throws IOException {
        Config index = index();
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : index.keys()) {
            if (name.startsWith("_")
                    || !index.isList(name)
                    || index.literal(name).equals("[null,null]")) continue;
            List<String> libraryAndClass = index.texts(name);
            if (libraryAndClass.size() == 2) all.put(name, libraryAndClass.get(1));
        }
        return all;
    }

    /** @throws IOException if there is no subfolder of this name */
    public ModelFolder component(String name) throws IOException {
        return open(file(name));
    }

    /** Its subfolders whose names begin so, by name. */
    public List<ModelFolder> components(String beginning) throws IOException {
        List<Path> found;
        try (Stream<Path> inside = Files.list(folder)) {
            found = inside.filter(Files::isDirectory)
                    .filter(path -> String.valueOf(path.getFileName()).startsWith(beginning))
                    .sorted()
                    .toList();
        }
        List<ModelFolder> all = new ArrayList<>();
        for (Path path : found) all.add(open(path));
        return all;
    }

    /**
     * The weights: {@code diffusion_pytorch_model.safetensors} or {@code model.safetensors}, whole or sharded, else the fp16
     * or bf16 variant, else the only safetensors file there is, else {@code diffusion_pytorch_model.bin} or
     * {@code pytorch_model.bin} in the same ways, pickles of which nothing is run.
     *
     * @throws IOException if there are none, more than one, or only others
     */
    public Weights weights() throws IOException {
        return WeightsFile.open(folder);
    }

    /**
     * Writes configuration and weights as Python's {@code from_pretrained} expects them.
     *
     * @param folder made if need be
     * @param tensors by the keys they get
     */
    public static void save(Path folder, Layout layout, ConfigWriter config, Map<String, Tensor> tensors)
            throws IOException {
        save(folder, layout, config, tensors, Long.MAX_VALUE);
    }

    /**
     * The same with real numbers rounded.
     *
     * @throws IOException if a type cannot hold a number, too
     */
    public static void save(
            Path folder, Layout layout, ConfigWriter config, Map<String, Tensor> tensors, Rounding rounding)
            throws IOException {
        SafetensorsWriter.write(
                folder.resolve(layout.stem + ".safetensors"), tensors, Map.of("format", "pt"), rounding);
        config.write(folder.resolve(CONFIG));
    }

    /**
     * The same in several files.
     *
     * @param mostBytes of tensors in one file
     */
    public static void save(
            Path folder, Layout layout, ConfigWriter config, Map<String, Tensor> tensors, long mostBytes)
            throws IOException {
        ShardedWeights.write(folder, layout.stem, tensors, Map.of("format", "pt"), mostBytes);
        config.write(folder.resolve(CONFIG));
    }

    /** Writes {@code model_index.json}. */
    public static void saveIndex(Path folder, ConfigWriter index) throws IOException {
        index.write(folder.resolve(INDEX));
    }
}
