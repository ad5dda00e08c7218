package org.zeuxis.app.dataset.pictogram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.dataset.concept.Concepts;
import org.zeuxis.app.dataset.concept.NodeModules;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.image.Image;

/** Draws the icons of every set whose licence permits it, and writes them with their names as a dataset. */
public final class IconDataset {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Categories that say how a set is ordered, not what its icons show. */
    private static final Pattern NO_CATEGORY =
            Pattern.compile("[a-z][A-Z]|(?i:interface|other|misc|general|basic|^ui|essential|common)|[a-z]{16}|[0-9]");

    private final NodeModules modules;
    private final Rasterizer rasterizer;
    private final int size;
    private final Set<String> pixelsSeen = new HashSet<>();
    private final List<Icon> icons = new ArrayList<>();
    private final List<ObjectNode> leftOut = new ArrayList<>();
    private final Map<String, Map<String, Integer>> counts = new TreeMap<>();

    /** What an icon looks like, or why it cannot be drawn. */
    private record Drawn(
            IconSet.Icon icon, IconName name, @Nullable Image image, String failure) {}

    /**
     * What was written.
     *
     * @param counts drawings by set, then by split; and why the other icons were left out
     */
    public record Summary(int drawings, int sets, Map<String, Map<String, Integer>> counts) {}

    /**
     * @param modules a folder with the npm packages that {@code runs/icons-data.sh} installs
     * @param size width and height of the drawings in pixels
     * @throws IOException if a package is missing
     */
    public IconDataset(Path modules, int size) throws IOException {
        this.modules = new NodeModules(modules, packages());
        this.rasterizer = new Rasterizer(size);
        this.size = size;
    }

    /** The npm packages that the dataset is made of; those of the pictograms teach the names of emoji. */
    static List<String> packages() {
        List<String> names = new ArrayList<>(PictogramDataset.packages());
        names.addAll(IconSource.packages());
        return names;
    }

