package org.zeuxis.hub.client;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A file of a model as the hub describes it.
 *
 * @param path within the model, its folders separated by {@code /}
 */
public record RemoteFile(String path, ContentHash hash, long size) {
    private static final int LONGEST_PART = 255;
    private static final int LONGEST_PATH = 1024;

    /**
     * Refuses names that could lead out of the model's folder or that some system cannot give to a file.
     *
     * @throws HubException by the name
     */
    public static void expectInside(String model, List<String> paths) throws HubException {
        Set<String> folders = new HashSet<>();
        for (String path : paths) {
            if (!isPlain(path)) throw wrong(model, path);
            for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
                folders.add(path.substring(0, at));
        }
        for (String path : paths) {
            if (folders.contains(path)) throw wrong(model, path + " and files in it");
        }
    }

    private static HubException wrong(String model, String got) {
        return new HubException(model + ": expected names of files within the model, got \"" + OneLine.of(got)
                + "\"; do not trust this model, and report it to the hub");
    }

    private static boolean isPlain(String path) {
        if (path.isEmpty() || path.codePoints().anyMatch(RemoteFile::isOdd)) return false;
        int length = 0;
        for (String part : path.split("/", -1)) {
            // Windows drops dots and blanks at the end of a name
            if (part.isEmpty() || part.endsWith(".") || part.endsWith(" ")) return false;
            int bytes = part.getBytes(StandardCharsets.UTF_8).length;
            length += bytes + 1;
            if (bytes > LONGEST_PART || length > LONGEST_PATH) return false;
        }
        try {
            // where the locale is not UTF-8 a system may have no such letters
            return !Path.of(path).isAbsolute();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Unseen ones, halves of pairs, and those that mean something to some system. */
    private static boolean isOdd(int c) {
        int type = Character.getType(c);
        return c == '\\'
                || c == ':'
                || type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE;
    }
}
