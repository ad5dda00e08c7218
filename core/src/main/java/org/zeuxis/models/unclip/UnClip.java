package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.Inpainting;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.CenterCrop;
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
import org.zeuxis.models.Upscaler;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.models.unclip.prior.Prior;
import org.zeuxis.models.unclip.prior.TextEmbeddingPrior;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Words;

/**
 * DALL·E 2: the CLIP text embedding of a caption, a prior that imagines the CLIP image embedding of its picture, a decoder that
 * draws the picture that has it, and upsamplers.
 *
 * <p>Drawn from a picture instead of a caption, that picture's own embedding takes the place of the prior's; drawn with a mask,
 * or with the prior named {@link #GLIDE}, there is no image embedding, and the decoder is GLIDE. The sampler of the stage {@code
 * prior} is the prior's name.
 *
 * @param name for the request that each picture carries
 * @param captions the text half of the CLIP
 * @param priors of which the first draws unless another is named
 * @param upsamplings each makes the picture of the one before larger
 * @param images the image half of the CLIP; null where captions alone can be drawn from
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, Figure 2
 */
public record UnClip(
        String name,
        CaptionEncoder captions,
        List<Prior> priors,
        Decoding decoding,
        List<Upsampling> upsamplings,
        @Nullable ImageEncoder images)
        implements TextToImage, Upscaler {
    /** The stage that imagines an image embedding. */
    public static final String PRIOR = "prior";

    /** In the place of a prior's name: the text embedding itself, stretched to the length of an image embedding. */
    public static final String NONE = "none";

    /** In the place of a prior's name: no image embedding, the decoder is told the caption alone. */
    public static final String GLIDE = "glide";

    static final String UPSAMPLER = "upsampler";
    private static final String DECODER = "decoder";

    /** @throws IllegalArgumentException if one part gives embeddings of another width than the decoder reads */
    public UnClip {
        priors = List.copyOf(priors);
        upsamplings = List.copyOf(upsamplings);
        int width = decoding.projection().config().embeddingWidth();
        expectWidth("text_encoder", captions.text().width(), width);
        for (Prior prior : priors) expectWidth(PRIOR, prior.width(), width);
        if (images != null) expectWidth("image_encoder", images.tower().width(), width);
    }

    private static void expectWidth(String part, int got, int expected) {
        if (got == expected) return;
        throw new IllegalArgumentException("expected a " + part + " of embeddings as wide as the decoder's text_proj"
                + " reads, " + expected + ", got " + got + "; choose parts of one model");
    }

    /**
     * Opens a folder that diffusers or Zeuxis saved, or Karlo's own release, to compute in what is {@linkplain DType#fastest fastest}.
     *
     * @throws IOException if it is not one, or lacks something, in one line
     */
    public static UnClip load(Path folder) throws IOException {
        return load(folder, DType.fastest());
    }

    /** The same, to compute in {@code type}. */
    public static UnClip load(Path folder, DType type) throws IOException {
        return KarloRelease.isOne(folder)
                ? KarloRelease.PUBLISHED.load(folder, type)
                : UnClipFolder.load(ModelFolder.open(folder), type);
    }

    /**
     * Where the one lies that ships with Zeuxis, trained on pictograms; unpacked, if it is in a jar.
     *
     * @throws IOException if {@code zeuxis-pictograms-unclip} is not on the class path
     */
    public static Path pictogramsFolder() throws IOException {
        return ModelFolder.onClassPath(UnClip.class, "/org/zeuxis/pictograms/unclip")
                .path();
    }

    /** Writes a folder that {@code UnCLIPPipeline.from_pretrained} opens. */
    public void save(Path folder) throws IOException {
        UnClipFolder.save(this, folder);
    }

    /**
     * Writes a folder that opens here alone, without its CLIP: it is the one that ships with Zeuxis.
     *
     * @throws IOException if {@code zeuxis-pictograms} is not on the class path, or the disk refuses
     */
    public void saveOverShippedClip(Path folder) throws IOException {
        UnClipFolder.saveOverShippedClip(this, folder);
    }

    /** With this prior and no other. */
    public UnClip withPrior(Prior other) {
        return withPriors(List.of(other));
    }

    public UnClip withPriors(List<Prior> others) {
        return new UnClip(name, captions, others, decoding, upsamplings, images);
    }

    public UnClip withUpsamplings(List<Upsampling> others) {
        return new UnClip(name, captions, priors, decoding, others, images);
    }

    @Override
    public void close() {
        captions.text().close();
        priors.forEach(Prior::close);
        decoding.close();
        upsamplings.forEach(Upsampling::close);
        if (images != null) images.close();
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, Events events) {
        return generated(null, request, events);
    }

    /**
     * The same of an image embedding that is made of those of pictures.
     *
     * @param request whose source, if it has one, is what DDIM goes back from to the noise to begin with
     */
    public List<GeneratedImage> generate(Manipulation manipulation, ImageRequest request, Events events) {
        Source source = request.source();
        if (source != null && source.mask() != null) {
            throw new IllegalArgumentException("expected no mask where embeddings are manipulated, which are of whole"
                    + " pictures, got one; leave it out");
        }
        return generated(manipulation, request, events);
    }

    private List<GeneratedImage> generated(@Nullable Manipulation manipulation, ImageRequest request, Events events) {
        decoding.network().expectOpen();
        boolean words = manipulation == null && request.source() == null;
        ImageRequest full = new Filling(this, request).filled(words);
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
                    Tensor image = manipulation == null
                            ? embedding(text, none, own, seed, events)
                            : manipulation.embedding(this);
                    pictures.add(new GeneratedImage(
                            picture(drawn(image, text, none, own, seed, events)),
                            own,
                            name,
                            decoding.network().dtype(),
                            cut,
                            manipulation == null ? null : manipulation.provenance()));
                }
            }
        }
        return pictures;
    }

    /** What the decoder is to draw a picture of, [1, width]. */
    private Tensor embedding(EncodedText text, EncodedText none, ImageRequest request, Seed seed, Events events) {
        Source source = request.source();
        if (source == null || source.mask() != null) return imagined(text, none, request, seed, events);
        return embedding(source.image());
    }

    /** The image embedding that the prior has of a caption, [1, width]. */
    Tensor imagined(EncodedText text, EncodedText none, ImageRequest request, Seed seed, Events events) {
        Sampling sampling = request.sampling(PRIOR);
        if (sampling.sampler().equals(GLIDE)) return decoding.projection().noImage(1);
        return prior(sampling.sampler()).with(sampling).imageEmbeddings(text, none, seed, events.stage(PRIOR));
    }

    /**
     * The prior of this name.
     *
     * @param named empty for the first one
     * @throws IllegalArgumentException if there is none
     */
    Prior prior(String named) {
        for (Prior prior : priors) {
            if (named.isEmpty() || prior.own().sampler().equals(named)) return prior;
        }
        List<String> names = new ArrayList<>();
        for (Prior prior : priors) names.add(prior.own().sampler());
        for (Prior prior : priors) {
            if (!(prior instanceof DiffusionPrior diffusion)) continue;
            if (named.equals(NONE)) return new TextEmbeddingPrior(diffusion.width(), diffusion.length());
            names.add(NONE);
        }
        names.add(GLIDE);
        if (named.isEmpty()) {
            throw new IllegalArgumentException("expected a model with a prior to draw from words, got one without; draw"
                    + " from a picture, or from the words alone with the prior " + GLIDE);
        }
        throw new IllegalArgumentException(
                "expected a prior of " + String.join(", ", names) + ", which this model has, got " + named);
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
        Image mask = source == null ? null : source.mask();
        KnownPart known = source == null || mask == null ? null : new KnownPart(source.image(), mask);
        Tensor x;
        if (source == null || source.strength() == 1) {
            Tensor xT = decoding.noise(1, seed);
            Inpainting.Known shown = known == null ? null : known.under(xT);
            x = decoding.decode(image, text, none, shown, request.sampling(), xT, seed, progress);
        } else {
            int steps = request.sampling().steps().orElseThrow();
            Tensor own = embedding(source.image());
            Tensor xT = decoding.invert(pixels(source.image()), own, text, steps, progress);
            x = decoding.redecode(xT, image, text, steps, source.strength(), seed, progress);
        }
        for (Upsampling upsampling : upsamplings) {
            if (x.size(2) >= request.height()) break;
            String stage = UPSAMPLER + upsampling.size();
            x = upsampling.enlarge(x, known, request.sampling(stage), seed, events.stage(stage, UnClip::picture));
        }
        return x;
    }

    static Image picture(Tensor x) {
        return Pixels.toImages(x).get(0);
    }

    /** Its middle, which the image tower sees too, as the decoder draws; [1, 3, size, size]. */
    private Tensor pixels(Image picture) {
        int size = decoding.network().config().size();
        Image scaled = Resize.Filter.BICUBIC.scaleShorterSide(picture.over(255, 255, 255), size);
        return Normalize.TO_ONE.apply(List.of(new CenterCrop(size).apply(scaled)));
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
     * Any picture, enlarged by the upsamplers until its longer side has {@code size} pixels; what is larger than what the first
     * of them was trained to enlarge is reduced to that before.
     *
     * @param request of which the seed and the sampling of the upsamplers count
     */
    public GeneratedImage upscale(Image picture, int size, ImageRequest request, Events events) {
        decoding.network().expectOpen();
        Upscaling upscaling = new Upscaling(picture, size);
        ImageRequest full = new Filling(this, request).enlarging(size);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Image large = upscaling.of(upsamplings, full, events);
            return new GeneratedImage(
                    large,
                    full.withSize(large.width(), large.height()),
                    name,
                    decoding.network().dtype(),
                    "",
                    upscaling.provenance());
        }
    }

    @Override
    public GeneratedImage upscale(
            Image picture, OptionalInt size, OptionalInt noise, ImageRequest request, Events events) {
        if (noise.isPresent()) {
            throw new IllegalArgumentException(
                    "expected no noise level, which an unCLIP's upsamplers are not told, got " + noise.getAsInt());
        }
        if (!request.prompt().isEmpty() || !request.negative().isEmpty()) {
            throw new IllegalArgumentException("expected no prompt, which an unCLIP's upsamplers do not read, got "
                    + Words.clean(request.prompt() + request.negative()));
        }
        if (size.isEmpty()) {
            throw new IllegalArgumentException("expected the pixels of the longer side, --to, got none");
        }
        return upscale(picture, size.getAsInt(), request, events);
    }
}
