package org.zeuxis.app.dataset.concept;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.zeuxis.text.Words;

/** A folder of installed npm packages. */
public final class NodeModules {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<String> packages;

    /**
     * @param packages their names
     * @throws IOException if one is missing, naming all that are
     */
    public NodeModules(Path folder, List<String> packages) throws IOException {
        this.packages = List.copyOf(packages);
        Path nested = folder.resolve("node_modules");
        this.folder = Files.isDirectory(nested) ? nested : folder;
        List<String> missing = new ArrayList<>();
        for (String name : packages) {
            if (!Files.isRegularFile(this.folder.resolve(name).resolve("package.json"))) missing.add(name);
        }
        if (!missing.isEmpty()) {
            throw new IOException("expected npm packages in " + folder + ", it lacks " + String.join(", ", missing)
                    + "; install all with 'npm install --prefix " + prefix(folder) + " --no-save "
                    + String.join(" ", packages) + "'; the scripts in runs/ pin their versions");
        }
    }

    /** Where npm must be told to install, for the packages to come into {@code folder} or a node_modules in it. */
    private static Path prefix(Path folder) {
        if (!folder.endsWith("node_modules")) return folder;
        Path parent = folder.getParent();
        return parent == null ? Path.of(".") : parent;
    }

    /** Version by package name. */
    public Map<String, String> versions() throws IOException {
        Map<String, String> versions = new TreeMap<>();
        for (String name : packages) {
            versions.put(name, read(name, "package.json").path("version").asText());
        }
        return versions;
    }

    /** Whether a package has a file. */
    public boolean has(String packageName, String file) {
        return Files.isRegularFile(folder.resolve(packageName).resolve(file));
    }

    /** Reads one JSON file of a package. */
    public JsonNode read(String packageName, String file) throws IOException {
        Path path = folder.resolve(packageName).resolve(file);
        if (!Files.isRegularFile(path)) {
            throw new IOException("expected " + path + "; the package " + packageName + " is of another layout"
                    + ", install the version that runs/pictograms-data.sh or runs/icons-data.sh pins");
        }
        try {
            return JSON.readTree(path.toFile());
        } catch (JacksonException e) {
            throw broken(path, e.getOriginalMessage(), e);
        } catch (CharConversionException e) {
            throw broken(path, e.getMessage(), e);
        }
    }

    private static IOException broken(Path path, @Nullable String found, IOException e) {
        return new IOException(path + ": expected JSON, got " + Words.clean(found) + "; install the package again", e);
    }
}
