package org.zeuxis.eval;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.zeuxis.data.pictogram.scene.Scene;
import org.zeuxis.data.pictogram.scene.Twins;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.tensor.Scope;

/**
 * How often a CLIP finds a scene nearer to its own caption than to that of its twin, which differs in colour, count or
 * place alone; a coin is right half of the time.
 *
 * @see <a href="https://arxiv.org/abs/2204.03162">Winoground</a>, whose text score and group score these are
 */
public record TwinAccuracy(List<Judged> pairs) {
    private static final int BATCH = 32;

    /**
     * The cosines of two scenes and their captions.
     *
     * @param own the first scene's with its caption
     * @param wrong the first scene's with the other's caption
     * @param others the other scene's with the first one's caption
     * @param otherOwn the other scene's with its caption
     */
    public record Judged(Twins.Pair pair, float own, float wrong, float others, float otherOwn) {
        /** Whether the first scene is nearer to its own caption than to the other's. */
        public boolean right() {
            return own > wrong;
        }

        /** Whether each scene is nearer to its own caption, and each caption to its own scene. */
        public boolean allRight() {
            return Math.min(own, otherOwn) > Math.max(wrong, others);
        }
    }

    public TwinAccuracy {
        pairs = List.copyOf(pairs);
    }

    /**
     * Judges the first pairs.
     *
     * @param count how many, at least 1
     * @param done is told how many scenes are embedded so far
     */
    public static TwinAccuracy of(ClipFolder clip, Twins twins, int count, LongConsumer done) throws IOException {
        List<Judged> judged = new ArrayList<>();
        while (judged.size() < count) {
            List<Twins.Pair> batch = new ArrayList<>();
            for (int i = judged.size(); i < Math.min(count, judged.size() + BATCH); i++) batch.add(twins.pair(i));
            judge(clip, batch, judged);
            done.accept(2L * judged.size());
        }
        return new TwinAccuracy(judged);
    }

    private static void judge(ClipFolder clip, List<Twins.Pair> batch, List<Judged> judged) {
        List<Scene> scenes = batch.stream()
                .flatMap(pair -> Stream.of(pair.one(), pair.other()))
                .toList();
        int all = scenes.size();
        float[] cosines; // [scenes, captions]
        try (Scope scope = new Scope()) {
            cosines = clip.embedImages(scenes.stream().map(Scene::image).toList())
                    .matmul(clip.embedTexts(scenes.stream().map(Scene::caption).toList())
                            .transpose(0, 1))
                    .toFloats();
        }
        for (int i = 0; i < batch.size(); i++) {
            int one = 2 * i * all + 2 * i;
            int other = one + all;
            judged.add(new Judged(batch.get(i), cosines[one], cosines[one + 1], cosines[other], cosines[other + 1]));
        }
    }

    /** The share of pairs that differ in this whose first scene is nearer to its own caption. */
    public Proportion right(Twins.Aspect aspect) {
        return share(aspect, Judged::right);
    }

    /** The share of pairs that differ in this of which both scenes and both captions are matched. */
    public Proportion allRight(Twins.Aspect aspect) {
        return share(aspect, Judged::allRight);
    }

    private Proportion share(Twins.Aspect aspect, Predicate<Judged> hit) {
        List<Judged> asked =
                pairs.stream().filter(p -> p.pair().aspect() == aspect).toList();
        return new Proportion(asked.stream().filter(hit).count(), asked.size());
    }
}
