package org.zeuxis.app.option;

import org.jspecify.annotations.Nullable;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.unclip.UnClip;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model draws from words: how large, by which prior, and how its stages sample, as far as it is said. */
public final class FromWords {
    @Mixin
    private DrawingOptions drawing = new DrawingOptions();

    @Option(
            names = "--prior",
            paramLabel = "NAME",
            description = "Of unCLIP, what imagines the image embedding: diffusion, autoregressive, none (the text"
                    + " embedding itself), or glide (no embedding: the decoder reads the words alone; default: the"
                    + " model's first).")
    private @Nullable String prior;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = PictureSize.Reader.class,
            description = "Width and height in pixels, or one number for both (default: the model's own, or those of a"
                    + " picture to start from).")
    private @Nullable PictureSize size;

    /** What is given here, and all else as {@code base} has it. */
    public ImageRequest over(ImageRequest base) {
        ImageRequest request = drawing.over(base);
        if (prior != null) {
            request = request.with(UnClip.PRIOR, request.sampling(UnClip.PRIOR).withSampler(prior));
        }
        return size == null ? request : request.withSize(size.width(), size.height());
    }
}
