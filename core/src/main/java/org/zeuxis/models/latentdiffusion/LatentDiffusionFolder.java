package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Rounding;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.text.ClipTextFolder;
import org.zeuxis.models.latentdiffusion.Checkpoint.Part;
import org.zeuxis.models.latentdiffusion.adapter.OpenAdapters;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderLayout;
import org.zeuxis.models.latentdiffusion.safety.SafetyCheck;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;

/** The folder layout of diffusers' {@code StableDiffusionPipeline}, read and written. */
final class LatentDiffusionFolder {
    static final String PLAIN = "StableDiffusionPipeline";
    static final String INPAINTING = "StableDiffusionInpaintPipeline";
    static final String CONSISTENCY = "LatentConsistencyModelPipeline";
    /** The version by which such folders were seen to open. */
    private static final String DIFFUSERS = "0.42.1";

    private static final int SAMPLE_SIZE = 64;
    private static final Pattern BEFORE_0_9 = Pattern.compile("0\\.[0-8](\\D|$)");

    private LatentDiffusionFolder() {}

    static StoredModel stored(ModelFolder folder, FileChoice choice, OpenAdapters adapters) throws IOException {
        choice.expectWithFolder(folder.path());
        Checkpoint stored = read(folder);
        try {
            Checkpoint checkpoint = stored.adapted(adapters);
            SchedulerConfig scheduler = scheduler(folder);
            checkpoint.expectWholeText();
            expectOneModel(folder, checkpoint);
            StoredModel.Told told = new StoredModel.Told(scheduler, size(folder, checkpoint));
            return new StoredModel(
                    folder.path(),
                    folder.name(),
                    checkpoint,
                    told.size(),
                    parts -> told,
                    new SafetyCheck(folder),
                    adapters);
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    /** @throws IOException if it is no such folder, or asks for what is not here */
    static Checkpoint read(ModelFolder folder) throws IOException {
        String type = folder.isPipeline() ? folder.className() : "no model_index.json";
        if (!LatentDiffusion.PIPELINES.contains(type)) {
            throw new IOException(folder.path() + ": expected the folder of a StableDiffusionPipeline, got " + type);
        }
        return read(folder, UNetConfig::from);
    }

    /** The same of any pipeline, whose U-Net {@code shape} reads. */
    static Checkpoint read(ModelFolder folder, Function<Config, UNetConfig> shape) throws IOException {
        ClipTokenizer tokenizer = ClipTokenizer.read(folder.file("tokenizer"));
        ModelFolder textFolder = folder.component("text_encoder");
        ModelFolder unetFolder = folder.component("unet");
        ModelFolder autoencoderFolder = folder.component("vae");
        ClipTextModel.Config text = ClipTextModel.Config.from(textFolder.config());
        UNetConfig unet = shape.apply(unetFolder.config());
        AutoencoderKl.Config autoencoder = AutoencoderKl.Config.from(autoencoderFolder.config());
        List<Weights> files = new ArrayList<>();
        try {
            for (ModelFolder each : List.of(textFolder, unetFolder, autoencoderFolder)) files.add(each.weights());
        } catch (IOException | RuntimeException e) {
            files.forEach(Weights::close);
            throw e;
        }
        return new Checkpoint(
                tokenizer,
                new Part<>(text, ClipTextFolder.tower(files.get(0))),
                new Part<>(unet, StateDict.of(files.get(1))),
                new Part<>(autoencoder, StateDict.of(AutoencoderLayout.of(files.get(2)))),
                files);
    }

    static SchedulerConfig scheduler(ModelFolder folder) throws IOException {
        return scheduler(folder, "scheduler").inStableDiffusion();
    }

    /** One as its file has it. */
    static SchedulerConfig scheduler(ModelFolder folder, String component) throws IOException {
        Config file = folder.component(component).config("scheduler_config.json");
        String named = folder.components().get(component);
        return SchedulerConfig.from(named == null ? file.text("_class_name") : named, file);
    }

    /** The model's own width and height in pixels. */
    static int size(ModelFolder folder, Checkpoint checkpoint) throws IOException {
        return sampleSize(
                folder.component("unet").config(),
                checkpoint.autoencoder().config().factor());
    }

    /** Parts of one pipeline fit each other. */
    static void expectOneModel(ModelFolder folder, Checkpoint model) throws IOException {
        Config file = folder.component("unet").config();
        UNetConfig unet = model.unet().config();
        String autoencoder = "the autoencoder's latent_channels";
        int latent = model.autoencoder().config().latentChannels();
        if (unet.noiseLevels() > 0) {
            expectSame(file, "in_channels", unet.inChannels(), autoencoder + " and a picture's 3", latent + 3);
        } else if (!unet.inpaints()) {
            expectSame(file, "in_channels", unet.inChannels(), autoencoder, latent);
        }
        expectSame(file, "out_channels", unet.outChannels(), autoencoder, latent);
        int width = model.text().config().width();
        expectSame(file, "cross_attention_dim", unet.contextWidth(), "the text encoder's hidden_size", width);
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

    static void save(LatentDiffusion model, Path folder) throws IOException {
        if (!(model.tokenizer() instanceof ClipTokenizer tokenizer)) {
            throw new IOException("expected a CLIP tokenizer to save, got " + model.tokenizer());
        }
        write(Checkpoint.of(model, tokenizer), model.scheduler(), model.size(), folder, Rounding.NONE);
    }

    /**
     * The same of what lies on the disk.
     *
     * @return bytes of the weights
     */
    static long write(Checkpoint model, SchedulerConfig scheduler, int size, Path folder, Rounding rounding)
            throws IOException {
        Map<String, Tensor> text = model.storedText();
        Map<String, Tensor> denoising = model.storedUNet();
        Map<String, Tensor> encoding = model.storedAutoencoder();
        scheduler.write().write(folder.resolve("scheduler").resolve("scheduler_config.json"));
        ClipTextFolder.save(
                model.text().config(),
                text,
                model.tokenizer(),
                folder.resolve("text_encoder"),
                folder.resolve("tokenizer"),
                rounding);
        UNetConfig unet = model.unet().config();
        AutoencoderKl.Config autoencoder = model.autoencoder().config();
        ModelFolder.save(
                folder.resolve("unet"),
                ModelFolder.Layout.DIFFUSERS,
                unet.write().put("sample_size", size / autoencoder.factor()),
                denoising,
                rounding);
        ModelFolder.save(
                folder.resolve("vae"),
                ModelFolder.Layout.DIFFUSERS,
                autoencoder.write().put("sample_size", size),
                encoding,
                rounding);
        if (unet.noiseLevels() > 0) {
            UpscalerFile.noising()
                    .write()
                    .write(folder.resolve(UpscalerFile.LOW_RES).resolve("scheduler_config.json"));
        }
        ConfigWriter index = begun(unet).put("feature_extractor", nothing());
        if (unet.noiseLevels() == 0) index.put("image_encoder", nothing()).put("requires_safety_checker", false);
        index.put("safety_checker", nothing())
                .put("scheduler", List.of("diffusers", scheduler.className()))
                .put("text_encoder", List.of("transformers", "CLIPTextModel"))
                .put("tokenizer", List.of("transformers", "CLIPTokenizer"))
                .put("unet", List.of("diffusers", "UNet2DConditionModel"))
                .put("vae", List.of("diffusers", "AutoencoderKL"));
        ModelFolder.saveIndex(folder, index);
        return rounding.bytes(text.values()) + rounding.bytes(denoising.values()) + rounding.bytes(encoding.values());
    }

    /** Of a folder for inpainting diffusers asks its version, and opens none without. */
    private static ConfigWriter begun(UNetConfig unet) {
        if (unet.noiseLevels() > 0) {
            return new ConfigWriter()
                    .put("_class_name", LatentUpscaler.PIPELINE)
                    .put(UpscalerFile.LOW_RES, List.of("diffusers", "DDPMScheduler"))
                    .put(UpscalerFile.MOST_NOISE_KEY, UpscalerFile.MOST_NOISE);
        }
        String plain = unet.hearsGuidance() ? CONSISTENCY : PLAIN;
        ConfigWriter index = new ConfigWriter().put("_class_name", unet.inpaints() ? INPAINTING : plain);
        return unet.inpaints() ? index.put("_diffusers_version", DIFFUSERS) : index;
    }

    private static List<@Nullable Object> nothing() {
        return Collections.nCopies(2, null);
    }
}
