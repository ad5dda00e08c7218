package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.format.CopyProgress;
import org.zeuxis.checkpoint.format.Rounding;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.file.AtomicFolder;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;

/**
 * A Stable Diffusion 1 or 2, or the upscaler of it, again in its other layout: the folder of diffusers as one file in the names of its release, and such a
 * file as a folder, or as a file of what is drawn with alone. What one file cannot say of a folder is refused by name; which sampler
 * draws unless another is asked for is all that it does not keep.
 */
public final class StableDiffusionCopy {
    private static final String FILE = ".safetensors";

    private StableDiffusionCopy() {}

    /**
     * @param from a folder or a file
     * @param into ends in {@code .safetensors} if it is to be one file; appears complete, and must not exist
     * @param type null if numbers stay as they are
     * @param choice what {@code from} leaves open, if it is a file
     * @return bytes of the new weights
     * @throws IOException if it is none, lacks something, a value does not fit, or {@code into} exists
     */
    public static long of(Path from, Path into, @Nullable DType type, FileChoice choice) throws IOException {
        return of(from, into, type, choice, CopyProgress.NONE);
    }

    /** The same, which {@code progress} may stop. */
    public static long of(Path from, Path into, @Nullable DType type, FileChoice choice, CopyProgress progress)
            throws IOException {
        ModelFolder.expectNew(into);
        if (!ModelFolder.isFile(from)) choice.expectWithFolder(from);
        Rounding rounding = new Rounding(from.toString(), type, progress);
        return ModelFolder.opened(from, () -> {
            Release release = Release.of(from);
            try (Scope scope = new Scope()) {
                if (isFileName(into)) {
                    return ModelFolder.isFile(from)
                            ? again(release, from, into, rounding, choice)
                            : toFile(release, ModelFolder.open(from), into, rounding);
                }
                long[] bytes = new long[1];
                AtomicFolder.write(
                        into, unfinished -> bytes[0] = toFolder(release, from, unfinished, rounding, choice));
                return bytes[0];
            }
        });
    }

    /** Whether something of this name is to be one file. */
    public static boolean isFileName(Path name) {
        return name.toString().endsWith(FILE);
    }

    private static long toFolder(Release release, Path file, Path folder, Rounding rounding, FileChoice choice)
            throws IOException {
        try (Checkpoint model = release.read(file, choice.weights())) {
            Parameterization prediction = release.prediction(model, choice);
            return LatentDiffusionFolder.write(
                    model, release.scheduler(prediction), SingleFile.size(model, prediction), folder, rounding);
        }
    }

    /** All that belongs to the three parts, even what is not read here, and nothing that a training left beside them. */
    private static long again(Release release, Path from, Path into, Rounding rounding, FileChoice choice)
            throws IOException {
        try (Checkpoint model = release.read(from, choice.weights())) {
            model.expectWhole();
            Map<String, Tensor> kept = new LinkedHashMap<>();
            Weights all = model.files().get(0);
            for (String name : all.names()) {
                if (LdmLayout.isOfAPart(name)) kept.put(name, all.tensor(name));
            }
            Parameterization prediction = release.prediction(model, choice);
            SafetensorsWriter.write(
                    into, kept, SingleFile.notes(prediction, SingleFile.size(model, prediction)), rounding);
            return rounding.bytes(kept.values());
        }
    }

    private static long toFile(Release release, ModelFolder folder, Path file, Rounding rounding) throws IOException {
        try (Checkpoint model = release.read(folder)) {
            LatentDiffusionFolder.expectOneModel(folder, model);
            release.expectReleased(folder);
            if (model.unet().config().hearsGuidance()) {
                throw new IOException(
                        folder.path() + ": expected a model that one file can hold, got a U-Net that is told"
                                + " its guidance, which one file has no name for; keep the folder");
            }
            SchedulerConfig scheduler = LatentDiffusionFolder.scheduler(folder);
            boolean second = model.text().config().activation() == Activation.GELU;
            Map<String, Tensor> here = new LinkedHashMap<>();
            String text = second ? LdmLayout.SECOND_TEXT : LdmLayout.TEXT;
            model.storedText().forEach((key, x) -> here.put(text + key, x));
            model.storedUNet().forEach((key, x) -> here.put(LdmLayout.UNET + key, x));
            model.storedAutoencoder().forEach((key, x) -> here.put(LdmLayout.AUTOENCODER + key, x));
            Map<String, Tensor> old = LdmLayout.keys(
                            model.unet().config(),
                            model.autoencoder().config(),
                            model.text().config().layers())
                    .backwards(here);
            String origin = folder.path().toString();
            expectTold(origin, model, Weights.of(origin, old), second);
            Parameterization prediction = prediction(release, origin, scheduler);
            SafetensorsWriter.write(
                    file, old, SingleFile.notes(prediction, LatentDiffusionFolder.size(folder, model)), rounding);
            return rounding.bytes(old.values());
        }
    }

    /** What opens the file again sees in its shapes, and takes for granted, must be what the folder says. */
    private static void expectTold(String origin, Checkpoint model, Weights old, boolean second) throws IOException {
        ClipTextModel.Config own = model.text().config();
        ClipTextModel.Config text = second ? SingleFile.openClip(old) : SingleFile.clip(old);
        ClipTokenizer tokenizer = SingleFile.tokenizer(text.context(), second);
        if (!tokenizer.readsAs(model.tokenizer())) {
            throw new IOException(
                    origin + "/tokenizer: expected CLIP's own tokenizer" + (second ? ", padded with !" : "")
                            + ", which is what one file is opened with, got another; keep the folder");
        }
        // nothing here asks for the state at the end of a text
        ClipTextModel.Config ends = new ClipTextModel.Config(
                text.vocabulary(),
                text.context(),
                text.width(),
                text.layers(),
                text.heads(),
                text.innerWidth(),
                text.activation(),
                own.endToken());
        int pad = tokenizer.padId();
        int start = tokenizer.startId();
        expectSame(origin + "/text_encoder", ends.write(start, pad), own.write(start, pad));
        UNetConfig told = model.unet().config();
        Config seen = SingleFile.unet(old, second);
        UNetConfig unet = told.noiseLevels() > 0 ? UNetConfig.ofUpscaler(seen) : UNetConfig.from(seen);
        expectSame(origin + "/unet", unet.write(), told.write());
        AutoencoderKl.Config autoencoder = AutoencoderKl.Config.from(SingleFile.autoencoder(old));
        expectSame(
                origin + "/vae",
                autoencoder.write(),
                model.autoencoder().config().write());
    }

