package org.zeuxis.data.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.text.TextFile;

/**
 * A table of pictures and captions: CSV or TSV with a header line, whose separator is found by it, or JSON objects a line. Paths are
 * relative to the table's folder, or whole, and must stay within it; several rows of one picture are several captions of it; other columns are
 * attributes.
 */
public final class CaptionTable implements Dataset {
    private static final List<String> IMAGE_COLUMNS =
            List.of("image", "file_name", "filename", "image_path", "path", "filepath", "file");
    private static final List<String> CAPTION_COLUMNS =
            List.of("caption", "captions", "text", "title", "label", "prompt", "description");

    private static final Pattern WEB = Pattern.compile("(?i)[a-z][a-z0-9+.-]+://");

    private static final int MOST_NAMED = 12;
    private static final int MOST_PROBLEMS = 10_000;

    private record Row(String image, List<String> captions, Map<String, List<String>> attributes) {}

    private final Path root;
    private final List<Row> rows;
    private final List<Problem> problems;

    private CaptionTable(Path root, List<Row> rows, List<Problem> problems) {
        this.root = root;
        this.rows = List.copyOf(rows);
        this.problems = List.copyOf(problems);
    }

    /**
     * Opens a table, finding its columns by their usual names: image, file_name, path, …; caption, text, …
     *
     * @throws IOException if it cannot be read, lacks a column, or no row can be used
     */
    public static CaptionTable open(Path table) throws IOException {
        return open(table, null, null);
    }

