package org.zeuxis.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.zeuxis.hub.Opener.Shipped;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.ModelName;
import org.zeuxis.hub.client.OneLine;
import org.zeuxis.hub.recognition.Recognition;
import org.zeuxis.hub.recognition.Recognition.Form;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.models.clip.text.ClipTextFolder;
import org.zeuxis.models.flamingo.FlamingoFolder;
import org.zeuxis.models.imagen.Imagen;
import org.zeuxis.models.inception.InceptionV3;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.LatentUpscaler;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.models.minilm.MiniLmFolder;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.tensor.DType;

/**
 * Opens what a name, a folder or a file holds, told by its configuration or keys; what cannot be opened is named before any
 * weights are read.
 *
 * <pre>{@code
 * try (TextToImage model = Models.standard().open("org/name", TextToImage.class)) {
 *     model.generate(ImageRequest.of("a red apple"));
 * }
 * }</pre>
 */
public final class Models {
    /** The name of the models that ship with Zeuxis, of each kind one; a folder of that name is {@code ./pictograms}. */
    public static final String PICTOGRAMS = "pictograms";

    /** The name of the DALL·E 2 that ships with Zeuxis. */
    public static final String UNCLIP = "unclip";

    /** The name of the Imagen that ships with Zeuxis. */
    public static final String IMAGEN = "imagen";

    /** The name of the Flamingo that ships with Zeuxis. */
    public static final String FLAMINGO = "flamingo";

    private static final List<Opener<?>> OPENERS = List.of(
            new Opener<>(
                    "a Stable Diffusion 1.x or 2.x",
                    LatentDiffusion.class,
                    new Shipped(PICTOGRAMS, LatentDiffusion::pictogramsFolder),
                    it -> LatentDiffusion.PIPELINES.stream().anyMatch(it::isPipeline)
                            || it.isFile("sd1")
                            || it.isFile("sd2"),
                    LatentDiffusion::load),
            new Opener<>(
                    "an upscaler of Stable Diffusion",
                    LatentUpscaler.class,
                    null,
                    it -> it.isPipeline(LatentUpscaler.PIPELINE) || it.isFile(LatentUpscaler.FILE),
                    LatentUpscaler::load),
            new Opener<>(
                    "an unCLIP pipeline of diffusers",
                    UnClip.class,
                    new Shipped(UNCLIP, UnClip::pictogramsFolder),
                    it -> it.isPipeline("UnCLIPPipeline")
                            || it.isPipeline("UnCLIPImageVariationPipeline")
                            || it.isModel(Recognition.KARLO),
                    UnClip::load),
            new Opener<>(
                    "a DeepFloyd IF pipeline of diffusers",
                    Imagen.class,
                    new Shipped(IMAGEN, Imagen::pictogramsFolder),
                    it -> it.isPipeline("IFPipeline"),
                    Imagen::load),
            new Opener<>(
                    "a CLIP of transformers, open_clip or OpenAI",
                    ClipFolder.class,
                    new Shipped(PICTOGRAMS, ClipFolder::pictogramsFolder),
                    Models::isClip,
                    ClipFolder::load),
            new Opener<>(
                    "the text tower of a CLIP",
                    ClipTextFolder.class,
                    new Shipped(PICTOGRAMS, ClipFolder::pictogramsFolder),
                    Models::isClip,
                    ClipTextFolder::ofWhole),
            new Opener<>(
                    "an image classifier that Zeuxis trained",
                    ImageClassifier.class,
                    null,
                    it -> it.isModel("image_classifier"),
                    ImageClassifier::load),
            new Opener<>(
                    "a language model of transformers (LLaMA, GPT-NeoX, OPT or MPT)",
                    Decoder.class,
                    null,
                    it -> Stream.of("llama", "gpt_neox", "opt", "mpt").anyMatch(it::isModel),
                    LanguageModelFolder::load),
            new Opener<>(
                    "a sentence encoder of sentence-transformers in the shape of BERT",
                    MiniLmFolder.class,
                    null,
                    it -> it.isModel("bert"),
                    MiniLmFolder::load),
            new Opener<>(
                    "an IDEFICS of transformers or an OpenFlamingo with open_flamingo.json",
                    FlamingoFolder.class,
                    new Shipped(FLAMINGO, FlamingoFolder::pictogramsFolder),
                    it -> it.isModel("idefics") || it.isModel(Recognition.OPEN_FLAMINGO),
                    FlamingoFolder::load),
            new Opener<>(
                    "an InceptionV3 in torch-fidelity's names",
                    InceptionV3.class,
                    null,
                    it -> it.isFile("inception"),
                    (file, type) -> InceptionV3.load(file)));

    private final Supplier<Hub> hub;
    private final PullProgress progress;

    private Models(Supplier<Hub> hub, PullProgress progress) {
        this.hub = hub;
        this.progress = progress;
    }

    /** With the hub as the environment says. */
    public static Models standard() {
        return of(Hub::standard, PullProgress.NONE);
    }

    /**
     * With another hub.
     *
     * @param hub asked for when a name is its
     * @param progress told when a model is downloaded
     */
    public static Models of(Supplier<Hub> hub, PullProgress progress) {
        return new Models(hub, progress);
    }

