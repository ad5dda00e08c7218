package org.zeuxis.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Some of the samples of a dataset, in its order. */
public final class Selected implements Dataset {
    private final Dataset dataset;
    private final int[] indices;

    private Selected(Dataset dataset, int[] indices) {
        this.dataset = dataset;
        this.indices = indices;
    }

    /**
     * The samples whose attribute has one of these values, or all if none is given. Each is read once to find out; an
     * unreadable one is left out.
     *
     * @throws IllegalArgumentException if a value is no sample's
     */
    public static Dataset only(Dataset dataset, String attribute, Set<String> values) {
        if (values.isEmpty()) return dataset;
        Set<String> missing = new TreeSet<>(values);
        int[] chosen = IntStream.range(0, dataset.size())
                .filter(i -> has(dataset, i, attribute, values, missing))
                .toArray();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected samples for each " + attribute + " asked for, got none of " + String.join(", ", missing));
        }
        return new Selected(dataset, chosen);
    }

    /**
     * As many samples as {@code count}, drawn at random; all, if there are no more.
     *
     * @throws IllegalArgumentException if {@code count} is under 1
     */
    public static Dataset drawn(Dataset dataset, int count, long seed) {
        if (count < 1) throw new IllegalArgumentException("expected at least 1 sample to be drawn, got " + count);
        if (count >= dataset.size()) return dataset;
        List<Integer> all =
                new ArrayList<>(IntStream.range(0, dataset.size()).boxed().toList());
        Collections.shuffle(all, new Random(seed));
        return new Selected(
                dataset,
                all.stream().limit(count).mapToInt(Integer::intValue).sorted().toArray());
    }

    private static boolean has(Dataset dataset, int index, String attribute, Set<String> values, Set<String> missing) {
        List<String> own;
        try {
            own = dataset.get(index).values(attribute);
        } catch (IOException unreadable) {
            return false;
        }
        missing.removeAll(own);
        return own.stream().anyMatch(values::contains);
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public String key(int index) {
        return dataset.key(indices[index]);
    }

    @Override
    public List<Problem> problems() {
        return dataset.problems();
    }

    @Override
    public List<String> captions(int index) throws IOException {
        return dataset.captions(indices[index]);
    }

    @Override
    public CaptionedImage get(int index) throws IOException {
        return dataset.get(indices[index]);
    }
}
