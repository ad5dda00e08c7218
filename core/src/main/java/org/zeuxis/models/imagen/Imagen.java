package org.zeuxis.models.imagen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.Pixels;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Source;
import org.zeuxis.models.TextEncoder;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.t5.T5Folder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Imagen: a frozen text encoder, a base that draws a small picture, and stages of super-resolution, all of which read the text.
 *
 * @param name for the request that each picture carries
 * @param superResolutions each makes the picture of the one before larger
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, Figure A.4
 */
public record Imagen(String name, TextEncoder text, Stage base, List<Stage> superResolutions) implements TextToImage {
    private static final String UPSAMPLER = "upsampler";

    /** @throws IllegalArgumentException if a stage reads text of another width than the encoder's, or enlarges nothing */
    public Imagen {
        superResolutions = List.copyOf(superResolutions);
        int width = text.width();
        int size = 0;
        List<Stage> all = new ArrayList<>(List.of(base));
        all.addAll(superResolutions);
        for (Stage stage : all) {
            int reads = stage.network().config().textWidth();
            if (reads != width) {
                throw new IllegalArgumentException("expected stages that read the text encoder's width, " + width
                        + ", got one that reads " + reads + "; choose stages of one model");
            }
            if (stage.size() <= size) {
                throw new IllegalArgumentException(
                        "expected each stage to draw larger than " + size + " pixels, got " + stage.size());
            }
            size = stage.size();
        }
    }

    /**
     * Opens a folder of diffusers' {@code IFPipeline}, and beside its parts any {@code upsampler_…} that is a folder of an
     * {@code IFSuperResolutionPipeline}; it computes in what is {@linkplain DType#fastest fastest}.
     *
     * @throws IOException if it is not one, or lacks something, in one line
     */
    public static Imagen load(Path folder) throws IOException {
        return load(folder, DType.fastest());
    }

    /** The same, to compute in {@code type}; {@code INT8} and {@code INT4} keep a T5 in 8 or 4 bits, and compute in what is fastest. */
    public static Imagen load(Path folder, DType type) throws IOException {
        return ImagenFolder.load(ModelFolder.open(folder), type);
    }

    /**
     * Where the one lies that ships with Zeuxis, trained on pictograms; unpacked, if it is in a jar.
     *
     * @throws IOException if {@code zeuxis-pictograms-imagen} is not on the class path
     */
    public static Path pictogramsFolder() throws IOException {
        return ModelFolder.onClassPath(Imagen.class, "/org/zeuxis/pictograms/imagen")
                .path();
    }

    /** With a further stage, opened from a folder of diffusers' {@code IFSuperResolutionPipeline}. */
    public Imagen then(Path superResolution) throws IOException {
        List<Stage> more = new ArrayList<>(superResolutions);
        more.add(ImagenFolder.superResolution(
                ModelFolder.open(superResolution), base.network().dtype()));
        return new Imagen(name, text, base, more);
    }

    /** With another thresholding of all stages than their schedulers'. */
    public Imagen with(Thresholding thresholding) {
        return new Imagen(
                name,
                text,
                base.with(thresholding),
                superResolutions.stream().map(stage -> stage.with(thresholding)).toList());
    }

    @Override
    public void close() {
        text.close();
        base.close();
        superResolutions.forEach(Stage::close);
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, Events events) {
        base.network().expectOpen();
        ImageRequest full = filled(request);
        String cut =
                text.tokenizer().encode(List.of(plain(request.prompt()))).cut().get(0);
        List<GeneratedImage> pictures = new ArrayList<>();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor both = text.encode(List.of(plain(request.prompt()), plain(request.negative())))
                    .states();
            for (int i = 0; i < request.count(); i++) {
                try (Scope picture = new Scope()) {
                    ImageRequest own = full.withSeed(request.seed() + i);
                    Tensor x = drawn(both.slice(0, 0, 1), both.slice(0, 1, 2), own, events);
                    pictures.add(new GeneratedImage(Pixels.toImages(x).get(0), own, name, dtype(), cut));
                }
            }
        }
        return pictures;
    }

    /** What it was opened in. */
    private DType dtype() {
        return text instanceof T5Folder t5 && t5.kept().computed() != t5.kept()
                ? t5.kept()
                : base.network().dtype();
    }

    /** [1, 3, size, size], −1 to 1 */
    Tensor drawn(Tensor prompt, Tensor none, ImageRequest full, Events events) {
        Seed seed = Seed.of(full.seed());
        Source source = full.source();
        Progress first = events.stage("base", x0 -> Pixels.toImages(x0).get(0));
        Tensor x = source == null
                ? base.draw(prompt, none, full.sampling(), seed, first)
                : base.redraw(Original.of(source, base.size()), prompt, none, full.sampling(), seed, first);
        for (Stage stage : superResolutions) {
            if (stage.size() > full.width()) break;
            x = stage.enlarge(
                    x,
                    source == null ? null : Original.of(source, stage.size()),
                    prompt,
                    none,
                    full.sampling(name(stage)),
                    seed,
                    events.stage(name(stage), x0 -> Pixels.toImages(x0).get(0)));
        }
        return x;
    }

    /** As DeepFloyd's captions were: in small letters. */
    private static String plain(String prompt) {
        return prompt.toLowerCase(Locale.ROOT).strip();
    }

    private static String name(Stage stage) {
        return UPSAMPLER + stage.size();
    }

    private ImageRequest filled(ImageRequest request) {
        request.expectNoneOfLatentDiffusion();
        request.expectNoisingStages(superResolutions.stream().map(Imagen::name).toArray(String[]::new));
        Source source = request.source();
        if (source != null) Original.expectSquare(source);
        int size = size(request);
        ImageRequest full = request.with(base.filled(request.sampling()))
                .withSize(size, size)
                .withCount(1);
        for (Stage stage : superResolutions) {
            if (stage.size() > size) continue;
            full = full.with(name(stage), stage.filled(request.sampling(name(stage))));
        }
        return full;
    }

    private int size(ImageRequest request) {
        TreeSet<Integer> sizes = new TreeSet<>(List.of(base.size()));
        superResolutions.forEach(stage -> sizes.add(stage.size()));
        int width = request.width() == 0 ? request.height() : request.width();
        int height = request.height() == 0 ? width : request.height();
        if (width == 0) return sizes.last();
        if (width == height && sizes.contains(width)) return width;
        throw new IllegalArgumentException(
                "expected a size of " + sizes + " pixels on both sides, got " + width + "x" + height);
    }
}
