package org.zeuxis.models.flamingo;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.zeuxis.models.lm.Insertion;
import org.zeuxis.tensor.Tensor;

/**
 * Media as they enter a language model: at each of their marks in the text the next one is shown, and the tokens from there on
 * look at it.
 */
final class ShownMedia implements Insertion {
    private final Map<Integer, GatedCrossAttention> layers; // by the block that each stands before
    private final Map<Integer, MediaKeys> keys;
    private final int mark;
    private final long media;
    private final long latents;
    private long before; // how many were shown in earlier calls

    /**
     * @param visual tokens, [batch, media, latents, mediaWidth]
     * @param mark the token that stands where a medium is shown
     */
    ShownMedia(Map<Integer, GatedCrossAttention> layers, Tensor visual, int mark) {
        this(layers, keys(layers, someOf(visual)), mark, visual.size(1), visual.size(2));
    }

    private ShownMedia(
            Map<Integer, GatedCrossAttention> layers,
            Map<Integer, MediaKeys> keys,
            int mark,
            long media,
            long latents) {
        this.layers = layers;
        this.keys = keys;
        this.mark = mark;
        this.media = media;
        this.latents = latents;
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

    /** For a text that is read in several calls: kept outside every scope until this is closed. */
    ShownMedia outliving() {
        return new ShownMedia(layers, each(keys, MediaKeys::outliving), mark, media, latents);
    }

    @Override
    public Layers reading(Tensor ids) {
        int texts = (int) ids.size(0);
        long[] shown = shown(ids.toLongs(), texts);
        Sight sight = Sight.of(shown, texts, media, latents);
        return (block, x) -> {
            GatedCrossAttention layer = layers.get(block);
            MediaKeys its = keys.get(block);
            return layer == null || its == null ? x : layer.forward(x, its, sight);
        };
    }

    /** For each token how many media were shown up to it; a mark that the model writes itself shows nothing new. */
    private long[] shown(long[] ids, int texts) {
        long[] shown = new long[ids.length];
        int tokens = ids.length / texts;
        for (int i = 0; i < ids.length; i++) {
            long sofar = i % tokens == 0 ? before : shown[i - 1];
            shown[i] = ids[i] == mark ? Math.min(media, sofar + 1) : sofar;
        }
        // texts that go on abreast began as one, with all media
        before = shown[tokens - 1];
        return shown;
    }

    @Override
    public void close() {
        keys.values().forEach(MediaKeys::close);
    }
}
