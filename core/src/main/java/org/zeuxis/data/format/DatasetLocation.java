package org.zeuxis.data.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.zeuxis.data.Dataset;
import org.zeuxis.text.NearestName;

/** Finds out which dataset lies at a location, and says what is wrong with it in one line. */
public final class DatasetLocation {
    static final String EXPECTED = "expected WebDataset shards (.tar), a caption table (.csv, .tsv or .jsonl)"
            + " or pictures (.png, .jpg, .jpeg, .webp)";
    private static final Set<String> PICTURES = Set.of("png", "jpg", "jpeg", "webp");
    private static final Set<String> TABLES = Set.of("csv", "tsv", "jsonl");
    private static final Pattern RANGE = Pattern.compile("\\{(\\d{1,18})\\.\\.(\\d{1,18})}");
    private static final Pattern CHOICE = Pattern.compile("\\{([^{}]*,[^{}]*)}");
    private static final int MOST_SHARDS = 1_000_000;

    private DatasetLocation() {}

    /**
     * Opens whatever dataset there is: WebDataset shards (a folder of .tar files, one of them, or a pattern such as
     * {@code shards-{00000..00009}.tar}), a caption table (.csv, .tsv, .jsonl, or a folder with one), the IDX files of MNIST
     * and its kin (the images file, or a folder with one), or a folder of pictures.
     *
     * @throws IOException if it is none of these, has no sample, or has several things of which only one could count
     */
    public static Dataset open(String location) throws IOException {
        if (isPattern(location)) return WebDataset.open(location);
        Path path = existing(location);
        if (Files.isDirectory(path)) {
            List<Path> files = files(path);
            List<Path> tables =
                    files.stream().filter(f -> TABLES.contains(extension(f))).toList();
            List<Path> shards =
                    files.stream().filter(f -> extension(f).equals("tar")).toList();
            if (tables.size() + Math.min(1, shards.size()) > 1) {
                Path other = tables.size() > 1 ? tables.get(1) : shards.get(0);
                throw new IOException(path + ": expected one caption table or shards, got "
                        + tables.get(0).getFileName() + " and " + other.getFileName()
                        + "; name the one to use, such as " + tables.get(0) + within(path));
            }
            if (!tables.isEmpty()) return CaptionTable.open(tables.get(0));
            if (!shards.isEmpty()) return WebDataset.open(location);
            if (files.stream().anyMatch(IdxDataset::isOne)) return IdxDataset.open(path);
            return ImageFolder.open(path);
        }
        if (IdxDataset.isOne(path)) return IdxDataset.open(path);
        if (TABLES.contains(extension(path))) return CaptionTable.open(path);
        if (extension(path).equals("tar")) return WebDataset.open(location);
        throw new IOException(path + ": " + EXPECTED + ", got a file '" + path.getFileName()
                + "'; name the folder it lies in, or a .tar, .csv, .tsv, .jsonl or idx3-ubyte file");
    }

    /** The path of a file or folder that is there and may be read. */
    static Path existing(String location) throws IOException {
        Path path = Path.of(location);
        if (!Files.exists(path)) throw new IOException(location + ": there is no such file or folder" + nearest(path));
        if (!Files.isReadable(path)) {
            throw new IOException(location + ": expected to be allowed to read it; check its permissions");
        }
        return path;
    }

