package org.zeuxis.models.inception;

import java.util.List;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * How a picture is brought to the size that InceptionV3 looks at. FID depends on it, so that a result must say which.
 *
 * @see <a href="https://arxiv.org/abs/2104.11222">On Aliased Resizing and Surprising Subtleties in GAN Evaluation</a>
 */
public enum InceptionResize {
    /** Bilinear between corners, without a filter where the picture shrinks: as the first FID, and torch-fidelity. */
    TENSORFLOW("bilinear of TensorFlow 1, as torch-fidelity") {
        @Override
        Tensor of(Tensor pixels) {
            return along(along(pixels, 2), 3);
        }
    },
    /** Pillow's bicubic, not rounded: clean-fid's. */
    CLEAN("bicubic of Pillow, as clean-fid") {
        @Override
        Tensor of(Tensor pixels) {
            return pixels.resizeBicubic(InceptionV3.SIZE, InceptionV3.SIZE).clamp(0, 255);
        }
    };

    private static final Normalize TO_ONE = new Normalize(List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));

    private final String words;

    InceptionResize(String words) {
        this.words = words;
    }

    /** As it stands beside a result. */
    public String words() {
        return words;
    }

    /**
     * @param images of any sizes
     * @return 0 to 255, [batch, 3, 299, 299]
     */
    public Tensor apply(List<Image> images) {
        return Tensor.cat(
                0,
                images.stream()
                        .map(image -> of(TO_ONE.apply(List.of(image)).times(255).round()))
                        .toList());
    }

    /** @param pixels 0 to 255, [batch, 3, height, columns] */
    abstract Tensor of(Tensor pixels);

    private static Tensor along(Tensor x, int axis) {
        long size = x.size(axis);
        Tensor at = Tensor.arange(InceptionV3.SIZE).to(DType.FLOAT32).times((float) size / InceptionV3.SIZE);
        Tensor low = at.to(DType.INT64);
        Tensor whole = low.to(DType.FLOAT32);
        Tensor high = whole.plus(1).clamp(0, size - 1).to(DType.INT64);
        Tensor share = at.minus(whole);
        if (axis == 2) share = share.reshape(-1, 1);
        Tensor from = x.pick(axis, low);
        return from.plus(x.pick(axis, high).minus(from).times(share));
    }
}
