package org.zeuxis.image;

import java.util.List;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Pictures as the tensor an image encoder reads: samples of 0 to 1, less a mean, over a deviation, per channel.
 *
 * @param mean of red, green, blue
 * @param deviation of red, green, blue, not 0
 */
public record Normalize(List<Float> mean, List<Float> deviation) {
    /** CLIP's, of its training pictures. */
    public static final Normalize CLIP = new Normalize(
            List.of(0.48145466f, 0.4578275f, 0.40821073f), List.of(0.26862954f, 0.26130258f, 0.27577711f));
    /** ImageNet's. */
    public static final Normalize IMAGENET =
            new Normalize(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
    /** To −1 to 1, as diffusion models and their autoencoders have it. */
    public static final Normalize TO_ONE = new Normalize(List.of(0.5f, 0.5f, 0.5f), List.of(0.5f, 0.5f, 0.5f));

    /** @throws IllegalArgumentException if there are not three means and deviations, or one deviation is 0 */
    public Normalize {
        if (mean.size() != 3 || deviation.size() != 3 || deviation.contains(0f)) {
            throw new IllegalArgumentException("expected a mean and a deviation other than 0 of three channels, got "
                    + mean + " and " + deviation);
        }
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
    }

    /**
     * One picture; an alpha channel is left out, so lay it {@link Image#over} a background before.
     *
     * @return [channels, height, columns], float32
     */
    public Tensor apply(Image image) {
        return apply(List.of(image)).squeeze(0);
    }

    /**
     * Pictures of one size.
     *
     * @return [batch, channels, height, columns], float32
     * @throws IllegalArgumentException if there are none, or their sizes differ
     */
    public Tensor apply(List<Image> images) {
        if (images.isEmpty()) throw new IllegalArgumentException("expected at least one picture, got none");
        int width = images.get(0).width();
        int height = images.get(0).height();
        int each = 3 * width * height;
        byte[] samples = new byte[Math.multiplyExact(each, images.size())];
        for (int b = 0; b < images.size(); b++) {
            Image image = images.get(b);
            if (image.width() != width || image.height() != height) {
                throw new IllegalArgumentException("expected pictures of one size, " + width + "x" + height + ", got "
                        + image.width() + "x" + image.height() + " at " + b + "; Resize and CenterCrop them");
            }
            put(image, samples, b * each);
        }
        return Tensor.of(samples, DType.UINT8, images.size(), height, width, 3)
                .permute(0, 3, 1, 2)
                .to(DType.FLOAT32)
                .contiguous()
                .over(255)
                .minus(channels(mean))
                .over(channels(deviation));
    }

    private static void put(Image image, byte[] samples, int at) {
        byte[] from = image.samples();
        int channels = image.channels();
        if (channels == 3) {
            System.arraycopy(from, 0, samples, at, from.length);
            return;
        }
        for (int i = 0; i < from.length / channels; i++) System.arraycopy(from, i * channels, samples, at + 3 * i, 3);
    }

    /** [3, 1, 1] */
    private static Tensor channels(List<Float> values) {
        return Tensor.of(new float[] {values.get(0), values.get(1), values.get(2)}, 3, 1, 1);
    }
}