    /** Opens a table by the names of its columns; null finds a usual one. */
    public static CaptionTable open(Path table, @Nullable String imageColumn, @Nullable String captionColumn)
            throws IOException {
        DatasetLocation.existing(table.toString());
        Path root = table.toAbsolutePath().normalize().getParent();
        if (root == null || Files.isDirectory(table)) {
            throw new IOException(table + ": expected a .csv, .tsv or .jsonl file, got a folder");
        }
        List<Problem> problems = new ArrayList<>();
        Map<String, Map<String, List<String>>> records = read(table, problems);
        if (records.isEmpty()) {
            String first = problems.isEmpty() ? "" : "; " + problems.get(0);
            throw new IOException(table + ": expected rows of a picture and its caption, found none" + first);
        }
        Set<String> columns = new LinkedHashSet<>();
        records.values().forEach(fields -> columns.addAll(fields.keySet()));
        String image = column(table, columns, imageColumn, IMAGE_COLUMNS, "the picture's path");
        String caption = column(table, columns, captionColumn, CAPTION_COLUMNS, "the caption");
        List<Row> rows = merge(root, records, image, caption, problems);
        if (rows.isEmpty()) {
            throw new IOException(table + ": none of its " + records.size() + " rows can be used; " + problems.get(0));
        }
        return new CaptionTable(root, rows, problems);
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public String key(int index) {
        return rows.get(index).image();
    }

    @Override
    public List<Problem> problems() {
        return problems;
    }

    @Override
    public List<String> captions(int index) {
        return rows.get(index).captions();
    }

    @Override
    public CaptionedImage get(int index) throws IOException {
        Row row = rows.get(index);
        Path path = root.resolve(row.image());
        if (!Files.exists(path)) throw new IOException(path + ": expected a picture, there is no such file");
        if (!path.toRealPath().startsWith(root.toRealPath())) {
            throw new IOException(path + ": expected a picture within " + root + ", got a link out of it");
        }
        return new CaptionedImage(row.image(), ImageFile.read(path), row.captions(), row.attributes());
    }

    /** Every line's fields by name, by the line's name. */
    private static Map<String, Map<String, List<String>>> read(Path table, List<Problem> problems) throws IOException {
        String text;
        try {
            text = Utf8.text(TextFile.bytes(table, TextFile.MOST_BYTES));
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).startsWith(table + ": ")) throw e;
            throw new IOException(table + ": " + e.getMessage(), e);
        }
        Map<String, Map<String, List<String>>> records = new LinkedHashMap<>();
        String extension = DatasetLocation.extension(table);
        if (extension.equals("jsonl")) {
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (line.isBlank()) continue;
                try {
                    records.put("line " + number, JsonAttributes.parse(line.getBytes(StandardCharsets.UTF_8)));
                } catch (IOException e) {
                    problems.add(new Problem(table + " line " + number, String.valueOf(e.getMessage())));
                    expectSomeOf(table, records.size(), problems);
                }
            }
            return records;
        }
        CsvReader csv = new CsvReader(text, separator(text, extension.equals("tsv") ? '\t' : ','));
        try {
            List<String> header = header(csv);
            String twice = twice(header);
            if (twice != null) {
                throw new IOException(
                        "expected columns of different names, got '" + TextFile.brief(twice) + "' twice; rename one");
            }
            while (csv.hasNext()) {
                String line = "line " + csv.line();
                List<String> cells = csv.next();
                if (cells.size() != header.size()) {
                    problems.add(new Problem(
                            table + " " + line,
                            "expected " + header.size() + " cells, got " + cells.size()
                                    + "; put a text that has the separator in quotes"));
                    expectSomeOf(table, records.size(), problems);
                    continue;
                }
                Map<String, List<String>> fields = new LinkedHashMap<>();
                for (int i = 0; i < cells.size(); i++) fields.put(header.get(i), List.of(cells.get(i)));
                records.put(line, fields);
            }
        } catch (IOException e) {
            throw new IOException(table + ": " + e.getMessage(), e);
        }
        return records;
    }

    /** A table of which next to nothing can be used is none: to tell of every line of it would take long. */
    private static void expectSomeOf(Path table, int used, List<Problem> problems) throws IOException {
        if (problems.size() < MOST_PROBLEMS || used > problems.size() / 10) return;
        throw new IOException(table + ": expected rows of a picture and its caption, but of the first "
                + (used + problems.size()) + " only " + used + " can be used; " + problems.get(0));
    }

    /** The first by which the header has a picture and a caption; {@code usual} if there is none. */
    private static char separator(String text, char usual) {
        for (char each : new char[] {usual, ',', '\t', ';', '|'}) {
            List<String> header;
            try {
                header = header(new CsvReader(text, each));
            } catch (IOException e) {
                continue; // a quote that is never closed: told when the table is read
            }
            if (find(header, IMAGE_COLUMNS) != null && find(header, CAPTION_COLUMNS) != null) return each;
        }
        return usual;
    }

    private static List<String> header(CsvReader csv) throws IOException {
        return csv.hasNext() ? csv.next().stream().map(String::strip).toList() : List.of();
    }

    private static @Nullable String twice(List<String> header) {
        Set<String> seen = new LinkedHashSet<>();
        return header.stream()
                .filter(name -> !name.isEmpty() && !seen.add(name))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String find(Collection<String> columns, List<String> usual) {
        for (String name : usual) {
            for (String column : columns) if (column.toLowerCase(Locale.ROOT).equals(name)) return column;
        }
        return null;
    }

    private static String column(
            Path table, Set<String> columns, @Nullable String wanted, List<String> usual, String what)
            throws IOException {
        if (wanted != null) {
            if (columns.contains(wanted)) return wanted;
            throw new IOException(
                    table + ": expected a column '" + wanted + "' with " + what + ", got " + names(columns));
        }
        String found = find(columns, usual);
        if (found != null) return found;
        throw new IOException(table + ": expected a column with " + what + " (" + String.join(", ", usual) + "), got "
                + names(columns) + "; rename it so in the first line, or in each object of a .jsonl");
    }

    /** As a message has them. */
    private static List<String> names(Set<String> columns) {
        return columns.stream().limit(MOST_NAMED).map(TextFile::brief).toList();
    }

    private static List<Row> merge(
            Path root,
            Map<String, Map<String, List<String>>> records,
            String imageColumn,
            String captionColumn,
            List<Problem> problems) {
        Map<String, Set<String>> captions = new LinkedHashMap<>();
        Map<String, Map<String, List<String>>> attributes = new LinkedHashMap<>();
        records.forEach((line, fields) -> {
            List<String> images = fields.getOrDefault(imageColumn, List.of());
            String key;
            try {
                key = within(root, images.isEmpty() ? "" : images.get(0).strip());
            } catch (IOException e) {
                problems.add(new Problem(line, String.valueOf(e.getMessage())));
                return;
            }
            Set<String> texts = captions.computeIfAbsent(key, k -> new LinkedHashSet<>());
            for (String caption : fields.getOrDefault(captionColumn, List.of())) {
                if (!caption.isBlank()) texts.add(caption.strip());
            }
            Map<String, List<String>> rest = new LinkedHashMap<>(fields);
            rest.remove(imageColumn);
            rest.remove(captionColumn);
            attributes.putIfAbsent(key, rest);
        });
        List<Row> rows = new ArrayList<>();
        captions.forEach((image, texts) ->
                rows.add(new Row(image, List.copyOf(texts), attributes.getOrDefault(image, Map.of()))));
        return rows;
    }

    /** The path of a picture relative to the table's folder, however the table has it. */
    private static String within(Path root, String image) throws IOException {
        if (image.isEmpty()) throw new IOException("expected the path of a picture, got nothing");
        if (Problem.hasControl(image)) {
            throw new IOException("expected the path of a picture, got '" + TextFile.brief(image)
                    + "' with control characters; rename the file");
        }
        if (WEB.matcher(image).lookingAt()) {
            throw new IOException(
                    "expected the path of a picture, got '" + image + "'; download it, and name its file");
        }
        try {
            Path path = root.resolve(image).normalize();
            if (image.indexOf('\\') >= 0 && !Files.exists(path))
                path = root.resolve(image.replace('\\', '/')).normalize();
            if (!path.startsWith(root)
                    && Files.exists(path)
                    && path.toRealPath().startsWith(root.toRealPath())) {
                path = root.resolve(root.toRealPath().relativize(path.toRealPath()));
            }
            if (path.startsWith(root) && !path.equals(root)) {
                return root.relativize(path).toString().replace('\\', '/');
            }
        } catch (InvalidPathException e) {
            throw new IOException("expected the path of a picture, got '" + image + "'", e);
        }
        throw new IOException("expected a path within " + root + ", got '" + image + "'");
    }
}
