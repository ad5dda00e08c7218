package org.zeuxis.app.dataset.pictogram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/** Finds the drawings of one set that show the same thing in the same way: other sizes, other corners. */
final class NearDuplicates {
    private static final int SIDE = 32;
    /** Mean difference of 32x32 averages, in grey levels, under which two drawings are one. */
    private static final double LEAST = 5;

    private final Map<String, List<int[]>> seen = new HashMap<>();

    /** Whether a drawing of this name differs enough from those before it. */
    boolean isNew(IconName name, Image drawing) {
        List<int[]> others = seen.computeIfAbsent(name.noun() + name.styles(), n -> new ArrayList<>());
        int[] own = averages(drawing);
        for (int[] other : others) if (difference(own, other) < LEAST) return false;
        others.add(own);
        return true;
    }

    private static double difference(int[] one, int[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) sum += Math.abs(one[i] - other[i]);
        return sum / one.length;
    }

    private static int[] averages(Image drawing) {
        Image small = new Resize(SIDE, SIDE, Resize.Filter.BICUBIC).apply(drawing.over(255, 255, 255));
        int[] averages = new int[small.samples().length];
        for (int i = 0; i < averages.length; i++) averages[i] = small.samples()[i] & 255;
        return averages;
    }
}
