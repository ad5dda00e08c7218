package org.zeuxis.models.clip;

import java.util.List;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.ConfigWriter;
import org.zeuxis.image.CenterCrop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resize;
import org.zeuxis.tensor.Tensor;

/**
 * How a picture becomes what the image tower sees: its shorter side scaled to {@code size}, its middle cut out, its
 * samples normalised. Transparency is laid over white.
 *
 * @param size height and columns of the result in pixels
 * @param filter of the scaling
 * @param normalize the samples' mean and deviation
 * @see <a href="https://github.com/openai/CLIP">CLIP</a>, the transform its weights were published with
 */
public record ClipPreprocessing(int size, Resize.Filter filter, Normalize normalize) {
    static final String FILE = "preprocessor_config.json";
    private static final int BICUBIC = 3;
    private static final int BILINEAR = 2;
    private static final int LANCZOS = 1;

    /** The published one, for towers that see {@code size} pixels. */
    public static ClipPreprocessing of(int size) {
        return new ClipPreprocessing(size, Resize.Filter.BICUBIC, Normalize.CLIP);
    }

    /**
     * Reads transformers' {@code preprocessor_config.json}.
     *
     * @param size what the image tower sees, which is all that the file may ask for
     */
    static ClipPreprocessing from(Config c, int size) {
        int asked = c.isNumber("size")
                ? c.integer("size")
                : c.has("size") ? c.child("size").integer("shortest_edge", size) : size;
        if (asked != size) {
            throw new IllegalArgumentException(
                    c.origin() + ": expected the image tower's size of " + size + ", got " + asked);
        }
        Normalize normalize = normalize(c.numbers("image_mean", List.of()), c.numbers("image_std", List.of()));
        return new ClipPreprocessing(size, filter(c, c.integer("resample", BICUBIC)), normalize);
    }

    /** Reads the {@code preprocess_cfg} of open_clip. */
    static ClipPreprocessing fromOpenClip(Config c, int size) {
        c.expect("resize_mode", "shortest");
        String interpolation = c.text("interpolation", "bicubic");
        Resize.Filter filter = switch (interpolation) {
            case "bicubic" -> Resize.Filter.BICUBIC;
            case "bilinear" -> Resize.Filter.BILINEAR;
            default ->
                throw new IllegalArgumentException(
                        c.origin() + ": expected an interpolation of bicubic or bilinear, got " + interpolation);
        };
        return new ClipPreprocessing(
                size, filter, normalize(c.numbers("mean", List.of()), c.numbers("std", List.of())));
    }

    /** As the {@code preprocess_cfg} of open_clip. */
    ConfigWriter writeForOpenClip() {
        String interpolation = switch (filter) {
            case BICUBIC -> "bicubic";
            case BILINEAR -> "bilinear";
            default ->
                throw new IllegalArgumentException(
                        "expected a bicubic or bilinear filter, which open_clip knows, got " + filter);
        };
        return new ConfigWriter()
                .put("size", size)
                .put("mode", "RGB")
                .put("mean", normalize.mean())
                .put("std", normalize.deviation())
                .put("interpolation", interpolation)
                .put("resize_mode", "shortest");
    }

    private static Normalize normalize(List<Double> mean, List<Double> deviation) {
        return mean.isEmpty() || deviation.isEmpty() ? Normalize.CLIP : new Normalize(floats(mean), floats(deviation));
    }

    private static List<Float> floats(List<Double> values) {
        return values.stream().map(Double::floatValue).toList();
    }

    private static Resize.Filter filter(Config c, int pillow) {
        return switch (pillow) {
            case BICUBIC -> Resize.Filter.BICUBIC;
            case BILINEAR -> Resize.Filter.BILINEAR;
            case LANCZOS -> Resize.Filter.LANCZOS;
            default ->
                throw new IllegalArgumentException(c.origin()
                        + ": expected a resample of 1 (Lanczos), 2 (bilinear) or 3 (bicubic), got " + pillow);
        };
    }

    ConfigWriter write() {
        int pillow = switch (filter) {
            case LANCZOS -> LANCZOS;
            case BILINEAR -> BILINEAR;
            default -> BICUBIC;
        };
        return new ConfigWriter()
                .put("crop_size", new ConfigWriter().put("height", size).put("width", size))
                .put("do_center_crop", true)
                .put("do_convert_rgb", true)
                .put("do_normalize", true)
                .put("do_rescale", true)
                .put("do_resize", true)
                .put("image_mean", normalize.mean())
                .put("image_processor_type", "CLIPImageProcessor")
                .put("image_std", normalize.deviation())
                .put("resample", pillow)
                .put("rescale_factor", 1 / 255.0)
                .put("size", new ConfigWriter().put("shortest_edge", size));
    }

    /** The picture as it is seen, before its samples are normalised. */
    public Image crop(Image image) {
        Image opaque = image.over(255, 255, 255);
        return new CenterCrop(size, size).apply(Resize.shorterSide(opaque, size, filter));
    }

    /** @return [batch, 3, size, size] */
    public Tensor apply(List<Image> images) {
        return normalize.apply(images.stream().map(this::crop).toList());
    }
}
