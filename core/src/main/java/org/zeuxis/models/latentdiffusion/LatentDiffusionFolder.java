package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.ClipTokenizer;

/** The folder layout of diffusers' {@code StableDiffusionPipeline}, read and written. */
final class LatentDiffusionFolder {
    private static final String[] OLD_BUFFERS = {"embeddings.position_ids"};
    private static final String TEXT_PREFIX = "text_model.";
    private static final int SAMPLE_SIZE = 64;
    private static final Pattern BEFORE_0_9 = Pattern.compile("0\\.[0-8](\\D|$)");

    private LatentDiffusionFolder() {}

    static LatentDiffusion load(ModelFolder folder, DType dtype) throws IOException {
        return ModelFolder.opened(folder.path(), () -> opened(folder, dtype));
    }

    private static LatentDiffusion opened(ModelFolder folder, DType dtype) throws IOException {
        String type = folder.isPipeline() ? folder.className() : "no model_index.json";
        if (!type.equals("StableDiffusionPipeline")) {
            throw new IOException(folder.path() + ": expected the folder of a StableDiffusionPipeline, got " + type);
        }
        ClipTokenizer tokenizer = ClipTokenizer.read(folder.file("tokenizer"));
        SchedulerConfig scheduler = scheduler(folder);

        ModelFolder textFolder = folder.component("text_encoder");
        ClipTextModel.Config textConfig = ClipTextModel.Config.from(textFolder.config());
        ClipTextModel text = loaded(textFolder, dtype, () -> new ClipTextModel(textConfig));

        ModelFolder unetFolder = folder.component("unet");
        Config unetFile = unetFolder.config();
        UNetConfig unetConfig = UNetConfig.from(unetFile);
        AutoencoderKl.Config vaeConfig =
                AutoencoderKl.Config.from(folder.component("vae").config());
        expectOneModel(unetFile, unetConfig, textConfig, vaeConfig);
        int size = sampleSize(unetFile, vaeConfig.factor());
        DenoisingUNet unet = loaded(unetFolder, dtype, () -> new DenoisingUNet(unetConfig));

        AutoencoderKl autoencoder = AutoencoderKl.load(folder.component("vae"), dtype);

        Path name = folder.path().toAbsolutePath().normalize().getFileName();
        return new LatentDiffusion(
                name == null ? "model" : name.toString(), tokenizer, text, unet, autoencoder, scheduler, size);
    }

    private static SchedulerConfig scheduler(ModelFolder folder) throws IOException {
        Config file = folder.component("scheduler").config("scheduler_config.json");
        String named = folder.components().get("scheduler");
        return SchedulerConfig.from(named == null ? file.text("_class_name") : named, file)
                .inStableDiffusion();
    }

    /** Parts of one pipeline fit each other. */
    private static void expectOneModel(
            Config file, UNetConfig unet, ClipTextModel.Config text, AutoencoderKl.Config autoencoder) {
        expectSame(
                file,
                "in_channels",
                unet.inChannels(),
                "the autoencoder's latent_channels",
                autoencoder.latentChannels());
        expectSame(
                file,
                "out_channels",
                unet.outChannels(),
                "the autoencoder's latent_channels",
                autoencoder.latentChannels());
        expectSame(file, "cross_attention_dim", unet.contextWidth(), "the text encoder's hidden_size", text.width());
    }

    private static void expectSame(Config unet, String key, int got, String what, int expected) {
        if (got == expected) return;
        throw new ConfigException(unet.origin() + ": expected " + key + " to be " + what + ", " + expected + ", got "
                + got + "; choose another checkpoint");
    }

    private static int sampleSize(Config unet, int factor) {
        int latent = unet.sameSize("sample_size", SAMPLE_SIZE, Size.PIXELS);
        // as diffusers has it: the first Stable Diffusion was published with another size than it was trained for
        boolean mistaken = latent < SAMPLE_SIZE
                && !unet.isList("sample_size")
                && BEFORE_0_9.matcher(unet.text("_diffusers_version", "")).lookingAt();
        int size = (mistaken ? SAMPLE_SIZE : latent) * factor;
        if (size <= Size.PIXELS.largest()) return size;
        throw new ConfigException(unet.origin() + ": expected sample_size to be at most "
                + Size.PIXELS.largest() / factor + ", of pictures of " + Size.PIXELS.largest() + " pixels, got "
                + latent
                + "; check the file");
    }

    private static <M extends Module> M loaded(ModelFolder folder, DType dtype, Supplier<M> make) throws IOException {
        try (Weights weights = folder.weights()) {
            // transformers 5 leaves the prefix out, every version before it writes it
            boolean prefixed = weights.names().stream().anyMatch(n -> n.startsWith(TEXT_PREFIX));
            StateDict state = StateDict.of(weights).under(prefixed ? TEXT_PREFIX : "");
            M module = state.sized(make);
            state.ignoring(OLD_BUFFERS).as(dtype).loadInto(module);
            return module;
        }
    }

    static void save(LatentDiffusion model, Path folder) throws IOException {
        if (!(model.tokenizer() instanceof ClipTokenizer tokenizer)) {
            throw new IOException("expected a CLIP tokenizer to save, got " + model.tokenizer());
        }
        tokenizer.write(folder.resolve("tokenizer"));
        model.scheduler().write().write(folder.resolve("scheduler").resolve("scheduler_config.json"));
        ModelFolder.save(
                folder.resolve("text_encoder"),
                ModelFolder.Layout.TRANSFORMERS,
                model.text().config().write(tokenizer.startId(), tokenizer.padId()),
                prefixed(TEXT_PREFIX, model.text().parameters()));
        int latent = model.size() / model.autoencoder().config().factor();
        ModelFolder.save(
                folder.resolve("unet"),
                ModelFolder.Layout.DIFFUSERS,
                model.unet().config().write().put("sample_size", latent),
                model.unet().parameters());
        ModelFolder.save(
                folder.resolve("vae"),
                ModelFolder.Layout.DIFFUSERS,
                model.autoencoder().config().write().put("sample_size", model.size()),
                model.autoencoder().parameters());
        ModelFolder.saveIndex(
                folder,
                new ConfigWriter()
                        .put("_class_name", "StableDiffusionPipeline")
                        .put("feature_extractor", nothing())
                        .put("image_encoder", nothing())
                        .put("requires_safety_checker", false)
                        .put("safety_checker", nothing())
                        .put("scheduler", List.of("diffusers", model.scheduler().className()))
                        .put("text_encoder", List.of("transformers", "CLIPTextModel"))
                        .put("tokenizer", List.of("transformers", "CLIPTokenizer"))
                        .put("unet", List.of("diffusers", "UNet2DConditionModel"))
                        .put("vae", List.of("diffusers", "AutoencoderKL")));
    }

    private static <T> Map<String, T> prefixed(String prefix, Map<String, T> all) {
        Map<String, T> renamed = new LinkedHashMap<>();
        all.forEach((key, value) -> renamed.put(prefix + key, value));
        return renamed;
    }

    private static List<@Nullable Object> nothing() {
        return Collections.nCopies(2, null);
    }
}
