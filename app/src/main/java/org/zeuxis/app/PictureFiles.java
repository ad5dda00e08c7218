package org.zeuxis.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where pictures go, settled before anything is drawn. */
final class PictureFiles {
    private static final String PNG = ".png";
    private static final int LONGEST_NAME = 48;

    private PictureFiles() {}

    /**
     * One path per picture; files that are there already are replaced.
     *
     * @param output a file to be, a folder, or null for the current one; in a folder the prompt and seed make the name
     * @throws IOException if pictures cannot be written there
     */
    static List<Path> choose(@Nullable Path output, String prompt, long seed, int count) throws IOException {
        List<Path> files = new ArrayList<>();
        if (output == null || Files.isDirectory(output)) {
            Path folder = output == null ? Path.of("") : output;
            writable(folder);
            for (int i = 0; i < count; i++) files.add(folder.resolve(named(prompt) + "-" + (seed + i) + PNG));
            return files;
        }
        String name = String.valueOf(output.getFileName());
        if (!name.toLowerCase(Locale.ROOT).endsWith(PNG) || name.length() == PNG.length()) {
            throw new IOException("-o " + output + ": expected a name that ends in .png or a folder that exists, got "
                    + name + "; try -o " + output + PNG);
        }
        Path parent = output.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new IOException("-o " + output + ": expected the folder " + parent + " to exist, got "
                    + (parent != null && Files.exists(parent) ? "a file" : "nothing") + "; make it first");
        }
        writable(parent);
        if (count == 1) return List.of(output);
        String stem = name.substring(0, name.length() - PNG.length());
        for (int number = 1; number <= count; number++) files.add(output.resolveSibling(stem + "-" + number + PNG));
        return files;
    }

    private static void writable(Path folder) throws IOException {
        if (!Files.isWritable(folder.toAbsolutePath())) {
            throw new IOException("-o " + folder.toAbsolutePath()
                    + ": expected to be allowed to write there; check its permissions or name another folder");
        }
    }

    /** The prompt as a file name: its letters and digits, the rest as hyphens. */
    private static String named(String prompt) {
        String name = prompt.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-");
        int end = name.offsetByCodePoints(0, Math.min(LONGEST_NAME, name.codePointCount(0, name.length())));
        name = name.substring(0, end).replaceAll("^-|-$", "");
        return name.isEmpty() ? "picture" : name;
    }
}
