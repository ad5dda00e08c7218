package org.zeuxis.models.clip.resnet;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.BatchNorm2d;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * A residual block that computes on a quarter of its output channels. Where it halves the picture, pixels are averaged and
 * none is skipped by a stride, on the shortcut too.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">ResNet</a>, Figure 5, right
 * @see <a href="https://arxiv.org/abs/1812.01187">Bag of tricks</a>, Figure 2, ResNet-D
 */
public final class Bottleneck extends Module {
    /** Output channels for each channel inside. */
    public static final int EXPANSION = 4;

    private final Conv2d conv1;
    private final BatchNorm2d norm1;
    private final Conv2d conv2;
    private final BatchNorm2d norm2;
    private final Conv2d conv3;
    private final BatchNorm2d norm3;
    private final @Nullable Shortcut shortcut;
    private final int stride;

    /**
     * @param in channels that come
     * @param inner channels inside
     * @param stride by which height and columns shrink
     * @param lastGains what the last norm begins with; zeros make the block the identity
     */
    public Bottleneck(int in, int inner, int stride, Initialization lastGains) {
        this.stride = stride;
        int out = inner * EXPANSION;
        conv1 = child("conv1", Conv2d.withoutBias(in, inner, 1, 1, 0));
        norm1 = child("bn1", new BatchNorm2d(inner));
        conv2 = child("conv2", Conv2d.withoutBias(inner, inner, 3, 1, 1));
        norm2 = child("bn2", new BatchNorm2d(inner));
        conv3 = child("conv3", Conv2d.withoutBias(inner, out, 1, 1, 0));
        norm3 = child("bn3", new BatchNorm2d(out, 1e-5, lastGains));
        shortcut = stride == 1 && in == out ? null : child("downsample", new Shortcut(in, out, stride));
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, 4 inner, height / stride, columns / stride]
     */
    public Tensor forward(Tensor x) {
        Tensor h = norm1.forward(conv1.forward(x)).relu();
        h = pooled(norm2.forward(conv2.forward(h)).relu(), stride);
        h = norm3.forward(conv3.forward(h));
        return (shortcut == null ? x : shortcut.forward(x)).plus(h).relu();
    }

    private static Tensor pooled(Tensor x, int stride) {
        return stride == 1 ? x : x.averagePool(stride);
    }

    private static final class Shortcut extends Module {
        private final Conv2d conv;
        private final BatchNorm2d norm;
        private final int stride;

        Shortcut(int in, int out, int stride) {
            this.stride = stride;
            conv = child("0", Conv2d.withoutBias(in, out, 1, 1, 0));
            norm = child("1", new BatchNorm2d(out));
        }

        Tensor forward(Tensor x) {
            return norm.forward(conv.forward(pooled(x, stride)));
        }
    }
}
