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
     * One path per picture. A file that was named is replaced; one that was not is never.
     *
     * @param output a file to be, a folder, or null for a name made of the prompt in the current folder
     * @throws IOException if pictures cannot be written there
     */
    static List<Path> choose(@Nullable Path output, String prompt, int count) throws IOException {
        List<Path> files = new ArrayList<>();
        if (output == null || Files.isDirectory(output)) {
            Path folder = output == null ? Path.of("") : output;
            writable(folder);
            for (int number = 1; files.size() < count; number++) {
                String name = named(prompt) + (number == 1 && count == 1 ? "" : "-" + number) + PNG;
                Path file = output == null ? Path.of(name) : folder.resolve(name);
                if (!Files.exists(file)) files.add(file);
            }
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
