package org.zeuxis.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zeuxis.tensor.Tensor;

/** The way back from a generator's tensor of −1 to 1 to pictures, rounded as diffusers does. */
public final class Pixels {
    private Pixels() {}

    /**
     * @param x [batch, 3, height, columns] or [3, height, columns]; what lies outside −1 to 1 is clamped
     * @throws IllegalArgumentException if the shape is another one, or a value is not a number
     */
    public static List<Image> toImages(Tensor x) {
        long[] shape = x.shape();
        int axes = shape.length;
        if (axes != 3 && axes != 4 || shape[axes - 3] != 3) {
            throw new IllegalArgumentException(
                    "expected pictures as [batch, 3, height, columns], got " + Arrays.toString(shape));
        }
        int height = Math.toIntExact(shape[axes - 2]);
        int width = Math.toIntExact(shape[axes - 1]);
        int batch = axes == 3 ? 1 : Math.toIntExact(shape[0]);
        int pixels = width * height;
        float[] values = x.toFloats();
        List<Image> images = new ArrayList<>(batch);
        for (int b = 0; b < batch; b++) {
            byte[] samples = new byte[3 * pixels];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = sample(values[(3 * b + i % 3) * pixels + i / 3]);
            }
            images.add(new Image(width, height, 3, samples));
        }
        return images;
    }

    private static byte sample(float value) {
        if (Float.isNaN(value)) {
            throw new IllegalArgumentException("expected numbers of -1 to 1, got NaN;"
                    + " the model has overflowed, run it in float32 or bfloat16 rather than float16");
        }
        float unit = Math.max(0, Math.min(1, value * 0.5f + 0.5f));
        return (byte) (int) Math.rint(unit * 255);
    }

    /**
     * With the last row and the last column repeated until their numbers are multiples of {@code grain}.
     *
     * @param x [batch, channels, height, columns]
     */
    public static Tensor filled(Tensor x, int grain) {
        return filled(filled(x, 2, grain), 3, grain);
    }

    private static Tensor filled(Tensor x, int axis, int grain) {
        long length = x.size(axis);
        int lacking = (int) ((grain - length % grain) % grain);
        if (lacking == 0) return x;
        Tensor edge = x.slice(axis, length - 1, length);
        long[] times = {1, 1, 1, 1};
        times[axis] = lacking;
        return Tensor.cat(axis, x, edge.repeat(times));
    }
}
