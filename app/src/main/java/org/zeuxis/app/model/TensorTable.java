package org.zeuxis.app.model;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.zeuxis.checkpoint.format.Weights;

/**
 * Names, shapes and types of tensors, read from the header alone.
 *
 * @param rows as printed, in the order of the file
 * @param types how many elements there are of each type
 * @param parameters elements of all tensors together
 */
record TensorTable(List<String> rows, Map<String, Long> types, long parameters) {

    static TensorTable of(Weights weights) {
        int longest = weights.names().stream().mapToInt(String::length).max().orElse(0);
        List<String> rows = new ArrayList<>();
        Map<String, Long> types = new TreeMap<>();
        long parameters = 0;
        for (String name : weights.names()) {
            long elements = Arrays.stream(weights.shape(name)).reduce(1, (a, b) -> a * b);
            String type = weights.dtype(name).toString().toLowerCase(Locale.ROOT);
            rows.add(clean(name)
                    + " ".repeat(Math.min(60, longest) < name.length() ? 1 : Math.min(60, longest) - name.length() + 1)
                    + type + " " + Arrays.toString(weights.shape(name)));
            types.merge(type, elements, Long::sum);
            parameters += elements;
        }
        return new TensorTable(rows, types, parameters);
    }

    void print(PrintWriter out, String indent) {
        for (String row : rows) out.println(indent + row);
        List<String> parts = new ArrayList<>();
        types.forEach((type, elements) -> parts.add(count(elements) + " in " + type));
        String detail = parts.size() > 1
                ? ": " + String.join(", ", parts)
                : types.isEmpty() ? "" : ", " + types.keySet().iterator().next();
        out.println(indent + rows.size() + " tensors, " + count(parameters) + " parameters" + detail);
    }

    /** {@code 9,812,345}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Control characters of a file do nothing to a terminal. */
    static String clean(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
