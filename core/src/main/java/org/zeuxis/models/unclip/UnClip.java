package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Pixels;
import org.zeuxis.image.Resize;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.Source;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * DALL·E 2: the CLIP text embedding of a caption, a prior that imagines the CLIP image embedding of its picture, a decoder that
 * draws the picture that has it, and upsamplers.
 *
 * <p>Drawn from a picture instead of a caption, that picture's own embedding takes the place of the prior's.
 *
 * @param name for the request that each picture carries
 * @param captions the text half of the CLIP
 * @param prior null where pictures alone can be drawn from
 * @param upsamplings each makes the picture of the one before larger
 * @param images the image half of the CLIP; null where captions alone can be drawn from
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, Figure 2
 */
public record UnClip(
        String name,
        CaptionEncoder captions,
        @Nullable Prior prior,
        Decoding decoding,
        List<Upsampling> upsamplings,
        @Nullable ImageEncoder images)
        implements TextToImage {
    private static final String PRIOR = "prior";
    private static final String DECODER = "decoder";
    private static final String UPSAMPLER = "upsampler";

    /** @throws IllegalArgumentException if one part gives embeddings of another width than the decoder reads */
    public UnClip {
        upsamplings = List.copyOf(upsamplings);
        int width = decoding.projection().config().embeddingWidth();
        expectWidth("text_encoder", captions.text().width(), width);
        if (prior != null) expectWidth(PRIOR, prior.width(), width);
    }

    private static void expectWidth(String part, int got, int expected) {
        if (got == expected) return;
        throw new IllegalArgumentException("expected a " + part + " of embeddings as wide as the decoder's text_proj"
                + " reads, " + expected + ", got " + got + "; choose parts of one model");
    }

    /**
     * Opens a folder that diffusers or Zeuxis saved.
     *
     * @throws IOException if it is not one, or lacks something, in one line
     */
    public static UnClip load(Path folder) throws IOException {
        return UnClipFolder.load(ModelFolder.open(folder));
    }

    /** Writes a folder that {@code UnCLIPPipeline.from_pretrained} opens. */
    public void save(Path folder) throws IOException {
        UnClipFolder.save(this, folder);
    }

    public UnClip withPrior(Prior other) {
        return new UnClip(name, captions, other, decoding, upsamplings, images);
    }

    public UnClip withUpsamplings(List<Upsampling> others) {
        return new UnClip(name, captions, prior, decoding, others, images);
    }

    @Override
    public void close() {
        captions.text().close();
        if (prior != null) prior.close();
        decoding.close();
        upsamplings.forEach(Upsampling::close);
        if (images != null) images.close();
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, Events events) {
        decoding.network().expectOpen();
        ImageRequest full = filled(request);
        String cut =
                captions.tokenizer().encode(List.of(request.prompt())).cut().get(0);
        List<GeneratedImage> pictures = new ArrayList<>();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            EncodedText both = captions.encode(List.of(request.prompt(), request.negative()));
            EncodedText text = both.rows(0, 1);
            EncodedText none = both.rows(1, 2);
            for (int i = 0; i < request.count(); i++) {
                try (Scope picture = new Scope()) {
                    ImageRequest own = full.withSeed(request.seed() + i);
                    Seed seed = Seed.of(own.seed());
                    Tensor image = own.source() == null
                            ? imagined(text, none, own, seed, events)
                            : embedding(own.source().image());
                    pictures.add(new GeneratedImage(
                            Pixels.toImages(drawn(image, text, none, own, seed, events))
                                    .get(0),
                            own,
                            name,
                            DType.FLOAT32,
                            cut));
                }
            }
        }
        return pictures;
    }

    /** The image embedding that the prior has of a caption, [1, width]. */
    Tensor imagined(EncodedText text, EncodedText none, ImageRequest request, Seed seed, Events events) {
        if (prior == null) {
            throw new IllegalArgumentException("expected a model with a prior to draw from words, got one without;"
                    + " draw from a picture, or give it a prior");
        }
        Sampling asked = request.sampling(PRIOR);
        if (!asked.sampler().isEmpty()) {
            throw new IllegalArgumentException(
                    "expected no sampler for the prior, which has its own, got " + asked.sampler() + "; leave it out");
        }
        Prior sampled = prior;
        if (asked.steps().isPresent()) {
            if (!(prior instanceof DiffusionPrior diffusion)) {
                throw new IllegalArgumentException(
                        "expected steps of a diffusion prior alone, got another prior; leave" + " them out");
            }
            sampled = diffusion.withSteps(asked.steps().getAsInt());
        }
        if (asked.guidance().isPresent()) {
            sampled = sampled.withGuidance(asked.guidance().getAsDouble());
        }
        return sampled.imageEmbeddings(text, none, seed, events.stage(PRIOR));
    }

    /** The image embedding of a picture, [1, width]. */
    public Tensor embedding(Image picture) {
        return seen(List.of(picture));
    }

    private Tensor seen(List<Image> pictures) {
        if (images == null) {
            throw new IllegalArgumentException("expected a model with an image encoder to draw from a picture, got one"
                    + " without; open the folder of a UnCLIPImageVariationPipeline");
        }
        return images.embeddings(pictures);
    }

    /**
     * Pictures of given embeddings, through decoder and upsamplers.
     *
     * @param image [1, width]
     * @param request with all of its sampling said
     * @return [1, 3, height, columns], −1 to 1
     */
    Tensor drawn(Tensor image, EncodedText text, EncodedText none, ImageRequest request, Seed seed, Events events) {
        Progress progress = events.stage(DECODER, UnClip::picture);
        Source source = request.source();
        Tensor x;
        if (source == null || source.strength() == 1) {
            Tensor xT = decoding.noise(1, seed);
            x = decoding.decode(image, text, none, request.sampling(), xT, seed, progress);
        } else {
            int steps = request.sampling().steps().orElseThrow();
            Tensor xT = decoding.invert(pixels(source.image()), image, text, steps, progress);
            x = decoding.redecode(xT, image, text, steps, source.strength(), seed, progress);
        }
        for (Upsampling upsampling : upsamplings) {
            if (x.size(2) >= request.height()) break;
            String stage = UPSAMPLER + upsampling.size();
            x = upsampling.enlarge(x, request.sampling(stage), seed, events.stage(stage, UnClip::picture));
        }
        return x;
    }

    private static Image picture(Tensor x) {
        return Pixels.toImages(x).get(0);
    }

    /** As the decoder draws, [1, 3, size, size]. */
    private Tensor pixels(Image picture) {
        int size = decoding.network().config().size();
        Image scaled = new Resize(size, size, Resize.Filter.BICUBIC).apply(picture.over(255, 255, 255));
        return Normalize.TO_ONE.apply(List.of(scaled));
    }

    /** The pictures that have the embeddings of others, at the decoder's size and without a caption. */
    public List<Image> drawnAgain(List<Image> pictures, Seed seed) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor image = seen(pictures);
            EncodedText none = captions.encode(List.of("")).repeated(pictures.size());
            Tensor xT = decoding.noise(pictures.size(), seed);
            return Pixels.toImages(decoding.decode(image, none, none, Sampling.OWN, xT, seed, Progress.NONE));
        }
    }

    /**
     * Pictures on the way from one to another: of embeddings between theirs, from the same noise.
     *
     * @param count at least 2; the first and the last have the embeddings of {@code from} and {@code to}
     * @param request of which the prompt, the seed, the sampling and the size count
     * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, Figure 4
     */
    public List<Image> blend(Image from, Image to, int count, ImageRequest request, Events events) {
        if (count < 2) throw new IllegalArgumentException("expected a count of at least 2 pictures, got " + count);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Slerp way = new Slerp(embedding(from), embedding(to));
            List<Image> pictures = new ArrayList<>();
            for (int i = 0; i < count; i++) pictures.add(drawn(way.at((double) i / (count - 1)), request, events));
            return pictures;
        }
    }

    /**
     * A picture whose embedding is moved from what one caption says towards what another says.
     *
     * @param theta 0 leaves the embedding as it is; the paper goes up to 0.25 to 0.5
     * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, Figure 5
     */
    public Image textDiff(Image picture, String from, String to, double theta, ImageRequest request, Events events) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            EncodedText both = captions.encode(List.of(from, to));
            Tensor before = both.embedding().slice(0, 0, 1).normalized(-1);
            Tensor after = both.embedding().slice(0, 1, 2).normalized(-1);
            Tensor image = embedding(picture);
            Tensor difference = after.minus(before).normalized(-1).times(image.length(-1));
            return drawn(new Slerp(image, difference).at(theta), request, events);
        }
    }

    private Image drawn(Tensor image, ImageRequest request, Events events) {
        try (Scope scope = new Scope()) {
            ImageRequest full = filled(request);
            EncodedText both = captions.encode(List.of(request.prompt(), request.negative()));
            Tensor x = drawn(image, both.rows(0, 1), both.rows(1, 2), full, Seed.of(request.seed()), events);
            return picture(x);
        }
    }

    /** The request with nothing left to the model but the prior's own sampling. */
    ImageRequest filled(ImageRequest request) {
        List<String> stages = new ArrayList<>(List.of(PRIOR, DECODER));
        for (Upsampling upsampling : upsamplings) stages.add(UPSAMPLER + upsampling.size());
        request.expectStages(stages.toArray(String[]::new));
        Source source = request.source();
        if (source != null && source.mask() != null) {
            throw new IllegalArgumentException("expected a picture without a mask, as this model draws whole pictures,"
                    + " got one with a mask; leave it out");
        }
        int size = size(request);
        Sampling decoder = request.sampling(DECODER).or(request.sampling());
        boolean inverted = source != null && source.strength() < 1;
        if (inverted && (!decoder.sampler().isEmpty() || decoder.guidance().orElse(1) != 1)) {
            throw new IllegalArgumentException("expected neither sampler nor guidance where a picture is kept in part,"
                    + " as DDIM goes back to its noise by the model alone, got one; leave it out");
        }
        Sampling own = inverted ? decoding.own().withGuidance(1).withSampler("ddim") : decoding.own();
        ImageRequest full = request.with(DECODER, Sampling.OWN)
                .with(decoder.or(own))
                .withSize(size, size)
                .withCount(1);
        int drawn = decoding.network().config().size();
        for (Upsampling upsampling : upsamplings) {
            String stage = UPSAMPLER + upsampling.size();
            full = drawn < size
                    ? full.with(stage, request.sampling(stage).or(upsampling.own()))
                    : full.with(stage, Sampling.OWN);
            drawn = upsampling.size();
        }
        return full;
    }

    private int size(ImageRequest request) {
        TreeMap<Integer, Integer> sizes = new TreeMap<>();
        int drawn = decoding.network().config().size();
        sizes.put(drawn, drawn);
        for (Upsampling upsampling : upsamplings) sizes.put(upsampling.size(), upsampling.size());
        int width = request.width() == 0 ? request.height() : request.width();
        int height = request.height() == 0 ? width : request.height();
        if (width == 0) return sizes.lastKey();
        if (width == height && sizes.containsKey(width)) return width;
        int larger = Math.max(width, height);
        Integer nearest = sizes.ceilingKey(larger);
        if (nearest == null) nearest = sizes.lastKey();
        throw new IllegalArgumentException("expected a size of " + sizes.keySet() + " pixels on both sides, got "
                + width + "x" + height + "; nearest: " + nearest + "x" + nearest);
    }
}
