package org.zeuxis.models.clip;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.zeuxis.checkpoint.Bookkeeping;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.ConfigException;
import org.zeuxis.checkpoint.ConfigWriter;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.Size;
import org.zeuxis.image.Image;
import org.zeuxis.image.MiddleCrop;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resize;

/**
 * The framing of transformers' {@code CLIPImageProcessor}: scaled, then the middle cut out, and each may be left out.
 *
 * @param scaling to which size
 * @param filter of the scaling
 * @param crops the middle that is cut out, at most one
 */
record ImageProcessorFraming(Scaling scaling, Resize.Filter filter, List<MiddleCrop> crops) implements Framing {
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

    static ImageProcessorFraming published(int size) {
        return new ImageProcessorFraming(
                new Shortest(size), Resize.Filter.BICUBIC, List.of(new MiddleCrop(size, size)));
    }

    @Override
    public Image apply(Image image) {
        UnaryOperator<Image> scale;
        if (scaling instanceof Shortest s) scale = x -> Resize.shorterSide(x, s.length, filter);
        else if (scaling instanceof Exactly e) scale = new Resize(e.width, e.height, filter)::apply;
        else scale = x -> x;
        Image framed = scale.apply(image);
        for (MiddleCrop crop : crops) framed = crop.apply(framed);
        return framed;
    }

    /** Of {@code processor_config.json}, which transformers 5 writes, else of {@code preprocessor_config.json}, else published. */
    static ClipPreprocessing preprocessing(ModelFolder folder, int size) throws IOException {
        if (folder.has(PROCESSOR)) {
            Config whole = folder.config(PROCESSOR);
            if (whole.has("image_processor")) return preprocessing(whole.child("image_processor"), size);
        }
        return folder.has(FILE) ? preprocessing(folder.config(FILE), size) : ClipPreprocessing.transformers(size);
    }

    private static ClipPreprocessing preprocessing(Config c, int size) {
        for (String type : List.of("image_processor_type", "feature_extractor_type")) {
            c.expect(
                    type,
                    "CLIPImageProcessor",
                    "CLIPImageProcessorFast",
                    "CLIPImageProcessorPil",
                    "CLIPFeatureExtractor");
        }
        c.expect("do_convert_rgb", true, false); // false, too, asks for pictures of three channels
        c.expect("do_pad", false, "null");
        c.expect("use_square_size", false);
        Resize.Filter filter = ClipPreprocessing.filter(c, "resample");
        boolean resizes = c.flag("do_resize", true);
        boolean crops = c.flag("do_center_crop", true);
        Scaling asked = scaling(c, size);
        MiddleCrop crop = crop(c, size);
        ImageProcessorFraming framing =
                new ImageProcessorFraming(resizes ? asked : new None(), filter, crops ? List.of(crop) : List.of());
        if (crops) expectSize(c, "crop_size", crop.height(), crop.width(), size);
        else if (resizes && asked instanceof Shortest s) expectSize(c, "size", s.length, s.length, size);
        else if (resizes && asked instanceof Exactly e) expectSize(c, "size", e.height, e.width, size);
        ClipPreprocessing all = new ClipPreprocessing(size, framing, normalize(c));
        c.refuseUnread(Bookkeeping.IMAGE_PROCESSOR);
        return all;
    }

    private static Scaling scaling(Config c, int size) {
        if (!c.isObject("size")) return new Shortest(c.size("size", size, Size.PIXELS));
        Config asked = c.child("size");
        Scaling scaling = asked.has("height")
                ? new Exactly(asked.size("height", Size.PIXELS), asked.size("width", Size.PIXELS))
                : new Shortest(asked.size("shortest_edge", Size.PIXELS));
        asked.refuseUnread();
        return scaling;
    }

    private static MiddleCrop crop(Config c, int size) {
        if (!c.isObject("crop_size")) {
            int side = c.size("crop_size", size, Size.PIXELS);
            return new MiddleCrop(side, side);
        }
        Config asked = c.child("crop_size");
        MiddleCrop crop = new MiddleCrop(asked.size("width", Size.PIXELS), asked.size("height", Size.PIXELS));
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
                .put("image_processor_type", "CLIPImageProcessor")
                .put("image_std", new ArrayList<>(all.normalize().deviation()))
                .put("resample", pillow(framing.filter))
                .put("rescale_factor", 1 / 255.0)
                .put("size", size);
    }

    private static int pillow(Resize.Filter filter) {
        return switch (filter) {
            case LANCZOS -> 1;
            case BILINEAR -> 2;
            case BICUBIC -> 3;
            case BOX -> 4;
        };
    }
}
