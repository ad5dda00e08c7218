package org.zeuxis.models.unclip;

import java.util.List;
import java.util.Map;
import org.zeuxis.image.Crop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Pixels;
import org.zeuxis.image.Resize;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Provenance;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Any picture, of any shape, enlarged until its longer side has a size.
 *
 * @param size one that an upsampler makes
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
record Upscaling(Image picture, int size) {
    /** @throws IllegalArgumentException if no upsampler makes this size, or the picture has it already */
    Image of(List<Upsampling> upsamplings, ImageRequest request, Events events) {
        List<Integer> sizes = upsamplings.stream().map(Upsampling::size).toList();
        if (!sizes.contains(size)) {
            throw new IllegalArgumentException("expected to enlarge to "
                    + (sizes.isEmpty()
                            ? "what an upsampler makes, of which this model has none"
                            : String.join(
                                            " or ",
                                            sizes.stream().map(String::valueOf).toList()) + " pixels")
                    + ", got " + size);
        }
        int longer = Math.max(picture.width(), picture.height());
        if (longer >= size) {
            throw new IllegalArgumentException("expected a picture of less than " + size + " pixels to enlarge to "
                    + size + ", got " + picture.width() + "x" + picture.height());
        }
        int last = sizes.indexOf(size);
        int first = last;
        while (first > 0 && begins(upsamplings.get(first)) > longer) first--;
        Image large = picture.over(255, 255, 255);
        Seed seed = Seed.of(request.seed());
        for (Upsampling upsampling : upsamplings.subList(first, last + 1)) {
            large = enlarged(large, upsampling, request, seed, events);
        }
        return large;
    }

    /** The longer side of the pictures that it was trained to enlarge. */
    private static int begins(Upsampling upsampling) {
        return upsampling.size() / upsampling.factor();
    }

    private static Image enlarged(Image image, Upsampling upsampling, ImageRequest request, Seed seed, Events events) {
        double scale = begins(upsampling) / (double) Math.max(image.width(), image.height());
        int width = Math.max(1, (int) Math.round(scale * image.width()));
        int height = Math.max(1, (int) Math.round(scale * image.height()));
        Tensor small = Normalize.TO_ONE.apply(List.of(Resize.Filter.BICUBIC.scale(image, width, height)));
        String stage = UnClip.UPSAMPLER + upsampling.size();
        Tensor x = upsampling.enlarge(
                Pixels.filled(small, upsampling.grain()),
                request.sampling(stage),
                seed,
                events.stage(stage, UnClip::picture));
        return new Crop(0, 0, width * upsampling.factor(), height * upsampling.factor()).apply(UnClip.picture(x));
    }

    Provenance provenance() {
        return new Provenance("upscale", Map.of("picture", Provenance.hash(picture), "to", Integer.toString(size)));
    }
}
