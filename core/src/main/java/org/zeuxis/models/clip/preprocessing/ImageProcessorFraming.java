package org.zeuxis.models.clip.preprocessing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.image.CenterCrop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resampling;

/**
 * The framing of transformers' {@code CLIPImageProcessor}: scaled, then the middle cut out, and each may be left out.
 *
 * @param scaling to which size
 * @param backend which of its two classes does it
 * @param resample Pillow's number of the filter
 * @param crops the middle that is cut out, at most one
 */
record ImageProcessorFraming(Scaling scaling, ImageProcessorBackend backend, int resample, List<CenterCrop> crops)
        implements Framing {
    static final String FILE = "preprocessor_config.json";
    private static final String PROCESSOR = "processor_config.json";

    /** The size of a picture after scaling. */
    sealed interface Scaling {}

    /** As it was. */
    record None() implements Scaling {}

    /** The shorter side has this length. */
    record Shortest(int length) implements Scaling {}

    /** Exactly so, whatever shape it had. */
    record Exactly(int height, int width) implements Scaling {}

    /** As transformers does it by itself: the shorter side fills the square. */
    static ImageProcessorFraming filling(int size, int resample) {
        ImageProcessorBackend backend = ImageProcessorBackend.TORCHVISION;
        return new ImageProcessorFraming(new Shortest(size), backend, resample, List.of(backend.crop(size, size)));
    }

    /** The same whatever shape the picture had. */
    static ImageProcessorFraming squashing(int size, int resample) {
        return new ImageProcessorFraming(
                new Exactly(size, size), ImageProcessorBackend.TORCHVISION, resample, List.of());
    }

    @Override
    public Image apply(Image image) {
        Resampling filter = backend.filter(resample);
        Image framed = image;
        if (scaling instanceof Shortest s) framed = filter.scaleShorterSide(image, s.length);
        else if (scaling instanceof Exactly e) framed = filter.scale(image, e.width, e.height);
        for (CenterCrop crop : crops) framed = crop.apply(framed);
        return framed;
    }

    /** Of {@code processor_config.json}, which transformers 5 writes, else of {@code preprocessor_config.json}, else published. */
    static ClipPreprocessing preprocessing(ModelFolder folder, int size) throws IOException {
        Config c = found(folder);
        return c == null ? ClipPreprocessing.transformers(size) : preprocessing(c, size);
    }

    private static @Nullable Config found(ModelFolder folder) throws IOException {
        if (folder.has(PROCESSOR)) {
            Config whole = folder.config(PROCESSOR);
            if (whole.has("image_processor")) return whole.child("image_processor");
        }
        return folder.has(FILE) ? folder.config(FILE) : null;
    }

    /** The same for IDEFICS, whose own class presses every picture into the square. */
    static ClipPreprocessing squashing(ModelFolder folder, int size) throws IOException {
        ImageProcessorFraming framing = squashing(size, ImageProcessorBackend.BICUBIC);
        Config c = found(folder);
        if (c == null) return new ClipPreprocessing(size, framing, Normalize.CLIP);
        c.expect("image_processor_type", "IdeficsImageProcessor", "IdeficsImageProcessorPil");
        c.expect("do_convert_rgb", true);
        c.expect("do_resize", true);
        c.expect("image_num_channels", 3);
        c.expect("resample", ImageProcessorBackend.BICUBIC);
        int side = c.size("image_size", size, Size.PIXELS);
        expectSize(c, "image_size", side, side, size);
        if (c.has("size") && scaling(c, size) instanceof Exactly e) expectSize(c, "size", e.height, e.width, size);
        ClipPreprocessing all = new ClipPreprocessing(size, framing, normalize(c));
        c.refuseUnread(Bookkeeping.IMAGE_PROCESSOR);
        return all;
    }

    private static ClipPreprocessing preprocessing(Config c, int size) {
        ImageProcessorBackend backend = ImageProcessorBackend.of(c);
        c.expect("do_convert_rgb", true, false); // false, too, asks for pictures of three channels
        c.expect("do_pad", false, "null");
        c.expect("use_square_size", false);
        int resample = backend.filter(c, "resample");
        boolean resizes = c.flag("do_resize", true);
        boolean crops = c.flag("do_center_crop", true);
        Scaling asked = scaling(c, size);
        CenterCrop crop = crop(c, backend, size);
        ImageProcessorFraming framing = new ImageProcessorFraming(
                resizes ? asked : new None(), backend, resample, crops ? List.of(crop) : List.of());
        if (crops) expectSize(c, "crop_size", crop.height(), crop.width(), size);
        else if (resizes && asked instanceof Shortest s) expectSize(c, "size", s.length, s.length, size);
        else if (resizes && asked instanceof Exactly e) expectSize(c, "size", e.height, e.width, size);
        ClipPreprocessing all = new ClipPreprocessing(size, framing, normalize(c));
        c.refuseUnread(Bookkeeping.IMAGE_PROCESSOR);
        return all;
    }

    private static Scaling scaling(Config c, int size) {
        boolean square = c.flag("default_to_square", false); // which says what a number means
        if (!c.isObject("size")) {
            int side = c.size("size", size, Size.PIXELS);
            return square ? new Exactly(side, side) : new Shortest(side);
        }
        Config asked = c.child("size");
        Scaling scaling = asked.has("height")
                ? new Exactly(asked.size("height", Size.PIXELS), asked.size("width", Size.PIXELS))
                : new Shortest(asked.size("shortest_edge", Size.PIXELS));
        asked.refuseUnread();
        return scaling;
    }

    private static CenterCrop crop(Config c, ImageProcessorBackend backend, int size) {
        if (!c.isObject("crop_size")) {
            int side = c.size("crop_size", size, Size.PIXELS);
            return backend.crop(side, side);
        }
        Config asked = c.child("crop_size");
        CenterCrop crop = backend.crop(asked.size("width", Size.PIXELS), asked.size("height", Size.PIXELS));
        asked.refuseUnread();
        return crop;
    }

    private static void expectSize(Config c, String key, int height, int width, int size) {
        if (height == size && width == size) return;
        throw new ConfigException(c.origin() + ": expected " + key + " to be the image tower's image_size, " + size
                + "x" + size + ", got " + height + "x" + width + "; check the file");
    }

    /** What is done to samples of 0 to 255, said of samples of 0 to 1. */
    private static Normalize normalize(Config c) {
        double factor = c.positive("rescale_factor", 1 / 255.0);
        double rescaled = c.flag("do_rescale", true) ? factor * 255 : 255;
        Normalize asked = ClipPreprocessing.normalize(c, "image_mean", "image_std", rescaled);
        if (c.flag("do_normalize", true)) return asked;
        float one = (float) (1 / rescaled);
        return new Normalize(List.of(0f, 0f, 0f), List.of(one, one, one));
    }

    /**
     * As {@code preprocessor_config.json}.
     *
     * @throws IllegalArgumentException if transformers has no such framing
     */
    static ConfigWriter write(ClipPreprocessing all) {
        ImageProcessorFraming framing = all.framing() instanceof OpenClipFraming open
                ? open.forTransformers()
                : (ImageProcessorFraming) all.framing();
        ConfigWriter size = new ConfigWriter();
        if (framing.scaling instanceof Shortest s) size.put("shortest_edge", s.length);
        else if (framing.scaling instanceof Exactly e)
            size.put("height", e.height).put("width", e.width);
        else size.put("shortest_edge", all.size());
        return new ConfigWriter()
                .put("crop_size", new ConfigWriter().put("height", all.size()).put("width", all.size()))
                .put("do_center_crop", !framing.crops.isEmpty())
                .put("do_convert_rgb", true)
                .put("do_normalize", true)
                .put("do_rescale", true)
                .put("do_resize", !(framing.scaling instanceof None))
                .put("image_mean", new ArrayList<>(all.normalize().mean()))
                .put("image_processor_type", framing.backend.type())
                .put("image_std", new ArrayList<>(all.normalize().deviation()))
                .put("resample", framing.resample)
                .put("rescale_factor", 1 / 255.0)
                .put("size", size);
    }
}
