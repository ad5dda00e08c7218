package org.zeuxis.eval.drawbench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.image.Image;

/**
 * Whether a picture shows what is known of its prompt, without a network: how many separate things there are, of which
 * colours, and where these lie.
 *
 * <p>It sees drawings on a plain background, and only there. It does not know what the things are: three dots are three
 * apples to it. Things that touch are one to it, and a thing of several separate parts is several.
 */
public final class SceneCheck {
    private static final int APART = 40; // of 255, in one channel: what differs less is background
    private static final double PLAIN = 0.8; // share of the border that is background
    private static final double SPECK = 0.002; // of the picture
    private static final double SCRAP = 0.1; // of the largest thing
    private static final double LEAST_DISTANCE = 0.08; // between two colours, of the side of the picture
    private static final int STEP = 16;

    private final int width;
    private final int height;
    private final Image picture;
    private final int[] background; // red, green, blue
    private final boolean[] drawn;

    /** What a check says. */
    public enum Verdict {
        HOLDS,
        FAILS,
        /** There is no plain background, so nothing can be told. */
        UNSEEN
    }

    private SceneCheck(Image picture) {
        this.picture = picture;
        width = picture.width();
        height = picture.height();
        background = background();
        drawn = new boolean[width * height];
        for (int i = 0; i < drawn.length; i++) drawn[i] = apart(i % width, i / width, background) > APART;
    }

    /** Whether all {@code truths} hold of a picture. */
    public static Verdict of(Image picture, List<Truth> truths) {
        SceneCheck check = new SceneCheck(picture.over(255, 255, 255));
        if (!check.plain()) return Verdict.UNSEEN;
        Map<DrawnColor, Place> colors = check.colors();
        int asked = (int) truths.stream().filter(Truth.Shows.class::isInstance).count();
        for (Truth truth : truths) if (!check.holds(truth, colors, Math.max(1, asked))) return Verdict.FAILS;
        return Verdict.HOLDS;
    }

    private boolean holds(Truth truth, Map<DrawnColor, Place> colors, int asked) {
        if (truth instanceof Truth.Count count) return things() == count.things();
        if (truth instanceof Truth.Behind behind) {
            return DrawnColor.of(background[0], background[1], background[2]) == behind.color();
        }
        if (truth instanceof Truth.Shows shows) return shown(shows.color(), colors, asked);
        Truth.Placed placed = (Truth.Placed) truth;
        if (!shown(placed.color(), colors, 2) || !shown(placed.other(), colors, 2)) return false;
        Place one = place(colors, placed.color());
        Place other = place(colors, placed.other());
        double across = (other.x() - one.x()) / width;
        double down = (other.y() - one.y()) / height;
        double distance = switch (placed.side()) {
            case LEFT -> across;
            case RIGHT -> -across;
            case ABOVE -> down;
            case BELOW -> -down;
        };
        return distance >= LEAST_DISTANCE;
    }

    /** Of {@code asked} colours each has at least half of its equal share of what is drawn. */
    private boolean shown(DrawnColor color, Map<DrawnColor, Place> colors, int asked) {
        int all = colors.values().stream().mapToInt(place -> place.pixels).sum();
        return all > 0 && place(colors, color).pixels >= all / (2.0 * asked);
    }

    private static Place place(Map<DrawnColor, Place> colors, DrawnColor color) {
        return colors.getOrDefault(color, new Place());
    }

    /** The most frequent colour of the border. */
    private int[] background() {
        Map<Integer, int[]> sums = new HashMap<>();
        for (int[] at : border()) {
            int key = 0;
            for (int c = 0; c < 3; c++) key = key * 256 / STEP + picture.sample(at[0], at[1], c) / STEP;
            int[] sum = sums.computeIfAbsent(key, k -> new int[4]);
            for (int c = 0; c < 3; c++) sum[c] += picture.sample(at[0], at[1], c);
            sum[3]++;
        }
        int[] most = sums.values().stream()
                .max((a, b) -> Integer.compare(a[3], b[3]))
                .orElseThrow();
        return new int[] {most[0] / most[3], most[1] / most[3], most[2] / most[3]};
    }

    private List<int[]> border() {
        List<int[]> border = new ArrayList<>();
        for (int x = 0; x < width; x++) {
            border.add(new int[] {x, 0});
            border.add(new int[] {x, height - 1});
        }
        for (int y = 1; y < height - 1; y++) {
            border.add(new int[] {0, y});
            border.add(new int[] {width - 1, y});
        }
        return border;
    }

    private boolean plain() {
        List<int[]> border = border();
        long behind =
                border.stream().filter(at -> !drawn[at[1] * width + at[0]]).count();
        return behind >= PLAIN * border.size();
    }

    private int apart(int x, int y, int[] color) {
        int most = 0;
        for (int c = 0; c < 3; c++) most = Math.max(most, Math.abs(picture.sample(x, y, c) - color[c]));
        return most;
    }

    /** Connected parts of what is drawn, less what is too small to be a thing. */
    private int things() {
        boolean[] seen = new boolean[drawn.length];
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < drawn.length; i++) if (drawn[i] && !seen[i]) sizes.add(flood(i, seen));
        int largest = sizes.stream().mapToInt(size -> size).max().orElse(0);
        double least = Math.max(SPECK * drawn.length, SCRAP * largest);
        return (int) sizes.stream().filter(size -> size >= least).count();
    }

    private int flood(int from, boolean[] seen) {
        Deque<Integer> next = new ArrayDeque<>();
        next.add(from);
        seen[from] = true;
        int size = 0;
        while (!next.isEmpty()) {
            int at = next.pop();
            size++;
            for (int y = Math.max(0, at / width - 1); y <= Math.min(height - 1, at / width + 1); y++) {
                for (int x = Math.max(0, at % width - 1); x <= Math.min(width - 1, at % width + 1); x++) {
                    int beside = y * width + x;
                    if (!drawn[beside] || seen[beside]) continue;
                    seen[beside] = true;
                    next.push(beside);
                }
            }
        }
        return size;
    }

    private Map<DrawnColor, Place> colors() {
        Map<DrawnColor, Place> colors = new EnumMap<>(DrawnColor.class);
        for (int i = 0; i < drawn.length; i++) {
            if (!drawn[i]) continue;
            int x = i % width;
            int y = i / width;
            DrawnColor color = DrawnColor.of(picture.sample(x, y, 0), picture.sample(x, y, 1), picture.sample(x, y, 2));
            colors.computeIfAbsent(color, c -> new Place()).add(x, y);
        }
        return colors;
    }

    /** Where the pixels of a colour are. */
    private static final class Place {
        private int pixels;
        private double sumX;
        private double sumY;

        private void add(int x, int y) {
            pixels++;
            sumX += x;
            sumY += y;
        }

        private double x() {
            return sumX / pixels;
        }

        private double y() {
            return sumY / pixels;
        }
    }
}
