package org.zeuxis.image;

/**
 * Scales a picture exactly as Pillow 13 does, bit for bit: each output pixel is a weighted mean of the input under a
 * filter that widens when the picture shrinks, so that nothing aliases.
 *
 * <p>Weights are 22-bit fixed point; the first direction is rounded to 8 bits before the second. Pictures with alpha
 * are scaled premultiplied.
 *
 * @param width columns of the result, at least 1
 * @param height rows of the result, at least 1
 * @param filter how input pixels are weighed
 */
public record Resize(int width, int height, Filter filter) {
    private static final int PRECISION = 32 - 8 - 2;

    /** How much an input pixel counts by its distance; named as in Pillow. */
    public enum Filter implements Resampling {
        BOX(0.5),
        BILINEAR(1),
        BICUBIC(2),
        LANCZOS(3);

        private final double support;

        Filter(double support) {
            this.support = support;
        }

        @Override
        public Image scale(Image image, int width, int height) {
            return new Resize(width, height, this).apply(image);
        }

        private double weight(double distance) {
            double x = Math.abs(distance);
            return switch (this) {
                case BOX -> distance > -0.5 && distance <= 0.5 ? 1 : 0;
                case BILINEAR -> x < 1 ? 1 - x : 0;
                case BICUBIC -> {
                    double a = -0.5;
                    if (x < 1) yield ((a + 2) * x - (a + 3)) * x * x + 1;
                    yield x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
                }
                case LANCZOS -> distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0;
            };
        }

        private static double sinc(double x) {
            return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
        }
    }

    /** @throws IllegalArgumentException if a side is under 1 */
    public Resize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("expected a size of at least 1x1, got " + width + "x" + height);
        }
    }

    /** The picture in this size; itself if it has it already. */
    public Image apply(Image image) {
        if (image.width() == width && image.height() == height) return image;
        boolean alpha = image.channels() == 4;
        byte[] samples = alpha ? premultiplied(image.samples()) : image.samples();
        int channels = image.channels();
        if (rowsFirst(image)) {
            samples = rows(samples, image.width() * channels, image.height());
            samples = columns(samples, image.width(), height, channels);
        } else {
            samples = columns(samples, image.width(), image.height(), channels);
            samples = rows(samples, width * channels, image.height());
        }
        return new Image(width, height, channels, alpha ? straight(samples) : samples);
    }

    /** Pillow 13 scales the rows first where that saves more than twice as many rows as columns. */
    private boolean rowsFirst(Image image) {
        return height < image.height() && image.height() - height > 2L * (image.width() - width);
    }

    private byte[] columns(byte[] from, int fromWidth, int rows, int channels) {
        if (fromWidth == width) return from;
        Weights weights = new Weights(fromWidth, width, filter);
        byte[] to = new byte[Math.multiplyExact(Math.multiplyExact(width, rows), channels)];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < width; x++) {
                int first = (y * fromWidth + weights.first[x]) * channels;
                for (int c = 0; c < channels; c++) {
                    int sum = 1 << PRECISION - 1;
                    for (int i = 0; i < weights.count[x]; i++) {
                        sum += (from[first + i * channels + c] & 255) * weights.of[x * weights.most + i];
                    }
                    to[(y * width + x) * channels + c] = clip(sum);
                }
            }
        }
        return to;
    }

    private byte[] rows(byte[] from, int rowLength, int fromHeight) {
        if (fromHeight == height) return from;
        Weights weights = new Weights(fromHeight, height, filter);
        byte[] to = new byte[Math.multiplyExact(rowLength, height)];
        int[] sums = new int[rowLength];
        for (int y = 0; y < height; y++) {
            java.util.Arrays.fill(sums, 1 << PRECISION - 1);
            for (int i = 0; i < weights.count[y]; i++) {
                int weight = weights.of[y * weights.most + i];
                int row = (weights.first[y] + i) * rowLength;
                for (int x = 0; x < rowLength; x++) sums[x] += (from[row + x] & 255) * weight;
            }
            for (int x = 0; x < rowLength; x++) to[y * rowLength + x] = clip(sums[x]);
        }
        return to;
    }

    private static byte clip(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> PRECISION));
    }

    private static byte[] premultiplied(byte[] rgba) {
        byte[] result = rgba.clone();
        for (int i = 0; i < rgba.length; i++) {
            if (i % 4 != 3) result[i] = (byte) timesOver255(rgba[i] & 255, rgba[i | 3] & 255);
        }
        return result;
    }

    private static byte[] straight(byte[] samples) {
        for (int i = 0; i < samples.length; i++) {
            int alpha = samples[i | 3] & 255;
            if (i % 4 != 3 && alpha != 0) samples[i] = (byte) Math.min(255, 255 * (samples[i] & 255) / alpha);
        }
        return samples;
    }

    /** {@code a * b / 255}, rounded, as Pillow computes it. */
    public static int timesOver255(int a, int b) {
        int product = a * b + 128;
        return (product >> 8) + product >> 8;
    }

    /** For each output pixel of one direction: the first input pixel, how many, and their weights. */
    private static final class Weights {
        final int[] first;
        final int[] count;
        final int[] of; // [output, most]
        final int most;

        Weights(int from, int to, Filter filter) {
            double scale = (double) from / to;
            double widened = Math.max(scale, 1);
            double support = filter.support * widened;
            most = (int) Math.ceil(support) * 2 + 1;
            first = new int[to];
            count = new int[to];
            of = new int[Math.multiplyExact(to, most)];
            double[] weights = new double[most];
            for (int x = 0; x < to; x++) {
                double center = (x + 0.5) * scale;
                int low = Math.max(0, (int) (center - support + 0.5));
                int high = Math.min(from, (int) (center + support + 0.5));
                double sum = 0;
                for (int i = 0; i < high - low; i++) {
                    weights[i] = filter.weight((i + low - center + 0.5) * (1 / widened));
                    sum += weights[i];
                }
                for (int i = 0; i < high - low; i++) {
                    double weight = (sum == 0 ? weights[i] : weights[i] / sum) * (1 << PRECISION);
                    of[x * most + i] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
                }
                first[x] = low;
                count[x] = high - low;
            }
        }
    }
}
