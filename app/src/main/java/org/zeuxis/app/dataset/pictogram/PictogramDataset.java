package org.zeuxis.app.dataset.pictogram;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.zeuxis.app.dataset.concept.Concept;
import org.zeuxis.app.dataset.concept.Concepts;
import org.zeuxis.app.dataset.concept.NodeModules;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.image.Image;

/** Draws every icon of every vendor and writes the dataset's shards, manifest, summary and attribution. */
public final class PictogramDataset {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NodeModules modules;
    private final Rasterizer rasterizer;
    private final int size;
    private final int every;
    private final Map<String, String> keysByPixels = new HashMap<>();
    private final Set<String> keys = new HashSet<>();
    private final List<ObjectNode> duplicates = new ArrayList<>();
    private final List<ObjectNode> failures = new ArrayList<>();
    private final Map<String, Map<String, Integer>> counts = new TreeMap<>();

    /** Hears of every icon that was looked at. */
    public interface Progress {
        /** @param done of {@code total} icons */
        void at(int done, int total);
    }

    /**
     * What was written.
     *
     * @param counts drawings by vendor, then by split; and why the other icons were left out
     * @param failures icons that could not be drawn
     */
    public record Summary(int drawings, Map<String, Map<String, Integer>> counts, int duplicates, int failures) {}

    /**
     * @param modules a folder with the npm packages that {@code runs/pictograms-data.sh} installs
     * @param size width and height of the drawings in pixels
     * @throws IOException if a package is missing
     */
    public PictogramDataset(Path modules, int size) throws IOException {
        this(modules, size, 1);
    }

    /** The same of each {@code every}th icon alone. */
    public PictogramDataset(Path modules, int size, int every) throws IOException {
        this.modules = new NodeModules(modules, packages());
        this.rasterizer = new Rasterizer(size);
        this.size = size;
        this.every = every;
    }

    /** The npm packages that the dataset is made of. */
    static List<String> packages() {
        List<String> names = new ArrayList<>();
        for (Vendor vendor : Vendor.values()) names.add(vendor.packageName());
        names.addAll(Concepts.PACKAGES);
        return names;
    }

    /** Builds the dataset in a folder; an earlier build there is replaced when all of the new one is written. */
    public Summary write(Path folder, Progress progress) throws IOException {
        List<IconSet> sets = new ArrayList<>();
        for (Vendor vendor : Vendor.values()) sets.add(IconSet.read(modules, vendor.prefix()));
        Concepts concepts = new Concepts(modules);
        for (IconSet set : sets) concepts.learn(set.namesByHexcode());
        int total = sets.stream().mapToInt(set -> set.icons().size()).sum();
        int done = 0;
        List<Drawing> drawings = new ArrayList<>();
        List<ObjectNode> unknown = new ArrayList<>();
        for (Vendor vendor : Vendor.values()) {
            IconSet set = sets.get(vendor.ordinal());
            count(vendor, "left out: withdrawn by the vendor", set.hidden());
            for (IconSet.Icon icon : set.icons()) {
                progress.at(done, total);
                if (done++ % every != 0) {
                    count(vendor, "left out: not asked for", 1);
                    continue;
                }
                String correction = Corrections.of(vendor, icon.name());
                if (Corrections.LEAVE_OUT.equals(correction)) {
                    count(vendor, "left out: shows something else", 1);
                    continue;
                }
                Concepts.Match match =
                        concepts.find(correction == null ? icon.hexcodes() : List.of(correction), icon.names());
                if (match.concept() == null) {
                    count(vendor, "left out: " + reason(match.kind()), 1);
                    if (match.kind() == Concepts.Kind.UNKNOWN) unknown.add(note(vendor, icon, "no CLDR name"));
                    continue;
                }
                draw(vendor, icon, match.concept(), drawings);
            }
        }
        progress.at(total, total);
        List<ObjectNode> leftOut = new ArrayList<>(duplicates);
        leftOut.addAll(failures);
        leftOut.addAll(unknown);
        Map<String, String> uses = new HashMap<>();
        for (Vendor vendor : Vendor.values()) uses.put(vendor.prefix(), vendor.heldOut() ? "held out" : "train");
        Summary summary = new Summary(drawings.size(), counts, duplicates.size(), failures.size());
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(
                "manifest.jsonl",
                DatasetFolder.lines(drawings.stream().map(Drawing::json).toList()));
        notes.put("left-out.jsonl", DatasetFolder.lines(leftOut));
        notes.put("ATTRIBUTION.md", Attribution.text(sets, uses, modules.versions()));
        notes.put("summary.json", summaryJson(summary, concepts.all().size(), drawings));
        new DatasetFolder(folder, "pictograms")
                .write(drawings.stream().map(Drawing::sample).toList(), notes);
        return summary;
    }

    private void draw(Vendor vendor, IconSet.Icon icon, Concept concept, List<Drawing> drawings) throws IOException {
        Image image;
        try {
            image = rasterizer.draw(icon.svg());
        } catch (IOException e) {
            failures.add(note(vendor, icon, String.valueOf(e.getMessage())));
            count(vendor, "left out: cannot be drawn", 1);
            return;
        }
        String pixels = Digest.sha256().with(image.samples()).hex();
        String key = vendor.prefix() + "_" + icon.name();
        String twin = keysByPixels.putIfAbsent(pixels, key);
        if (twin != null) {
            duplicates.add(note(vendor, icon, "the same pixels as " + twin));
            count(vendor, "left out: duplicate", 1);
            return;
        }
        if (!keys.add(key)) throw new IOException("expected one icon named " + key + ", found two");
        String source = Digest.sha256().with(icon.body()).hex();
        Drawing drawing = new Drawing(key, vendor, icon.name(), concept, DatasetFolder.png(image), pixels, source);
        drawings.add(drawing);
        count(vendor, drawing.folder(), 1);
    }

    private String summaryJson(Summary summary, int concepts, List<Drawing> drawings) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("size", size);
        json.put("drawings", summary.drawings());
        json.put("concepts", concepts);
        json.put(
                "concepts_drawn",
                drawings.stream().map(d -> d.concept().hexcode()).distinct().count());
        Map<String, Integer> splits = new TreeMap<>();
        for (Drawing drawing : drawings) splits.merge(drawing.folder(), 1, Integer::sum);
        json.set("splits", JSON.valueToTree(splits));
        json.set("vendors", JSON.valueToTree(summary.counts()));
        json.set("packages", JSON.valueToTree(modules.versions()));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    private static ObjectNode note(Vendor vendor, IconSet.Icon icon, String why) {
        return JSON.createObjectNode()
                .put("vendor", vendor.prefix())
                .put("icon", icon.name())
                .put("left_out", why);
    }

    private static String reason(Concepts.Kind kind) {
        return switch (kind) {
            case SKIN_TONE -> "skin tone";
            case FLAG -> "flag";
            case KEYCAP -> "keycap";
            case COMPONENT -> "component";
            case UNKNOWN, CONCEPT -> "no CLDR name";
        };
    }

    private void count(Vendor vendor, String what, int by) {
        if (by > 0)
            counts.computeIfAbsent(vendor.prefix(), v -> new TreeMap<>()).merge(what, by, Integer::sum);
    }
}
