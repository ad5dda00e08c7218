package org.zeuxis.train.recipe.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.hub.Models;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.UNetConfig;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.train.recipe.RecipeKeys;

/** What the training of latent diffusion begins with. */
sealed interface Beginning {
    LatentDiffusion model() throws IOException;

    static Beginning from(RecipeKeys keys) {
        Config c = keys.file();
        if (!c.has("from")) return Parts.from(keys, null);
        String from = c.text("from");
        if (from.equals(Models.PICTOGRAMS)) {
            for (String part : Parts.KEYS) keys.refuseBeside("from", part, "which names a whole model");
        }
        return Parts.KEYS.stream().anyMatch(c::has) ? Parts.from(keys, Path.of(from)) : new Whole(from);
    }

    /** A whole model: {@code from} alone, as {@link Models} finds it. */
    record Whole(String from) implements Beginning {
        @Override
        public LatentDiffusion model() throws IOException {
            LatentDiffusion model = Models.standard().open(from, LatentDiffusion.class, DType.FLOAT32);
            UNetConfig unet = model.unet().config();
            if (!unet.inpaints() && !unet.hearsGuidance()) return model;
            model.close();
            throw new IOException(from + ": expected a model that draws what the prompt says alone, got one "
                    + (unet.inpaints() ? "for inpainting" : "that was distilled to few steps")
                    + ", which is not trained here; choose another model");
        }
    }

    /**
     * An autoencoder, the text tower of a CLIP and a U-Net, drawn anew or of the same shape in the folder {@code from}.
     *
     * @param keys of the U-Net, some of which the autoencoder decides
     */
    record Parts(
            Path autoencoder,
            String clip,
            Config keys,
            UNetConfig config,
            int size,
            long seed,
            @Nullable Path from) implements Beginning {
        static final List<String> KEYS = List.of("autoencoder", "clip", "model");

        static Parts from(RecipeKeys keys, @Nullable Path from) {
            Path autoencoder = Path.of(keys.file().text("autoencoder"));
            String clip = keys.file().text("clip");
            Config model = keys.model();
            UNetConfig config = UNetConfig.from(model);
            return new Parts(
                    autoencoder,
                    clip,
                    model,
                    config,
                    keys.data().size(),
                    keys.training().seed(),
                    from);
        }

        @Override
        public LatentDiffusion model() throws IOException {
            if (from == null) return drawn();
            ModelFolder folder = ModelFolder.open(from);
            if (folder.isPipeline()) {
                throw new IOException(
                        from + ": expected from to be the folder of a U-Net alone beside autoencoder, clip"
                                + " and model, got a whole model; leave these three out, or name its unet");
            }
            LatentDiffusion begun = drawn();
            try (Weights weights = folder.weights()) {
                StateDict.of(weights).as(DType.FLOAT32).loadInto(begun.unet().parameters());
            }
            return begun;
        }

        private LatentDiffusion drawn() throws IOException {
            ModelFolder encoder = ModelFolder.open(autoencoder);
            AutoencoderKl.Config latent = AutoencoderKl.Config.from(encoder.config());
            keys.expect("sample_size", size / latent.factor());
            keys.expect("in_channels", latent.latentChannels());
            keys.expect("out_channels", latent.latentChannels());
            ClipFolder text = Models.standard().open(clip, ClipFolder.class, DType.FLOAT32);
            int width = text.clip().config().text().width();
            if (config.contextWidth() != width) {
                throw new IllegalArgumentException("expected a cross_attention_dim of the text tower's " + width
                        + ", got " + config.contextWidth());
            }
            DenoisingUNet unet = Initialization.seeded(Seed.of(seed), () -> new DenoisingUNet(config));
            return new LatentDiffusion(
                    "begun",
                    text.tokenizer(),
                    text.clip().text(),
                    unet,
                    AutoencoderKl.load(encoder, DType.FLOAT32),
                    SchedulerConfig.TRAINED_HERE,
                    size);
        }
    }
}