    /** Builds the dataset in a folder; an earlier build there is replaced when all of the new one is written. */
    public Summary write(Path folder, PictogramDataset.Progress progress) throws IOException {
        Concepts concepts = new Concepts(modules);
        for (Vendor vendor : Vendor.values()) {
            concepts.learn(IconSet.read(modules, vendor.prefix()).namesByHexcode());
        }
        List<IconSet> sets = new ArrayList<>();
        for (IconSource source : IconSource.used()) sets.add(IconSet.read(modules, source.prefix()));
        int total = sets.stream().mapToInt(set -> set.icons().size()).sum();
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < sets.size(); i++) {
            add(IconSource.used().get(i), sets.get(i), concepts, () -> progress.at(done.incrementAndGet(), total));
        }
        Map<String, String> uses = new HashMap<>();
        for (IconSource source : IconSource.used()) uses.put(source.prefix(), source.train() ? "train" : "held out");
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(
                "manifest.jsonl",
                DatasetFolder.lines(icons.stream().map(Icon::manifest).toList()));
        notes.put("left-out.jsonl", DatasetFolder.lines(leftOut));
        notes.put("ATTRIBUTION.md", Attribution.text(sets, uses, modules.versions()));
        notes.put("SETS.md", IconTable.text(sets, counts));
        notes.put("summary.json", summaryJson());
        new DatasetFolder(folder, "icons")
                .write(icons.stream().map(Icon::sample).toList(), notes);
        return new Summary(icons.size(), drawnSets(), counts);
    }

    private void add(IconSource source, IconSet set, Concepts concepts, Runnable progress) throws IOException {
        Set<String> names = set.icons().stream().map(IconSet.Icon::name).collect(Collectors.toSet());
        Map<String, List<String>> categories = categories(set);
        List<Drawn> drawn = new ArrayList<>();
        for (IconSet.Icon icon : set.icons()) {
            IconName name = IconName.of(icon.name(), names);
            String why = unfit(name);
            if (why == null) drawn.add(new Drawn(icon, name, null, ""));
            else leaveOut(source, icon, why);
            if (why != null) progress.run();
        }
        // the largest size and the plainest name of near duplicates come first
        drawn.sort(Comparator.comparingInt((Drawn d) -> -d.name().size())
                .thenComparingInt(d -> d.icon().name().length())
                .thenComparing(d -> d.icon().name()));
        Set<String> drawings = new HashSet<>();
        List<Drawn> chosen = new ArrayList<>();
        for (Drawn each : drawn) {
            if (drawings.add(each.name().drawing() + each.name().styles())) {
                chosen.add(each);
            } else {
                leaveOut(source, each.icon(), "another size or other corners");
                progress.run();
            }
        }
        NearDuplicates near = new NearDuplicates();
        for (Drawn each : chosen.parallelStream().map(d -> draw(d, progress)).toList()) {
            Image image = each.image();
            if (image == null) {
                leaveOut(source, each.icon(), each.failure());
                continue;
            }
            String pixels = Digest.sha256().with(image.samples()).hex();
            if (!pixelsSeen.add(pixels)) {
                leaveOut(source, each.icon(), "the same pixels as another");
                continue;
            }
            if (!near.isNew(each.name(), image)) {
                leaveOut(source, each.icon(), "nearly the same as another of its set");
                continue;
            }
            Concepts.Match match = concepts.find(
                    each.icon().hexcodes(), List.of(String.join("-", each.name().words())));
            if (match.concept() == null && match.kind() != Concepts.Kind.UNKNOWN) {
                leaveOut(source, each.icon(), "a flag, keycap or skin tone");
                continue;
            }
            Icon icon = new Icon(
                    source,
                    set.license(),
                    each.icon().name(),
                    each.name(),
                    match.concept(),
                    words(each, categories),
                    DatasetFolder.png(image),
                    colored(image),
                    pixels,
                    Digest.sha256().with(each.icon().body()).hex());
            icons.add(icon);
            count(source, icon.folder());
        }
    }

    private Drawn draw(Drawn icon, Runnable progress) {
        progress.run();
        try {
            return new Drawn(
                    icon.icon(), icon.name(), rasterizer.draw(icon.icon().svg()), "");
        } catch (IOException e) {
            return new Drawn(icon.icon(), icon.name(), null, "cannot be drawn: " + e.getMessage());
        }
    }

    private static @Nullable String unfit(IconName name) {
        if (name.words().isEmpty() || name.isAbstract()) return "a sign of interfaces that depicts nothing";
        return name.isBrand() ? "a trade mark or file type" : null;
    }

    /** Names of the set's categories by icon. */
    private Map<String, List<String>> categories(IconSet set) throws IOException {
        Map<String, List<String>> byIcon = new HashMap<>();
        if (!modules.has(IconSet.SCOPE + set.prefix(), "metadata.json")) return byIcon;
        JsonNode metadata = modules.read(IconSet.SCOPE + set.prefix(), "metadata.json");
        metadata.path("categories").properties().forEach(category -> {
            if (NO_CATEGORY.matcher(category.getKey()).find()) return;
            for (JsonNode icon : category.getValue()) {
                byIcon.computeIfAbsent(icon.asText(), i -> new ArrayList<>()).add(category.getKey());
            }
        });
        return byIcon;
    }

    /** Aliases, then categories. */
    private static List<String> words(Drawn icon, Map<String, List<String>> categories) {
        List<String> words = new ArrayList<>();
        for (String alias : icon.icon().names()) {
            if (!alias.equals(icon.icon().name())) {
                words.add(IconName.of(alias, Set.copyOf(icon.icon().names())).noun());
            }
        }
        words.addAll(categories.getOrDefault(icon.icon().name(), List.of()));
        return words;
    }

    /** Whether any visible pixel is not black. */
    private static boolean colored(Image image) {
        byte[] samples = image.samples();
        for (int i = 0; i < samples.length; i += 4) {
            if (samples[i + 3] != 0 && (samples[i] | samples[i + 1] | samples[i + 2]) != 0) return true;
        }
        return false;
    }

    private void leaveOut(IconSource source, IconSet.Icon icon, String why) {
        leftOut.add(JSON.createObjectNode()
                .put("vendor", source.prefix())
                .put("icon", icon.name())
                .put("left_out", why));
        count(source, "left out: " + why.replaceFirst(": .*", ""));
    }

    private void count(IconSource source, String what) {
        counts.computeIfAbsent(source.prefix(), s -> new TreeMap<>()).merge(what, 1, Integer::sum);
    }

    /** Sets of which a drawing is left. */
    private int drawnSets() {
        return Math.toIntExact(
                icons.stream().map(i -> i.source().prefix()).distinct().count());
    }

    private String summaryJson() throws IOException {
        Map<String, Integer> splits = new TreeMap<>();
        for (Icon icon : icons) splits.merge(icon.folder(), 1, Integer::sum);
        ObjectNode json = JSON.createObjectNode();
        json.put("size", size);
        json.put("drawings", icons.size());
        json.put("sets", drawnSets());
        json.put("names", icons.stream().map(i -> i.name().noun()).distinct().count());
        json.set("splits", JSON.valueToTree(splits));
        json.set("vendors", JSON.valueToTree(counts));
        json.set("packages", JSON.valueToTree(modules.versions()));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }
}