    /**
     * Opens whatever it is that can be opened.
     *
     * @param name {@code pictograms}, {@code unclip}, {@code imagen}, {@code flamingo}, a folder, a file, or
     *     {@code organization/name} of the hub
     * @throws IOException if there is no such model, or it is of a kind that cannot be opened; in one line
     */
    public AutoCloseable open(String name) throws IOException {
        return open(name, AutoCloseable.class);
    }

    /**
     * Opens a model of one kind.
     *
     * @param name {@code pictograms}, a folder, a file, or {@code organization/name} of the hub
     * @param kind what is wanted: {@code TextToImage.class}, {@code ClipFolder.class} …
     * @throws IOException if there is no such model, or it is of another kind; in one line
     */
    public <M extends AutoCloseable> M open(String name, Class<M> kind) throws IOException {
        return find(name, kind).open();
    }

    /** The same, to compute in {@code type}. */
    public <M extends AutoCloseable> M open(String name, Class<M> kind, DType type) throws IOException {
        return find(name, kind).open(type);
    }

    /** The same without its weights. */
    public <M extends AutoCloseable> Found<M> find(String name, Class<M> kind) throws IOException {
        // the name first: the same command means the same model in every folder
        for (Opener<?> opener : OPENERS) {
            Shipped ships = opener.ships();
            if (ships != null && ships.name().equals(name) && kind.isAssignableFrom(opener.opens())) {
                return found(name, ships.place().folder(), opener, kind);
            }
        }
        Path path = Path.of(name);
        if (Files.exists(path)) {
            Found<M> found = recognized(name, path, kind);
            return new Found<>(path.toRealPath().toString(), path, found.opens(), found.opening());
        }
        if (ModelName.matches(name)) return recognized(name, ofHub(name, kind), kind);
        throw new IOException("expected " + PICTOGRAMS + ", a folder, a file, or org/name of a model of the hub, got "
                + OneLine.of(name) + ", which is none of these; check the path");
    }

    /** Whether what lies there opens as this. */
    public static boolean isA(Path path, Class<? extends AutoCloseable> kind) throws IOException {
        Recognition is = Recognition.of(path);
        return OPENERS.stream()
                .anyMatch(opener ->
                        kind.isAssignableFrom(opener.opens()) && opener.fits().test(is));
    }

    /** The classes of all that a name opens as; of a model that ships there may be several. No weights are read. */
    public List<Class<? extends AutoCloseable>> kinds(String name) throws IOException {
        List<Class<? extends AutoCloseable>> shipped = new ArrayList<>();
        for (Opener<?> opener : OPENERS) {
            Shipped ships = opener.ships();
            if (ships != null && ships.name().equals(name)) shipped.add(opener.opens());
        }
        return shipped.isEmpty() ? List.of(find(name, AutoCloseable.class).opens()) : shipped;
    }

    private static boolean isClip(Recognition it) {
        return it.isModel("clip") || it.isModel("CLIPModel") || it.form() == Form.OPEN_CLIP || it.isFile("openai-clip");
    }

    private Path ofHub(String name, Class<? extends AutoCloseable> kind) throws IOException {
        try {
            return hub.get().model(name, progress, folder -> recognized(name, folder, kind));
        } catch (HubException e) {
            // it may have been meant as a path
            throw new HubException("there is no folder " + name + " here, and of the hub " + e.getMessage(), e);
        }
    }

    /** @param name said in messages */
    private static <M extends AutoCloseable> Found<M> recognized(String name, Path path, Class<M> kind)
            throws IOException {
        Recognition is = Recognition.of(path);
        for (Opener<?> opener : OPENERS) {
            if (kind.isAssignableFrom(opener.opens()) && opener.fits().test(is)) return found(name, path, opener, kind);
        }
        throw new IOException(name + ": expected " + wanted(kind) + ", got " + is.words() + "; " + fix(is));
    }

    private static <M extends AutoCloseable> Found<M> found(String name, Path path, Opener<?> opener, Class<M> kind) {
        return new Found<>(
                name,
                path,
                opener.opens(),
                (from, type) -> kind.cast(opener.opening().open(from, type)));
    }

    private static String wanted(Class<?> kind) {
        String words = OPENERS.stream()
                .filter(opener -> kind.isAssignableFrom(opener.opens()))
                .map(Opener::words)
                .collect(Collectors.joining(" or "));
        return words.isEmpty() ? "what opens as " + kind.getSimpleName() + ", which nothing does yet" : words;
    }

    private static String fix(Recognition is) {
        boolean ours = OPENERS.stream().anyMatch(opener -> opener.fits().test(is));
        if (ours) return "name a model of the other kind";
        return switch (is.type()) {
            case "lora", "peft", "textual-inversion" ->
                "name the model it is for, and add this to it with --lora or --embedding";
            case "clip",
                    "clip-text",
                    "clip-vision",
                    "vae",
                    "unet",
                    "clip_text_model",
                    "clip_vision_model",
                    "AutoencoderKL",
                    "UNet2DConditionModel" -> "name the folder it belongs to";
            default -> "choose another model";
        };
    }
}
