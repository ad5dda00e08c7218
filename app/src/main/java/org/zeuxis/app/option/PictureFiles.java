package org.zeuxis.app.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.zeuxis.text.Graphemes;

/** Where pictures go, settled before anything is computed; nothing that is there is replaced unless that is asked for. */
public final class PictureFiles {
    private static final String PNG = ".png";
    private static final int LONGEST_NAME = 48;

    private PictureFiles() {}

    /**
     * One path per picture.
     *
     * @param output a file to be, a folder, or null for the current one; in a folder the prompt and seed make the name, and
     *     a number if need be
     * @throws IOException if pictures cannot be written there
     */
    public static List<Path> choose(@Nullable Path output, String prompt, long seed, int count, ForceOption force)
            throws IOException {
        List<Path> files = new ArrayList<>();
        if (output == null || Files.isDirectory(output)) {
            Path folder = output == null ? Path.of("") : output;
            writable("-o", folder);
            for (int i = 0; i < count; i++) {
                files.add(force.free(folder.resolve(named(prompt) + "-" + (seed + i) + PNG)));
            }
            return files;
        }
        expectPng("-o", output);
        if (count == 1) files.add(output);
        else {
            String name = String.valueOf(output.getFileName());
            String stem = name.substring(0, name.length() - PNG.length());
            for (int number = 1; number <= count; number++) files.add(output.resolveSibling(stem + "-" + number + PNG));
        }
        for (Path file : files) force.expectFree("-o", file);
        return files;
    }

    /**
     * The path of a single picture that has no prompt.
     *
     * @param option that names it
     * @param otherwise its name if the option is not given; with a number, if that is taken
     */
    public static Path one(String option, @Nullable Path output, String otherwise, ForceOption force)
            throws IOException {
        if (output == null) {
            writable(option, Path.of(""));
            return force.free(Path.of(otherwise));
        }
        force.expectFree(option, output);
        expectPng(option, output);
        return output;
    }

    private static void expectPng(String option, Path output) throws IOException {
        String name = String.valueOf(output.getFileName());
        if (!name.toLowerCase(Locale.ROOT).endsWith(PNG) || name.length() == PNG.length()) {
            throw new IOException(option + " " + output
                    + ": expected a name that ends in .png or a folder that exists, got " + name + "; try " + option
                    + " " + output + PNG);
        }
        Path parent = output.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new IOException(option + " " + output + ": expected the folder " + parent + " to exist, got "
                    + (parent != null && Files.exists(parent) ? "a file" : "nothing") + "; make it first");
        }
        writable(option, parent);
    }

    private static void writable(String option, Path folder) throws IOException {
        if (!Files.isWritable(folder.toAbsolutePath())) {
            throw new IOException(option + " " + folder.toAbsolutePath()
                    + ": expected to be allowed to write there; check its permissions or name another folder");
        }
    }

    /** The prompt as a file name: its letters with their marks and its digits, the rest as hyphens. */
    private static String named(String prompt) {
        String name = prompt.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{M}\\p{N}]+", "-");
        name = Graphemes.beginning(name, LONGEST_NAME).replaceAll("^-|-$", "");
        return name.isEmpty() ? "picture" : name;
    }
}
