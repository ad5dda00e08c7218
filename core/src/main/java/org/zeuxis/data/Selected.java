package org.zeuxis.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
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
     * All samples but those whose attribute has one of these values. Each is read once to find out; an unreadable one
     * stays, to be reported by whoever reads it next.
     *
     * @throws IllegalArgumentException if none is left
     */
    public static Dataset without(Dataset dataset, String attribute, Set<String> values) {
        if (values.isEmpty()) return dataset;
        int[] left = IntStream.range(0, dataset.size())
                .filter(i -> !has(dataset, i, attribute, values))
                .toArray();
        if (left.length == 0) {
            throw new IllegalArgumentException("expected samples whose " + attribute + " is none of " + values
                    + ", got none among " + dataset.size());
        }
        return new Selected(dataset, left);
    }

    /**
     * The samples whose attribute has this value. Each is read once to find out; an unreadable one is left out.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Dataset only(Dataset dataset, String attribute, String value) {
        int[] found = IntStream.range(0, dataset.size())
                .filter(i -> has(dataset, i, attribute, Set.of(value)))
                .toArray();
        if (found.length == 0) {
            throw new IllegalArgumentException(
                    "expected samples whose " + attribute + " is " + value + ", got none among " + dataset.size());
        }
        return new Selected(dataset, found);
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

    private static boolean has(Dataset dataset, int index, String attribute, Set<String> values) {
        try {
            return dataset.get(index).values(attribute).stream().anyMatch(values::contains);
        } catch (IOException unreadable) {
            return false;
        }
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
    public CaptionedImage get(int index) throws IOException {
        return dataset.get(indices[index]);
    }
}
