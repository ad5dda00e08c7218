package org.zeuxis.bench;

import java.util.List;
import org.zeuxis.models.latentdiffusion.UNetConfig;

/**
 * Additions and multiplications of one pass through a U-Net of latent diffusion: 2 · k² · in · out for each pixel of a convolution,
 * 2 · in · out for each token of a linear layer, 4 · n · m · width for attention of n queries over m keys. Norms, activations and
 * sums are not counted.
 */
final class UNetWork {
    private final UNetConfig config;
    private final double batch;
    private final double tokens;
    private double sum;

    private UNetWork(UNetConfig config, long batch, long tokens) {
        this.config = config;
        this.batch = batch;
        this.tokens = tokens;
    }

    static double of(UNetConfig c, long batch, long size, long tokens) {
        UNetWork work = new UNetWork(c, batch, tokens);
        List<UNetConfig.Level> levels = c.levels();
        int depth = levels.size();
        int first = levels.get(0).channels();
        work.convolution(size, 3, c.inChannels(), first);
        work.linear(1, first, c.timeWidth());
        work.linear(1, c.timeWidth(), c.timeWidth());
        for (int i = 0; i < depth; i++) {
            UNetConfig.Level level = levels.get(i);
            int before = levels.get(Math.max(0, i - 1)).channels();
            for (int k = 0; k < c.layersPerLevel(); k++) {
                work.layer(size >> i, k == 0 ? before : level.channels(), level.channels(), level.attends());
            }
            if (i < depth - 1) work.convolution(size >> i + 1, 3, level.channels(), level.channels());
        }
        UNetConfig.Level last = levels.get(depth - 1);
        work.layer(size >> depth - 1, last.channels(), last.channels(), true);
        work.layer(size >> depth - 1, last.channels(), last.channels(), false);
        for (int i = depth - 1; i >= 0; i--) {
            UNetConfig.Level level = levels.get(i);
            int below = levels.get(Math.min(depth - 1, i + 1)).channels();
            int above = levels.get(Math.max(0, i - 1)).channels();
            for (int k = 0; k <= c.layersPerLevel(); k++) {
                int skip = k == c.layersPerLevel() ? above : level.channels();
                work.layer(size >> i, (k == 0 ? below : level.channels()) + skip, level.channels(), level.attends());
            }
            if (i > 0) work.convolution(size >> i - 1, 3, level.channels(), level.channels());
        }
        work.convolution(size, 3, first, c.outChannels());
        return work.sum;
    }

    /** A residual block, and the transformer behind it if there is one. */
    private void layer(long size, long in, long out, boolean attends) {
        convolution(size, 3, in, out);
        convolution(size, 3, out, out);
        if (in != out) convolution(size, 1, in, out);
        linear(1, config.timeWidth(), out);
        if (!attends) return;
        double pixels = (double) size * size;
        linear(pixels, out, 2 * out); // into the transformer and out of it
        for (int i = 0; i < config.transformerDepth(); i++) {
            linear(pixels, out, 4 * out); // queries, keys, values and what is mixed
            sum += 4 * batch * pixels * pixels * out;
            linear(pixels, out, 2 * out); // the same over the prompt: queries and what is mixed
            linear(tokens, config.contextWidth(), 2 * out);
            sum += 4 * batch * pixels * tokens * out;
            linear(pixels, out, 8 * out); // the gated feed-forward
            linear(pixels, 4 * out, out);
        }
    }

    private void convolution(long size, long kernel, long in, long out) {
        sum += 2.0 * batch * size * size * kernel * kernel * in * out;
    }

    private void linear(double count, double in, double out) {
        sum += 2 * batch * count * in * out;
    }
}
