package org.zeuxis.models.clip.preprocessing;

import java.util.Arrays;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.image.CenterCrop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * The framing of open_clip's {@code preprocess_cfg}, and with {@link Mode#SHORTEST} of OpenAI's release.
 *
 * @param size of the square
 * @param fill level of what is around a picture that is fitted in
 */
public record OpenClipFraming(Mode mode, int size, Resize.Filter filter, int fill) implements Framing {

    /** {@code resize_mode}. */
    public enum Mode {
        /** The shorter side fills the square; what is beyond it is cut off. */
        SHORTEST,
        /** The longer side fills the square; what is left of it is filled. */
        LONGEST,
        /** Both sides do, whatever shape the picture had. */
        SQUASH
    }

    static OpenClipFraming published(int size) {
        return new OpenClipFraming(Mode.SHORTEST, size, Resize.Filter.BICUBIC, 0);
    }

    @Override
    public Image apply(Image image) {
        return switch (mode) {
            case SHORTEST -> new CenterCrop(size).apply(filter.scaleShorterSide(image, size));
            case LONGEST -> fitted(image);
            case SQUASH -> new Resize(size, size, filter).apply(image);
        };
    }

    private Image fitted(Image image) {
        double ratio = Math.max(image.width(), image.height()) / (double) size;
        int width = (int) Math.rint(image.width() / ratio);
        int height = (int) Math.rint(image.height() / ratio);
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("expected a picture that leaves a pixel when it is fitted into " + size
                    + "x" + size + ", got one of " + image.width() + "x" + image.height() + "; crop it before");
        }
        Image inner = new Resize(width, height, filter).apply(image);
        byte[] samples = new byte[size * size * inner.channels()];
        Arrays.fill(samples, (byte) fill);
        int from = (size - width) / 2 * inner.channels();
        int row = width * inner.channels();
        for (int y = 0; y < height; y++) {
            int at = ((size - height) / 2 + y) * size * inner.channels() + from;
            System.arraycopy(inner.samples(), y * row, samples, at, row);
        }
        return new Image(size, size, inner.channels(), samples);
    }

    /** Of the {@code preprocess_cfg} of a whole file; without one, the published. */
    public static ClipPreprocessing preprocessing(Config whole, int size) {
        if (!whole.has("preprocess_cfg")) return ClipPreprocessing.of(size);
        Config c = whole.child("preprocess_cfg");
        c.expect("mode", "RGB");
        c.literal("size"); // open_clip, too, takes the image tower's
        c.expect("interpolation", "bicubic", "bilinear", "random"); // random is bicubic outside training
        c.expect("resize_mode", "shortest", "longest", "squash");
        Resize.Filter filter =
                c.text("interpolation", "bicubic").equals("bilinear") ? Resize.Filter.BILINEAR : Resize.Filter.BICUBIC;
        Mode mode = switch (c.text("resize_mode", "shortest")) {
            case "longest" -> Mode.LONGEST;
            case "squash" -> Mode.SQUASH;
            default -> Mode.SHORTEST;
        };
        int fill = c.integer("fill_color", 0);
        if (fill < 0 || fill > 255) {
            throw new ConfigException(
                    c.origin() + ": expected fill_color to be a level from 0 to 255, got " + fill + "; check the file");
        }
        ClipPreprocessing all = new ClipPreprocessing(
                size, new OpenClipFraming(mode, size, filter, fill), ClipPreprocessing.normalize(c, "mean", "std", 1));
        c.refuseUnread(Bookkeeping.OPEN_CLIP);
        return all;
    }

    /**
     * As {@code preprocess_cfg}.
     *
     * @throws IllegalArgumentException if open_clip has no such framing
     */
    public static ConfigWriter write(ClipPreprocessing all) {
        if (!(all.framing() instanceof OpenClipFraming framing)) {
            throw new IllegalArgumentException("expected a framing that open_clip knows, got " + all.framing());
        }
        boolean bilinear = framing.filter == Resize.Filter.BILINEAR;
        return new ConfigWriter()
                .put("size", framing.size)
                .put("mode", "RGB")
                .put("mean", all.normalize().mean())
                .put("std", all.normalize().deviation())
                .put("interpolation", bilinear ? "bilinear" : "bicubic")
                .put("resize_mode", framing.mode)
                .put("fill_color", framing.fill);
    }

    /** The same in transformers, but for single grey levels and odd margins. */
    ImageProcessorFraming forTransformers() {
        int resample =
                filter == Resize.Filter.BILINEAR ? ImageProcessorBackend.BILINEAR : ImageProcessorBackend.BICUBIC;
        return switch (mode) {
            case SHORTEST -> ImageProcessorFraming.filling(size, resample);
            case SQUASH -> ImageProcessorFraming.squashing(size, resample);
            case LONGEST ->
                throw new IllegalArgumentException(
                        "expected a resize_mode of shortest or squash, which transformers can"
                                + " do, got longest; keep the folder of open_clip");
        };
    }
}
