package org.zeuxis.data.series;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;
import org.zeuxis.data.Readable;

/**
 * Pairs of examples of the same best caption: at an even position one, at the next another picture that is called so, or the same
 * one where there is no other.
 */
public final class Alike implements Examples {
    private final Dataset dataset;
    private final long seed;
    private final Presentation presentation;
    private final List<Integer> called = new ArrayList<>(); // what has a caption
    private final List<List<Integer>> alike = new ArrayList<>(); // for each of these all of its caption
    private final Map<Integer, Problem> unreadable = new ConcurrentSkipListMap<>();

    /**
     * Reads all captions, but no pictures.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Alike(Dataset dataset, long seed, Presentation presentation) {
        this.dataset = dataset;
        this.seed = seed;
        this.presentation = presentation;
        Map<String, List<Integer>> byCaption = new HashMap<>();
        for (int i = 0; i < dataset.size(); i++) {
            try {
                List<String> captions = dataset.captions(i);
                if (captions.isEmpty()) continue;
                List<Integer> all = byCaption.computeIfAbsent(captions.get(0), caption -> new ArrayList<>());
                all.add(i);
                called.add(i);
                alike.add(all);
            } catch (IOException e) {
                unreadable.put(i, new Problem(dataset.key(i), String.valueOf(e.getMessage())));
            }
        }
        if (called.isEmpty())
            throw new IllegalArgumentException("expected pictures with captions to find others alike, got none");
    }

    @Override
    public Example at(long position) throws IOException {
        Draws pair = Draws.at(seed, position / 2);
        int place = pair.below(called.size());
        int index = called.get(place);
        if (position % 2 == 1) index = another(alike.get(place), index, pair);
        Draws draws = Draws.at(seed + 1, position);
        long presented = draws.nextLong();
        return presentation.present(Readable.find(dataset, index, draws, unreadable), presented);
    }

    private static int another(List<Integer> all, int index, Draws draws) {
        int last = all.get(all.size() - 1);
        if (all.size() == 1) return last;
        int other = all.get(draws.below(all.size() - 1));
        return other == index ? last : other;
    }

    @Override
    public List<Problem> problems() {
        return new ArrayList<>(unreadable.values());
    }
}
