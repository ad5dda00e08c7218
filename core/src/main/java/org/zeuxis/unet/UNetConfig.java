package org.zeuxis.unet;

import java.util.List;

/**
 * The shape of a text-conditioned U-Net.
 *
 * @param inChannels channels of the noised input
 * @param outChannels channels of the prediction
 * @param levels from the full resolution down, each at half the size of the one before
 * @param layersPerLevel residual blocks on the way down; one more on the way up
 * @param contextWidth width of the text tokens
 * @param transformerDepth transformer blocks after each residual block of a level with attention
 * @param groups groups of each group norm
 * @param projection how the transformers' outer projections are stored
 */
public record UNetConfig(
        int inChannels,
        int outChannels,
        List<Level> levels,
        int layersPerLevel,
        int contextWidth,
        int transformerDepth,
        int groups,
        PixelProjection.Kind projection) {

    /**
     * One resolution.
     *
     * @param heads attention heads
     * @param attends whether its residual blocks are each followed by a transformer
     */
    public record Level(int channels, int heads, boolean attends) {}

    /** Stable Diffusion 1: heads of growing width. */
    public static final UNetConfig STABLE_DIFFUSION_1 = new UNetConfig(
            4,
            4,
            List.of(
                    new Level(320, 8, true),
                    new Level(640, 8, true),
                    new Level(1280, 8, true),
                    new Level(1280, 8, false)),
            2,
            768,
            1,
            32,
            PixelProjection.Kind.CONVOLUTION);

    /** Stable Diffusion 2: heads of width 64. */
    public static final UNetConfig STABLE_DIFFUSION_2 = new UNetConfig(
            4,
            4,
            List.of(
                    new Level(320, 5, true),
                    new Level(640, 10, true),
                    new Level(1280, 20, true),
                    new Level(1280, 20, false)),
            2,
            1024,
            1,
            32,
            PixelProjection.Kind.LINEAR);

    public UNetConfig {
        levels = List.copyOf(levels);
        if (levels.isEmpty()) throw new IllegalArgumentException("expected at least one level, got none");
        for (Level level : levels) {
            if (level.channels % groups != 0) {
                throw new IllegalArgumentException(
                        "expected channels in " + groups + " equal groups, got " + level.channels);
            }
            if (level.channels % level.heads != 0) {
                throw new IllegalArgumentException(
                        "expected " + level.channels + " channels in equal heads, got " + level.heads + " heads");
            }
        }
    }

    /** Width of the timestep embedding. */
    public int timeWidth() {
        return 4 * levels.get(0).channels();
    }
}