    private static void expectSame(String origin, ConfigWriter told, ConfigWriter own) throws IOException {
        String[] expected = told.text().split("\n");
        String[] got = own.text().split("\n");
        for (int i = 0; i < expected.length; i++) {
            if (expected[i].equals(got[i])) continue;
            throw new IOException(origin + ": expected " + line(expected[i]) + ", as one file is opened with, got "
                    + line(got[i]) + "; keep the folder");
        }
    }

    private static String line(String json) {
        return json.strip().replaceFirst(",$", "");
    }

    /** @throws IOException if one file would be opened with another noise */
    private static Parameterization prediction(Release release, String origin, SchedulerConfig scheduler)
            throws IOException {
        Scheduler own = scheduler.training();
        Parameterization prediction = own.predicts();
        if (prediction == Parameterization.X0) {
            throw new IOException(origin + "/scheduler: expected prediction_type epsilon or v_prediction, got"
                    + " sample, which one file cannot say; keep the folder");
        }
        if (own.schedule().isSame(release.scheduler(prediction).training().schedule())) return prediction;
        throw new IOException(origin + "/scheduler: expected Stable Diffusion's noise, beta_schedule scaled_linear "
                + release.betas() + " in 1000 timesteps, got another, which one file cannot say; keep the folder");
    }

    /** One kind of model that was released as one file: how that and its folder are read, and what the file takes for granted. */
    private sealed interface Release {
        Checkpoint read(Path file, UNetWeights which) throws IOException;

        Checkpoint read(ModelFolder folder) throws IOException;

        /** What the U-Net of a file predicts. */
        Parameterization prediction(Checkpoint file, FileChoice choice) throws IOException;

        /** The sampler and the noise that a file is opened with. */
        SchedulerConfig scheduler(Parameterization prediction);

        /** The least and the largest part of that noise, for messages. */
        String betas();

        /** @throws IOException if the folder says beside its scheduler what one file cannot */
        void expectReleased(ModelFolder folder) throws IOException;

        /** What lies there. */
        static Release of(Path path) throws IOException {
            if (!ModelFolder.isFile(path)) {
                ModelFolder folder = ModelFolder.open(path);
                boolean enlarges = folder.isPipeline() && folder.className().equals(LatentUpscaler.PIPELINE);
                return enlarges ? new Enlarges() : new Draws();
            }
            try (Weights file = WeightsFile.of(path)) {
                return file.names().contains(LdmLayout.NOISE_LEVELS) ? new Enlarges() : new Draws();
            }
        }

        /** Stable Diffusion 1 and 2. */
        record Draws() implements Release {
            @Override
            public Checkpoint read(Path file, UNetWeights which) throws IOException {
                return SingleFile.read(file, which);
            }

            @Override
            public Checkpoint read(ModelFolder folder) throws IOException {
                return LatentDiffusionFolder.read(folder);
            }

            @Override
            public Parameterization prediction(Checkpoint file, FileChoice choice) throws IOException {
                return SingleFile.prediction(file, choice);
            }

            @Override
            public SchedulerConfig scheduler(Parameterization prediction) {
                return SingleFile.scheduler(prediction);
            }

            @Override
            public String betas() {
                return "from 0.00085 to 0.012";
            }

            @Override
            public void expectReleased(ModelFolder folder) {}
        }

        /** The upscaler of Stable Diffusion 2. */
        record Enlarges() implements Release {
            @Override
            public Checkpoint read(Path file, UNetWeights which) throws IOException {
                return UpscalerFile.read(file, which);
            }

            @Override
            public Checkpoint read(ModelFolder folder) throws IOException {
                return LatentDiffusionFolder.read(folder, UNetConfig::ofUpscaler);
            }

            @Override
            public Parameterization prediction(Checkpoint file, FileChoice choice) throws IOException {
                return UpscalerFile.prediction(file, choice);
            }

            @Override
            public SchedulerConfig scheduler(Parameterization prediction) {
                return UpscalerFile.scheduler(prediction);
            }

            @Override
            public String betas() {
                return UpscalerFile.BETAS;
            }

            @Override
            public void expectReleased(ModelFolder folder) throws IOException {
                int most = LatentUpscaler.Stored.mostNoise(folder);
                if (most != UpscalerFile.MOST_NOISE) {
                    throw new IOException(folder.path() + ": expected " + UpscalerFile.MOST_NOISE_KEY + " to be "
                            + UpscalerFile.MOST_NOISE + ", as one file is opened with, got " + most
                            + "; keep the folder");
                }
                NoiseSchedule released = UpscalerFile.noising().training().schedule();
                if (LatentUpscaler.Stored.noising(folder).isSame(released)) return;
                throw new IOException(folder.path() + "/" + UpscalerFile.LOW_RES
                        + ": expected the noise of the release, beta_schedule scaled_linear "
                        + UpscalerFile.BETAS
                        + " in 1000 timesteps, got another, which one file cannot say; keep the folder");
            }
        }
    }
}
