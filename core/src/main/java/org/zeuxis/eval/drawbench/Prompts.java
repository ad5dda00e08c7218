package org.zeuxis.eval.drawbench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.data.format.CsvReader;
import org.zeuxis.data.format.Utf8;

/**
 * Files of prompts, in the forms in which they are published: values separated by commas or tabs under a header that names
 * the columns {@code Prompts} and {@code Category} in any order, or plain lines of a category, a colon or a tab, and a prompt.
 *
 * <p>A third column, {@code Truth}, may say what can be checked without a network ({@link Truth}).
 */
public final class Prompts {
    private static final String OWN = "prompts.tsv";
    private static final long MOST_BYTES = 16 << 20;
    private static final int MOST = 10_000;

    private Prompts() {}

    /** The suite of Zeuxis: 200 prompts, as many of each category as the paper has, which small drawings can answer too. */
    public static List<Prompt> own() {
        try (InputStream in = Prompts.class.getResourceAsStream(OWN)) {
            if (in == null) throw new IllegalStateException("expected the resource " + OWN + ", got none");
            return parse(OWN, Utf8.text(in.readAllBytes()));
        } catch (IOException e) {
            throw new IllegalStateException(OWN + " could not be read", e);
        }
    }

    /** @throws IOException if it is no such file, or a prompt has no category; the message names the line */
    public static List<Prompt> read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": expected a file of prompts, got a folder; name the file");
        }
        if (Files.exists(file) && Files.size(file) > MOST_BYTES) {
            throw new IOException(file + ": expected a file of prompts, got " + Files.size(file) + " bytes; split it");
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            return parse(file.toString(), Utf8.text(bytes));
        } catch (IOException e) {
            String said = String.valueOf(e.getMessage());
            throw said.startsWith(file + ": ") ? e : new IOException(file + ": " + said, e);
        }
    }

    private static List<Prompt> parse(String name, String text) throws IOException {
        String head = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
        Character separator = separator(head);
        String lower = name.toLowerCase(Locale.ROOT);
        if (separator == null && lower.endsWith(".csv")) {
            throw new IOException(name + ": expected a header with the columns Prompts and Category, got '"
                    + head.strip() + "'; name them in the first line");
        }
        List<Prompt> prompts = separator == null ? lines(name, text) : table(name, text, separator);
        if (prompts.isEmpty() || prompts.size() > MOST) {
            throw new IOException(name + ": expected 1 to " + MOST + " prompts, got " + prompts.size());
        }
        return List.copyOf(prompts);
    }

    /** What parts the columns of a header; null if the line is none. */
    private static @Nullable Character separator(String head) throws IOException {
        for (char separator : new char[] {',', '\t'}) {
            if (head.indexOf(separator) < 0) continue;
            CsvReader reader = new CsvReader(head.replace("\"", ""), separator);
            Map<String, Integer> columns = columns(reader.next());
            if (columns.containsKey("prompts") && columns.containsKey("category")) return separator;
        }
        return null;
    }

    private static Map<String, Integer> columns(List<String> head) {
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < head.size(); i++) {
            String name = head.get(i).strip().toLowerCase(Locale.ROOT);
            columns.putIfAbsent(name.equals("prompt") ? "prompts" : name, i);
        }
        return columns;
    }

    private static List<Prompt> table(String name, String text, char separator) throws IOException {
        CsvReader reader = new CsvReader(text, separator);
        List<Prompt> prompts = new ArrayList<>();
        if (!reader.hasNext()) return prompts;
        Map<String, Integer> columns = columns(reader.next());
        while (reader.hasNext()) {
            String place = name + ", line " + reader.line();
            List<String> row = reader.next();
            if (row.stream().allMatch(String::isBlank)) continue;
            prompts.add(prompt(
                    place, cell(row, columns, "prompts"), cell(row, columns, "category"), cell(row, columns, "truth")));
        }
        return prompts;
    }

    private static String cell(List<String> row, Map<String, Integer> columns, String name) {
        int column = columns.getOrDefault(name, row.size());
        return column < row.size() ? row.get(column).strip() : "";
    }

    private static List<Prompt> lines(String name, String text) throws IOException {
        List<Prompt> prompts = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty()) continue;
            String place = name + ", line " + (i + 1);
            int tab = line.indexOf('\t');
            int end = tab >= 0 ? tab : line.indexOf(':');
            if (end < 0) throw without(place, line);
            prompts.add(prompt(place, line.substring(end + 1).strip(), line.substring(0, end), ""));
        }
        return prompts;
    }

    private static Prompt prompt(String place, String text, String category, String truth) throws IOException {
        if (text.isEmpty()) throw new IOException(place + ": expected a prompt, got none; write it or drop the line");
        if (category.isBlank()) throw without(place, text);
        try {
            return new Prompt(text, Category.named(category), Truth.parse(truth));
        } catch (IllegalArgumentException e) {
            throw new IOException(place + ": " + e.getMessage(), e);
        }
    }

    private static IOException without(String place, String prompt) {
        return new IOException(place + ": expected a category beside the prompt '" + prompt
                + "', got none; write it as 'Colors: a red car', or in a column Category");
    }
}
