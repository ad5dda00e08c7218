package org.zeuxis.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Something of a dataset that cannot be used.
 *
 * @param key the sample, file or line
 * @param reason what was expected and what came
 */
public record Problem(String key, String reason) {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

    /** How often each reason is there, most often first, with its first place: {@code 3 alike, the first a.png: has no caption}. */
    public static List<String> counted(List<Problem> problems) {
        Map<String, List<Problem>> byReason = new LinkedHashMap<>();
        for (Problem each : problems)
            byReason.computeIfAbsent(each.kind(), k -> new ArrayList<>()).add(each);
        return byReason.values().stream()
                .sorted((a, b) -> Integer.compare(b.size(), a.size()))
                .map(alike -> alike.size() == 1
                        ? alike.get(0).toString()
                        : alike.size() + " alike, the first " + alike.get(0))
                .toList();
    }

    /** The reason without what differs from place to place: paths, quotations and numbers. */
    private String kind() {
        return reason.replace(key, "")
                .replaceAll("'[^']*'", "'")
                .replaceAll("\\S*[/\\\\]\\S*", "/")
                .replaceAll("\\d+", "#");
    }

    /** One line, whatever letters a file has in its names. */
    @Override
    public String toString() {
        return CONTROL.matcher(key + ": " + reason).replaceAll(" ");
    }

    /** Whether a name has letters that a terminal obeys or that end a line; such a one is no key of a sample. */
    public static boolean hasControl(String name) {
        return CONTROL.matcher(name).find();
    }
}