    /** The files of a pattern, whether they exist or not for ranges, only existing ones for wildcards; in order. */
    static List<Path> expand(String pattern) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String each : braces(pattern)) {
            if (each.contains("*") || each.contains("?")) paths.addAll(glob(each));
            else paths.add(existing(each));
        }
        return paths;
    }

    static boolean isPattern(String location) {
        return (location.contains("*") || location.contains("?") || location.contains("{")) && !exists(location);
    }

    /** The visible files directly in a folder, sorted by name. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(p -> !hidden(p))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw new IOException(folder + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    static boolean hidden(Path path) {
        Path name = path.getFileName();
        return name != null && name.toString().startsWith(".");
    }

    static boolean isPicture(Path path) {
        return PICTURES.contains(extension(path));
    }

    static boolean isPictureExtension(String extension) {
        return PICTURES.contains(extension);
    }

    /** What follows the last dot, in lower case; empty if there is none. */
    static String extension(Path path) {
        Path name = path.getFileName();
        String text = name == null ? "" : name.toString();
        return text.substring(text.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static boolean exists(String location) {
        try {
            return Files.exists(Path.of(location));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static List<String> braces(String pattern) throws IOException {
        Matcher range = RANGE.matcher(pattern);
        Matcher choice = CHOICE.matcher(pattern);
        List<String> parts = new ArrayList<>();
        Matcher found;
        if (range.find()) {
            found = range;
            String from = range.group(1);
            long first = Long.parseLong(from);
            long last = Long.parseLong(range.group(2));
            if (last < first || last - first >= MOST_SHARDS) {
                throw new IOException(pattern + ": expected a range of 1 to " + MOST_SHARDS + " numbers, got "
                        + range.group() + "; write the smaller number first");
            }
            for (long i = first; i <= last; i++) {
                String digits = Long.toString(i);
                parts.add("0".repeat(Math.max(0, from.length() - digits.length())) + digits);
            }
        } else if (choice.find()) {
            found = choice;
            Collections.addAll(parts, choice.group(1).split(",", -1));
        } else {
            return List.of(pattern);
        }
        List<String> expanded = new ArrayList<>();
        for (String part : parts) {
            expanded.addAll(braces(pattern.substring(0, found.start()) + part + pattern.substring(found.end())));
            if (expanded.size() > MOST_SHARDS) {
                throw new IOException(pattern + ": expected at most " + MOST_SHARDS + " shards, got more; name fewer");
            }
        }
        return expanded;
    }

    private static List<Path> glob(String pattern) throws IOException {
        int slash = pattern.replace('\\', '/').lastIndexOf('/');
        String name = pattern.substring(slash + 1);
        String parent = slash < 0 ? "." : slash == 0 ? "/" : pattern.substring(0, slash);
        if (parent.contains("*") || parent.contains("?")) {
            throw new IOException(pattern + ": expected wildcards in the last part only; name one folder before it");
        }
        Path folder = existing(parent);
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
        } catch (PatternSyntaxException e) {
            throw new IOException(pattern + ": expected a pattern of files, got one with " + e.getDescription(), e);
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream =
                Files.newDirectoryStream(folder, p -> !hidden(p) && matcher.matches(p.getFileName()))) {
            for (Path path : stream) found.add(slash < 0 ? path.getFileName() : path);
        }
        Collections.sort(found);
        if (found.isEmpty()) {
            throw new IOException(pattern + ": no file of " + folder + " matches '" + name + "'" + listing(folder));
        }
        return found;
    }

    /** {@code ; it has a.png, b.png and 3 more}, to be put at the end of a message about a folder. */
    static String listing(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> list = Files.list(folder)) {
            list.map(p -> String.valueOf(p.getFileName())).sorted().forEach(names::add);
        }
        if (names.isEmpty()) return "; it is empty";
        String more = names.size() > 3 ? " and " + (names.size() - 3) + " more" : "";
        return "; it has " + String.join(", ", names.subList(0, Math.min(3, names.size()))) + more;
    }

    /** {@code , or train}: the first folder within that has shards or a table, at the end of a message. */
    private static String within(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            for (Path each : list.filter(Files::isDirectory).sorted().toList()) {
                if (hidden(each)) continue;
                boolean one = files(each).stream()
                        .anyMatch(f ->
                                TABLES.contains(extension(f)) || extension(f).equals("tar"));
                if (one) return ", or " + each;
            }
        }
        return "";
    }

    /** The nearest thing that does exist, as the end of a message. */
    private static String nearest(Path path) {
        Path wanted = path.toAbsolutePath().normalize();
        Path parent = wanted.getParent();
        while (parent != null && !Files.isDirectory(parent)) {
            wanted = parent;
            parent = parent.getParent();
        }
        if (parent == null || wanted.getFileName() == null) return "";
        String name = wanted.getFileName().toString();
        try (Stream<Path> list = Files.list(parent)) {
            return list.map(p -> String.valueOf(p.getFileName()))
                    .filter(n -> NearestName.distance(n, name) <= 1 + name.length() / 4)
                    .min(Comparator.comparingInt((String n) -> NearestName.distance(n, name))
                            .thenComparing(n -> n))
                    .map(n -> "; did you mean " + n + "?")
                    .orElse("; " + parent + " has nothing named '" + name + "'");
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }
}
