package org.zeuxis.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.models.clip.PromptTemplates;

/** What sentences around a label are worth: the bare label, one sentence, several averaged, on the same pictures. */
public final class TemplateComparison {
    private static final PromptTemplates ONE_PICTOGRAM = new PromptTemplates(List.of("flat emoji of a {}"));

    private record Entry(String name, ZeroShotAccuracy accuracy) {}

    private final List<Entry> entries = new ArrayList<>();

    /** Judges by a choice of templates. */
    @FunctionalInterface
    public interface Judge {
        ZeroShotAccuracy of(PromptTemplates templates);
    }

    /** @param own what was asked for; the built-in ones if it is the bare label */
    public TemplateComparison(PromptTemplates own, Judge judge) {
        choices(own).forEach((name, templates) -> entries.add(new Entry(name, judge.of(templates))));
    }

    private static Map<String, PromptTemplates> choices(PromptTemplates own) {
        Map<String, PromptTemplates> choices = new LinkedHashMap<>();
        choices.put("bare label", PromptTemplates.BARE);
        if (!own.equals(PromptTemplates.BARE)) {
            for (String each : own.templates()) {
                PromptTemplates one = new PromptTemplates(List.of(each));
                if (!one.equals(PromptTemplates.BARE)) choices.put("\"" + each + "\"", one);
            }
            if (own.templates().size() > 1) choices.put(own.templates().size() + " averaged", own);
            return choices;
        }
        choices.put("\"flat emoji of a {}\"", ONE_PICTOGRAM);
        choices.put(PromptTemplates.PICTOGRAMS.templates().size() + " for pictograms", PromptTemplates.PICTOGRAMS);
        choices.put("\"a photo of a {}.\"", PromptTemplates.PHOTO);
        choices.put(PromptTemplates.PHOTOS.templates().size() + " for photographs", PromptTemplates.PHOTOS);
        return choices;
    }

    /** The top-1 accuracy of each, then of every two the later minus the earlier. */
    public List<String> lines() {
        List<String> out = new ArrayList<>();
        int width = entries.stream().mapToInt(e -> e.name.length()).max().orElse(0);
        out.add("templates, top-1");
        for (Entry e : entries) out.add("  " + padded(e.name, width) + "  " + e.accuracy.top(1));
        out.add("differences on the same pictures");
        for (int later = 1; later < entries.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                Entry a = entries.get(later);
                Entry b = entries.get(earlier);
                out.add("  " + padded(a.name, width) + "  over  " + padded(b.name, width) + "  "
                        + PairedDifference.of(a.accuracy, b.accuracy));
            }
        }
        return out;
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
