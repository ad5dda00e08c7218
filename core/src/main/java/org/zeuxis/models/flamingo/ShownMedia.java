package org.zeuxis.models.flamingo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.zeuxis.models.lm.Insertion;
import org.zeuxis.tensor.Tensor;

/**
 * Media as they enter a language model: at each of their marks in the text the next one is shown, and the tokens from there on
 * look at it.
 */
final class ShownMedia implements Insertion {
    private final Map<Integer, GatedCrossAttention> layers; // by the block that each stands before
    private final int mark;
    private final long media; // of a text, at most
    private final long latents;
    private Map<Integer, MediaKeys> keys; // of each text
    private long[] texts; // which of the first ones each text goes on from
    private long[] counts; // how many media each text has
    private long[] before; // how many of these were shown in earlier calls

    /**
     * @param visual tokens, [batch, media, latents, mediaWidth]
     * @param mark the token that stands where a medium is shown
     */
    ShownMedia(Map<Integer, GatedCrossAttention> layers, Tensor visual, int mark) {
        this(layers, keys(layers, someOf(visual)), mark, visual.size(1), visual.size(2), counts(visual));
    }

    private ShownMedia(
            Map<Integer, GatedCrossAttention> layers,
            Map<Integer, MediaKeys> keys,
            int mark,
            long media,
            long latents,
            long[] counts) {
        this.layers = layers;
        this.keys = keys;
        this.mark = mark;
        this.media = media;
        this.latents = latents;
        this.counts = counts;
        before = new long[counts.length];
        texts = LongStream.range(0, counts.length).toArray();
    }

    /**
     * For texts of which one may have more media than the other.
     *
     * @param visual tokens of each text, [media, latents, mediaWidth]
     */
    static ShownMedia abreast(Map<Integer, GatedCrossAttention> layers, List<Tensor> visual, int mark) {
        long most = visual.stream().mapToLong(one -> one.size(0)).max().orElse(0);
        List<Tensor> filled = new ArrayList<>();
        for (Tensor one : visual) {
            Tensor some = someOf(one.unsqueeze(0));
            Tensor none = some.slice(1, 0, 1).times(0).expand(-1, most - one.size(0), -1, -1);
            filled.add(Tensor.cat(1, some, none));
        }
        ShownMedia shown = new ShownMedia(layers, Tensor.cat(0, filled), mark);
        shown.counts = visual.stream().mapToLong(one -> one.size(0)).toArray();
        return shown;
    }

    private static long[] counts(Tensor visual) {
        long[] counts = new long[(int) visual.size(0)];
        Arrays.fill(counts, visual.size(1));
        return counts;
    }

    private static Tensor someOf(Tensor visual) {
        if (visual.size(1) > 0) return visual;
        throw new IllegalArgumentException(
                "expected at least 1 picture or video, got none; ask the language model alone");
    }

    private static Map<Integer, MediaKeys> keys(Map<Integer, GatedCrossAttention> layers, Tensor visual) {
        Tensor flat = visual.rearrange("b t n d -> b (t n) d");
        return each(layers, layer -> layer.keys(flat));
    }

    private static <A, B> Map<Integer, B> each(Map<Integer, A> all, Function<A, B> change) {
        Map<Integer, B> changed = new TreeMap<>();
        all.forEach((block, one) -> changed.put(block, change.apply(one)));
        return changed;
    }

    /** For texts that are read in several calls: kept outside every scope until this is closed. */
    ShownMedia outliving() {
        return new ShownMedia(layers, each(keys, MediaKeys::outliving), mark, media, latents, counts);
    }

    @Override
    public Layers reading(Tensor ids) {
        int rows = (int) ids.size(0);
        long[] shown = shown(ids.toLongs(), rows);
        Sight sight = Sight.of(shown, rows, media, latents);
        return (block, x) -> {
            GatedCrossAttention layer = layers.get(block);
            MediaKeys its = keys.get(block);
            return layer == null || its == null ? x : layer.forward(x, its, sight);
        };
    }

    /** For each token how many media were shown up to it; a mark that the model writes itself shows nothing new. */
    private long[] shown(long[] ids, int rows) {
        long[] shown = new long[ids.length];
        int tokens = ids.length / rows;
        for (int i = 0; i < ids.length; i++) {
            int row = i / tokens;
            long sofar = i % tokens == 0 ? before[row] : shown[i - 1];
            shown[i] = ids[i] == mark ? Math.min(counts[row], sofar + 1) : sofar;
        }
        for (int row = 0; row < rows; row++) before[row] = shown[(row + 1) * tokens - 1];
        return shown;
    }

    /** Only of what is {@link #outliving}. */
    @Override
    public void branch(long[] rows) {
        long[] chosen = of(texts, rows);
        if (!Arrays.equals(chosen, texts)) {
            Tensor places = Tensor.of(rows, rows.length);
            keys = each(keys, its -> its.branch(places));
        }
        texts = chosen;
        counts = of(counts, rows);
        before = of(before, rows);
    }

    private static long[] of(long[] all, long[] rows) {
        return Arrays.stream(rows).map(row -> all[(int) row]).toArray();
    }

    @Override
    public void close() {
        keys.values().forEach(MediaKeys::close);
    }
}
