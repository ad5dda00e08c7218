package org.zeuxis.eval;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zeuxis.chart.BarChart;

/**
 * Accuracies by dataset and shift.
 *
 * @param entries those of a dataset together, the first as drawn
 * @param labels how many there are to choose among
 * @param beside the supervised classifier; null if there is none
 */
public record ShiftStudy(
        List<Entry> entries, int labels, @Nullable SupervisedBaseline beside) {
    private static final String ZERO_SHOT = "zero-shot";
    private static final String SUPERVISED = "supervised";

    /** @param supervised null if there is none */
    public record Entry(
            String dataset,
            Shift shift,
            ZeroShotAccuracy zeroShot,
            @Nullable ZeroShotAccuracy supervised) {}

    /** The study as text: each dataset with its differences, then all in one table. */
    public List<String> lines() {
        List<String> out = new ArrayList<>();
        out.add("labels      " + labels + ", the same for every dataset");
        if (beside != null) {
            out.add("supervised  " + beside.description() + "; of "
                    + beside.labels().size() + " labels, the others count as wrong");
        }
        byDataset().forEach((dataset, of) -> {
            out.add("");
            out.add(dataset + ", " + of.get(0).zeroShot.truths().size() + " pictures" + known(of.get(0)));
            compare(out, ZERO_SHOT, of, of.stream().map(Entry::zeroShot).toList());
            if (beside == null) return;
            List<ZeroShotAccuracy> supervised = supervised(of);
            compare(out, SUPERVISED, of, supervised);
            out.add("  zero-shot over supervised, as drawn  "
                    + PairedDifference.of(of.get(0).zeroShot, supervised.get(0)));
        });
        out.add("");
        table(out);
        return out;
    }

    /** How many pictures of a dataset the supervised classifier could have right at all. */
    private String known(Entry entry) {
        if (beside == null) return "";
        Set<String> taught = new HashSet<>(beside.labels());
        List<String> labels = entry.zeroShot.labels();
        long known = entry.zeroShot.truths().stream()
                .filter(truth -> taught.contains(labels.get(truth)))
                .count();
        return ", " + known + " of them of labels that the supervised classifier was trained on";
    }

    private static void compare(List<String> out, String who, List<Entry> of, List<ZeroShotAccuracy> accuracies) {
        for (int i = 0; i < of.size(); i++) {
            String shown = accuracies.get(i).top(1).toString();
            String line = String.format(
                    Locale.ROOT, "  %-10s  %-11s  %s", who, of.get(i).shift.title(), shown);
            if (i == 0) out.add(line);
            else out.add(line + "; " + PairedDifference.of(accuracies.get(i), accuracies.get(0)));
        }
    }

    /** Top-1 in percent: a line for each dataset and classifier, a column for each shift. */
    private void table(List<String> out) {
        int width = entries.stream().mapToInt(e -> e.dataset.length()).max().orElse(0);
        StringBuilder head = new StringBuilder(padded("top-1 in %", width + 12));
        for (Shift shift : Shift.values()) head.append(String.format(Locale.ROOT, "%13s", shift.title()));
        out.add(head.toString());
        byDataset().forEach((dataset, of) -> {
            String name = padded(dataset, width + 2);
            out.add(name
                    + padded(ZERO_SHOT, 10)
                    + rates(of.stream().map(Entry::zeroShot).toList()));
            if (beside != null) out.add(name + padded(SUPERVISED, 10) + rates(supervised(of)));
        });
    }

    private static String rates(List<ZeroShotAccuracy> accuracies) {
        StringBuilder line = new StringBuilder();
        for (ZeroShotAccuracy each : accuracies) {
            line.append(String.format(Locale.ROOT, "%13.1f", 100 * each.top(1).rate()));
        }
        return line.toString();
    }

    /** The accuracies as bars, a panel for each dataset. */
    public BarChart chart() {
        List<BarChart.Panel> panels = new ArrayList<>();
        byDataset().forEach((dataset, of) -> {
            List<List<BarChart.Bar>> bars = new ArrayList<>();
            for (Entry each : of) {
                List<BarChart.Bar> group = new ArrayList<>();
                group.add(each.zeroShot.top(1).bar());
                if (each.supervised != null) group.add(each.supervised.top(1).bar());
                bars.add(group);
            }
            panels.add(new BarChart.Panel(
                    dataset + " (" + of.get(0).zeroShot.truths().size() + " pictures)", bars));
        });
        List<String> shifts =
                entries.stream().map(e -> e.shift.title()).distinct().toList();
        return new BarChart(
                "Accuracy where pictures look otherwise",
                "top-1 among " + labels + " labels, in %; whiskers are 95 % intervals",
                shifts,
                beside == null ? List.of(ZERO_SHOT) : List.of(ZERO_SHOT, beside.title()),
                panels);
    }

    private Map<String, List<Entry>> byDataset() {
        Map<String, List<Entry>> all = new LinkedHashMap<>();
        for (Entry each : entries) {
            all.computeIfAbsent(each.dataset, name -> new ArrayList<>()).add(each);
        }
        return all;
    }

    private static List<ZeroShotAccuracy> supervised(List<Entry> of) {
        return of.stream().map(each -> Objects.requireNonNull(each.supervised)).toList();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
