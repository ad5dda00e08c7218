package org.zeuxis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A golden folder copied, so that a test may change it before the product opens it. */
public final class FolderCopy {
    private static final ObjectMapper JSON = new ObjectMapper();

    private FolderCopy() {}

    /** @return {@code to}, with everything that is in {@code from} */
    public static Path of(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(copy);
                else Files.copy(file, copy);
            }
        }
        return to;
    }

    /** Sets one key of a JSON file, or removes it where {@code json} is empty; {@code key} may lead inside by slashes. */
    public static void set(Path file, String key, String json) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(file.toFile());
        int slash = key.lastIndexOf('/');
        JsonNode parent = slash < 0 ? root : root.at("/" + key.substring(0, slash));
        if (json.isEmpty()) ((ObjectNode) parent).remove(key.substring(slash + 1));
        else ((ObjectNode) parent).set(key.substring(slash + 1), JSON.readTree(json));
        JSON.writeValue(file.toFile(), root);
    }
}
