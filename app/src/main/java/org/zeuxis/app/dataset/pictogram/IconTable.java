package org.zeuxis.app.dataset.pictogram;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The table of every icon set: kind, licence, drawings, and whether it is trained on, held out or left out. */
final class IconTable {
    private IconTable() {}

    static String text(List<IconSet> sets, Map<String, Map<String, Integer>> counts) {
        Map<String, IconSet> byPrefix = new HashMap<>();
        for (IconSet set : sets) byPrefix.put(set.prefix(), set);
        StringBuilder text = new StringBuilder("# Icon sets\n\nEvery set of `@iconify/collections`. "
                + "What is left out of a set (signs that depict nothing, trade marks, near duplicates) is counted "
                + "in `summary.json` and named in `left-out.jsonl`.\n\n"
                + "| set | kind | licence | drawings | use |\n|---|---|---|---|---|\n");
        for (IconSource source : IconSource.ALL) {
            IconSet set = byPrefix.get(source.prefix());
            int drawings = counts.getOrDefault(source.prefix(), Map.of()).entrySet().stream()
                    .filter(count -> !count.getKey().startsWith("left out"))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
            text.append("| ")
                    .append(source.prefix())
                    .append(" | ")
                    .append(source.kind())
                    .append(" | ")
                    .append(set == null ? "" : set.license())
                    .append(" | ")
                    .append(set == null ? "" : Integer.toString(drawings))
                    .append(" | ")
                    .append(source.use())
                    .append(" |\n");
        }
        return text.toString();
    }
}
