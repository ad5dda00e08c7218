package org.zeuxis.models.flamingo;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Tells when and where features are: embeddings of frames, as in the paper, and of rows and columns, which is ours.
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, Figure 5: {@code X_f + time_embeddings}
 */
final class FeatureEmbeddings extends Module {
    /** About as much as features differ from one picture to the other: fainter embeddings drown in these. */
    private static final double SIZE = 0.25;

    private final int width;
    private final @Nullable Tensor frames; // [frames, width]
    private final @Nullable Tensor rows; // [places, width]
    private final @Nullable Tensor columns; // [places, width]

    /**
     * @param width of the features
     * @param frames how many there are embeddings for; 0 where only pictures are read
     * @param places how many rows, and as many columns; 0 for none
     */
    FeatureEmbeddings(int width, int frames, int places) {
        if (frames < 0 || places < 0) {
            throw new IllegalArgumentException(
                    "expected no fewer than 0 frames and places, got " + frames + " and " + places);
        }
        this.width = width;
        this.frames = embeddings("frame_embs", frames);
        rows = embeddings("row_embs", places);
        columns = embeddings("column_embs", places);
    }

    private @Nullable Tensor embeddings(String key, int count) {
        return count == 0 ? null : parameter(key, Initialization.normal(SIZE), count, width);
    }

    /**
     * @param features of each picture or video, [batch, frames, patches, width]; of more frames than have embeddings, these lie
     *     between them; after the features of all places there may be those of half as many rows and columns
     * @return [batch, frames × patches, width]
     * @throws IllegalArgumentException if there are several frames and no embeddings to tell them apart, or other places than those
     *     that have some
     */
    Tensor addedTo(Tensor features) {
        features.expect("batch frames patches", width);
        Tensor placed = rows == null || columns == null ? features : features.plus(places(rows, columns, features));
        Tensor timed = frames == null ? still(placed) : placed.plus(times(frames, features.size(1)));
        return timed.rearrange("b t p d -> b (t p) d");
    }

    /** [places, width] */
    private static Tensor places(Tensor rows, Tensor columns, Tensor features) {
        long side = rows.size(0);
        Tensor all = grid(rows, columns);
        if (features.size(2) == side * side) return all;
        if (side % 2 == 0 && features.size(2) == side * side / 4 * 5) {
            return Tensor.cat(0, all, grid(halved(rows), halved(columns)));
        }
        throw new IllegalArgumentException("expected features of " + side
                + " rows and columns, which this resampler tells apart, got " + features.size(2) + " places");
    }

    /** [rows × columns, width] */
    private static Tensor grid(Tensor rows, Tensor columns) {
        return rows.unsqueeze(1).plus(columns.unsqueeze(0)).reshape(-1, rows.size(1));
    }

    /** Each between two: [places / 2, width] */
    private static Tensor halved(Tensor embeddings) {
        return embeddings.reshape(-1, 2, embeddings.size(1)).mean(1).squeeze(1);
    }

    private static Tensor still(Tensor features) {
        if (features.size(1) == 1) return features;
        throw new IllegalArgumentException("expected a single frame, as this resampler was made for pictures, got "
                + features.size(1) + "; take a model that was trained on videos");
    }

    /** [count, 1, width] */
    private static Tensor times(Tensor frames, long count) {
        long known = frames.size(0);
        if (count <= known) return frames.slice(0, 0, count).unsqueeze(1);
        Tensor columns = frames.transpose(0, 1).unsqueeze(0).unsqueeze(2); // [1, width, 1, frames]
        Tensor between = columns.resizeBetweenCorners(1, count);
        return between.squeeze(2).squeeze(0).transpose(0, 1).unsqueeze(1);
    }
}
