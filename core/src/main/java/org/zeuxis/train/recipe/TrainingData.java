package org.zeuxis.train.recipe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zeuxis.config.Config;
import org.zeuxis.data.Cached;
import org.zeuxis.data.Captioned;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Selected;
import org.zeuxis.data.augmentation.Augmentation;
import org.zeuxis.data.augmentation.Augmented;
import org.zeuxis.data.format.DatasetLocation;
import org.zeuxis.data.pictogram.Captions;
import org.zeuxis.data.pictogram.scene.Scenes;
import org.zeuxis.data.pictogram.scene.Twins;
import org.zeuxis.data.series.Alike;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.data.series.Mixture;
import org.zeuxis.data.series.Presentation;
import org.zeuxis.data.series.ShuffledExamples;

/**
 * What a recipe learns from: the {@code data} part of its file.
 *
 * @param datasets locations as {@link DatasetLocation#open} takes them, each with its share of the examples: {@code "dataset": "data/train"}, or
 *     {@code "dataset": ["data/train", "data/more"], "shares": [0.4, 0.6]}; scenes, labels and vendors are of the first
 * @param size width and height of the pictures in pixels
 * @param scenes share of pictures with several drawings at known places
 * @param scenesOf {@code "scenes_of"}: where their drawings are from, a location like {@code dataset} and by default the same
 * @param twins whether each scene is followed by one that differs in colour, count or place alone; a batch of an even size has both
 * @param colored share of the other pictures on a coloured background
 * @param augmentation of the pictures but for scenes, whose captions say what is where: {@code "augment"}, of the keys that
 *     {@link AugmentKeys} lists; photographs are usually cropped to 0.9 to 1
 * @param only subgroups of things to learn from, as the dataset names them in {@code subgroup}; empty for all
 * @param concepts things to learn from, as the dataset names them in {@code label}; empty for all
 * @param vendors whose drawings to learn from, as the dataset names them in {@code vendor}; empty for all
 */
