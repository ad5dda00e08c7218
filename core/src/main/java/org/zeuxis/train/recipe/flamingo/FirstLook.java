package org.zeuxis.train.recipe.flamingo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zeuxis.models.flamingo.Flamingo;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/**
 * Where the latents of a resampler that tells places apart look before it has learned anything: each at a place of its own, each
 * head at a frame of its own. Random ones look everywhere at once, and what is seen of two things runs together.
 */
final class FirstLook {
    /** Of latents, small beside what they gather. */
    private static final double LATENTS = 0.1;
    /** How much sharper a latent looks than its keys alone have it. */
    private static final double SHARPNESS = 2;

    private FirstLook() {}

    /**
     * Sets latents and the queries of the first layer by its keys and by the embeddings. A latent is its place's embedding and a
     * mark that all share, orthogonal to the rest, as random vectors are; in queries the mark turns into the embedding of the head's
     * frame, less the mark, so that latents do not look at one another.
     *
     * @param trained of a {@link Flamingo} with embeddings of places
     * @param heads of the resampler
     */
    static void begin(Map<String, Tensor> trained, int heads) {
        Tensor rows = of(trained, "row_embs");
        Tensor columns = of(trained, "column_embs");
        Tensor latents = of(trained, "latents");
        long width = rows.size(1);
        Tensor places = rows.unsqueeze(1).plus(columns.unsqueeze(0)).reshape(-1, width);
        Tensor mark = latents.slice(0, 0, 1).times(size(places) / size(latents.slice(0, 0, 1)));
        Tensor looking = ownPlaces(places, latents.size(0)).plus(mark);
        InPlace.assign(latents, looking.times(LATENTS / size(looking)));

        Tensor queries = of(trained, "layers.0.0.to_q.weight"); // [heads × headWidth, width]
        Tensor keys = of(trained, "layers.0.0.to_kv.weight").chunk(2, 0).get(0);
        @Nullable Tensor frames = trained.get("perceiver.frame_embs");
        List<Tensor> all = new ArrayList<>();
        for (int head = 0; head < heads; head++) {
            Tensor key = keys.chunk(heads, 0).get(head);
            Tensor instead = mark.times(-2);
            if (frames != null) {
                long frame = head % frames.size(0);
                instead = instead.plus(frames.slice(0, frame, frame + 1));
            }
            Tensor seen = key.matmul(instead.transpose(0, 1)); // [headWidth, 1]
            all.add(key.plus(seen.matmul(mark).over(mark.times(mark).sum())));
        }
        InPlace.assign(queries, Tensor.cat(0, all).times(SHARPNESS));
    }

    /** One place a latent, from the first again where there are more latents. */
    private static Tensor ownPlaces(Tensor places, long latents) {
        long rounds = (latents + places.size(0) - 1) / places.size(0);
        return places.repeat(rounds, 1).slice(0, 0, latents);
    }

    /** The root of the mean of its squares. */
    private static double size(Tensor x) {
        return Math.sqrt(x.times(x).mean().item());
    }

    private static Tensor of(Map<String, Tensor> trained, String key) {
        return Objects.requireNonNull(trained.get("perceiver." + key), key);
    }
}
