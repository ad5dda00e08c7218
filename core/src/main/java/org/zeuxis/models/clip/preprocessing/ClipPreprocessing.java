package org.zeuxis.models.clip.preprocessing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.tensor.Tensor;

/**
 * How a picture becomes what the image tower sees: it is framed, then its samples are normalised. Transparency is laid over
 * white.
 *
 * @param size height and columns of the result in pixels
 * @param framing usually its shorter side scaled to {@code size} and its middle cut out
 * @param normalize the samples' mean and deviation
 * @see <a href="https://github.com/openai/CLIP">CLIP</a>, the transform its weights were published with
 */
public record ClipPreprocessing(int size, Framing framing, Normalize normalize) {

    /** The published one, for towers that see {@code size} pixels. */
    public static ClipPreprocessing of(int size) {
        return new ClipPreprocessing(size, OpenClipFraming.published(size), Normalize.CLIP);
    }

    /** The same as transformers does it, which differs in single grey levels and in odd margins. */
    public static ClipPreprocessing transformers(int size) {
        return new ClipPreprocessing(
                size, ImageProcessorFraming.filling(size, ImageProcessorBackend.BICUBIC), Normalize.CLIP);
    }

    /**
     * What a folder of transformers says, or else the published one.
     *
     * @throws IllegalArgumentException if it asks for what is not here, or gives pictures of another size, naming the key
     */
    public static ClipPreprocessing of(ModelFolder folder, int size) throws IOException {
        return ImageProcessorFraming.preprocessing(folder, size);
    }

    /**
     * A picture of any shape pressed into the square; mean and deviation are what a folder of transformers says.
     *
     * @throws IllegalArgumentException if it asks for what is not here, or for pictures of another size, naming the key
     */
    public static ClipPreprocessing squashing(ModelFolder folder, int size) throws IOException {
        return ImageProcessorFraming.squashing(folder, size);
    }

    /** The same for pictures of another size, framed as the published ones if it is another. */
    public ClipPreprocessing ofSize(int other) {
        return other == size ? this : new ClipPreprocessing(other, OpenClipFraming.published(other), normalize);
    }

    /** Writes {@code preprocessor_config.json}. */
    public void write(Path folder) throws IOException {
        ImageProcessorFraming.write(this).write(folder.resolve(ImageProcessorFraming.FILE));
    }

    /**
     * The mean and deviation of samples from 0 to 1 that a file gives for samples times {@code rescaled}.
     *
     * @param rescaled what a sample of 255 becomes before its mean is subtracted
     */
    static Normalize normalize(Config c, String mean, String deviation, double rescaled) {
        List<Float> means = three(c, mean, Normalize.CLIP.mean(), rescaled);
        List<Float> deviations = three(c, deviation, Normalize.CLIP.deviation(), rescaled);
        if (deviations.contains(0f)) {
            throw new ConfigException(c.origin() + ": expected " + deviation + " without a 0, got "
                    + c.literal(deviation) + "; check the file");
        }
        return new Normalize(means, deviations);
    }

    private static List<Float> three(Config c, String key, List<Float> published, double rescaled) {
        List<Double> found =
                c.numbers(key, published.stream().map(Float::doubleValue).toList());
        List<Double> all = found.size() == 1 ? List.of(found.get(0), found.get(0), found.get(0)) : found;
        if (all.size() != 3 || !all.stream().allMatch(Double::isFinite)) {
            throw new ConfigException(c.origin() + ": expected " + key + " of red, green and blue, got "
                    + c.literal(key) + "; check the file");
        }
        return all.stream().map(value -> (float) (value / rescaled)).toList();
    }

    /**
     * The picture as it is seen, before its samples are normalised.
     *
     * @throws IllegalArgumentException if it does not come out in the tower's size
     */
    public Image crop(Image image) {
        Image framed = framing.apply(image.over(255, 255, 255));
        if (framed.width() == size && framed.height() == size) return framed;
        throw new IllegalArgumentException("expected pictures that come out of the model's preprocessing as " + size
                + "x"
                + size + ", got " + framed.width() + "x" + framed.height() + " of one with " + image.width() + "x"
                + image.height() + "; scale and crop it before");
    }

    /** @return [batch, 3, size, size] */
    public Tensor apply(List<Image> images) {
        return normalize.apply(images.stream().map(this::crop).toList());
    }
}