public record TrainingData(
        Map<String, Double> datasets,
        int size,
        double scenes,
        String scenesOf,
        boolean twins,
        double colored,
        Augmentation augmentation,
        Set<String> only,
        Set<String> concepts,
        Set<String> vendors,
        long seed) {
    /** A picture on white, with its label for a caption. */
    private static final Presentation LABELLED =
            (sample, seed) -> new Example(sample.key(), sample.image().over(255, 255, 255), sample.label());

    public TrainingData {
        datasets = Collections.unmodifiableMap(new LinkedHashMap<>(datasets));
        only = Set.copyOf(only);
        concepts = Set.copyOf(concepts);
        vendors = Set.copyOf(vendors);
        if (size < 8) throw new IllegalArgumentException("expected a size of at least 8 pixels, got " + size);
        if (scenes == 0 && (twins || !scenesOf.equals(first(datasets)))) {
            throw new IllegalArgumentException("expected a share of scenes above 0 beside twins and scenes_of, got 0");
        }
        if (!(scenes >= 0 && scenes < 1)) {
            throw new IllegalArgumentException("expected a share of scenes of 0 up to 1, got " + scenes);
        }
    }

    /** Reads the keys that all recipes share. */
    static TrainingData from(Config c) {
        Map<String, Double> datasets = datasets(c);
        return new TrainingData(
                datasets,
                c.integer("size", 64),
                c.number("scenes", 0),
                c.text("scenes_of", first(datasets)),
                c.flag("twins", false),
                c.number("colored", Captions.TRAINING.colored()),
                c.has("augment") ? AugmentKeys.read(c.child("augment")) : Augmentation.NONE,
                Set.copyOf(c.texts("only", List.of())),
                Set.copyOf(c.texts("concepts", List.of())),
                Set.copyOf(c.texts("vendors", List.of())),
                c.wholeNumber("seed", 1));
    }

    private static Map<String, Double> datasets(Config c) {
        List<String> locations = c.texts("dataset");
        List<Double> shares = c.numbers("shares", Collections.nCopies(locations.size(), 1.0));
        if (locations.isEmpty() || shares.size() != locations.size()) {
            throw new IllegalArgumentException("expected a dataset, or several with as many shares, got "
                    + locations.size() + " datasets and " + shares.size() + " shares");
        }
        Map<String, Double> datasets = new LinkedHashMap<>();
        for (int i = 0; i < shares.size(); i++) {
            if (!(shares.get(i) > 0)) {
                throw new IllegalArgumentException("expected shares above 0, got " + shares.get(i));
            }
            if (datasets.putIfAbsent(locations.get(i), shares.get(i)) != null) {
                throw new IllegalArgumentException("expected each dataset once, got " + locations.get(i) + " twice");
            }
        }
        return datasets;
    }

    /** What an autoencoder learns from: pictures, captioned or not. */
    public Examples pictures() throws IOException {
        return examples(open(), Captions.TRAINING);
    }

    /** What a generator learns from; some captions are empty, for classifier-free guidance. */
    public Examples examples() throws IOException {
        return examples(captioned(), Captions.TRAINING);
    }

    /** What CLIP learns from: every caption says something of its picture. */
    public Examples pairs() throws IOException {
        return examples(captioned(), Captions.PAIRS);
    }

    /**
     * Pairs, at each even position and the next, of drawings of the first dataset that are called the same; captioned as those of {@link #pairs}.
     */
    public Examples alike() throws IOException {
        return new Augmented(
                new Alike(captioned(), seed + 5, Captions.PAIRS.withColored(colored)), augmentation, size, seed + 3);
    }

    /**
     * Pairs of all drawings of the first dataset, whatever {@code concepts} it is kept to, at each even position and the next of
     * two that are called the same; on white, and captioned by their names alone.
     */
    public Examples called() throws IOException {
        Dataset all = new Captioned(new Cached(opened(first(datasets))));
        return new Augmented(new Alike(all, seed + 6, Captions.PLAIN), augmentation, size, seed + 3);
    }

    /** What a classifier learns from: the caption of each picture is its label; no scenes, no coloured backgrounds. */
    public Examples labelled() throws IOException {
        return new Augmented(new ShuffledExamples(captioned(), seed, LABELLED), augmentation, size, seed + 3);
    }

    /** The drawings of the first dataset that have captions. */
    public Dataset drawings() throws IOException {
        return captioned();
    }

    /** Every label of the data once, in its order; what cannot be read has none. */
    public List<String> labels() throws IOException {
        Dataset all = captioned();
        Set<String> labels = new LinkedHashSet<>();
        for (int i = 0; i < all.size(); i++) {
            try {
                labels.add(all.get(i).label());
            } catch (IOException unreadable) {
                continue; // told when it is asked for
            }
        }
        return List.copyOf(labels);
    }

    /**
     * Refuses pictures of another size than a model sees.
     *
     * @param whose what is said in the message, such as "the vision tower's"
     */
    public void expectSize(int pixels, String whose) {
        if (size == pixels) return;
        throw new IllegalArgumentException(
                "expected data of " + whose + " " + pixels + " pixels, got a size of " + size);
    }

    private static String first(Map<String, Double> datasets) {
        return datasets.keySet().iterator().next();
    }

    private Dataset captioned() throws IOException {
        return new Captioned(open());
    }

    private static Dataset opened(String location) throws IOException {
        try {
            return DatasetLocation.open(location);
        } catch (IOException e) {
            String fix =
                    location.startsWith("data/pictograms") ? "; runs/pictograms-data.sh makes data/pictograms" : "";
            throw new IOException("dataset of the recipe, " + e.getMessage() + fix, e);
        }
    }

    /** The first dataset. */
    private Dataset open() throws IOException {
        Dataset cached = new Cached(opened(first(datasets)));
        Dataset drawn = Selected.only(cached, "vendor", vendors);
        return Selected.only(Selected.only(drawn, "subgroup", only), "label", concepts);
    }

    /** All of this size, without transparency; the same in every run. */
    private Examples examples(Dataset opened, Captions captions) throws IOException {
        List<Examples> sources = new ArrayList<>();
        for (String location : datasets.keySet()) {
            Dataset source = sources.isEmpty() ? opened : new Captioned(new Cached(opened(location)));
            sources.add(new ShuffledExamples(source, seed + 10 * sources.size(), captions.withColored(colored)));
        }
        Examples shuffled = sources.size() == 1
                ? sources.get(0)
                : new Mixture(sources, List.copyOf(datasets.values()), 1, seed + 4);
        Examples drawings = new Augmented(shuffled, augmentation, size, seed + 3);
        if (scenes == 0) return drawings;
        Dataset pasted = scenesOf.equals(first(datasets)) ? opened : new Cached(opened(scenesOf));
        Examples composed = twins ? new Twins(pasted, size, seed + 1) : new Scenes(pasted, size, seed + 1);
        return new Mixture(List.of(drawings, composed), List.of(1 - scenes, scenes), twins ? 2 : 1, seed + 2);
    }
}
