package org.zeuxis.models.latentdiffusion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.attention.PixelProjection;

/** Small ones with random weights, of the kinds that one file tells by its shapes. */
final class TinyStableDiffusion {
    static final AutoencoderKl.Config AUTOENCODER = new AutoencoderKl.Config(3, 4, List.of(32, 32), 1, 32, 0.18215);

    private TinyStableDiffusion() {}

    static LatentDiffusion first(int channels) {
        List<UNetConfig.Level> levels = List.of(new UNetConfig.Level(32, 8, true), new UNetConfig.Level(64, 8, false));
        return model(
                new UNetConfig(channels, 4, levels, 1, 64, 1, 32, PixelProjection.Kind.CONVOLUTION),
                Activation.QUICK_GELU,
                "epsilon",
                512);
    }

    /** Heads of width 64, OpenCLIP's text tower, and the velocity predicted. */
    static LatentDiffusion second() {
        List<UNetConfig.Level> levels = List.of(new UNetConfig.Level(64, 1, true), new UNetConfig.Level(128, 2, false));
        return model(
                new UNetConfig(4, 4, levels, 1, 64, 1, 32, PixelProjection.Kind.LINEAR),
                Activation.GELU,
                "v_prediction",
                768);
    }

    static LatentDiffusion model(UNetConfig unet, Activation activation, String prediction, int size) {
        return model(unet, AUTOENCODER, activation, SingleFile.scheduler(Parameterization.named(prediction)), size);
    }

    /** The parts of an upscaler, whose folder this saves. */
    static LatentDiffusion upscaler() {
        List<UNetConfig.Level> levels = List.of(
                new UNetConfig.Level(32, 8, false),
                new UNetConfig.Level(32, 8, true, true),
                new UNetConfig.Level(96, 8, true, false));
        return model(
                new UNetConfig(7, 4, levels, 1, 64, 1, 32, PixelProjection.Kind.LINEAR, 400, 0),
                new AutoencoderKl.Config(3, 4, List.of(32, 32, 32), 1, 32, 0.08333),
                Activation.GELU,
                UpscalerFile.scheduler(Parameterization.V),
                512);
    }

    private static LatentDiffusion model(
            UNetConfig unet,
            AutoencoderKl.Config autoencoder,
            Activation activation,
            SchedulerConfig scheduler,
            int size) {
        ClipTextModel.Config text = new ClipTextModel.Config(49408, 77, 64, 2, 1, 128, activation, 49407);
        Seed seed = Seed.of(8);
        LatentDiffusion model = Initialization.seeded(
                seed,
                () -> new LatentDiffusion(
                        "tiny",
                        SingleFile.tokenizer(77, activation == Activation.GELU),
                        new ClipTextModel(text),
                        new DenoisingUNet(unet),
                        new AutoencoderKl(autoencoder),
                        scheduler,
                        size));
        // before training many are 0 or 1, and one would pass for another
        for (Module part : List.of(model.text(), model.unet(), model.autoencoder())) {
            part.parameters()
                    .values()
                    .forEach(x -> InPlace.become(x, x.plus(seed.randn(x.shape()).times(0.05))));
        }
        return model;
    }

    /** As a file of the release of Stable Diffusion 1 has it. */
    static Map<String, Tensor> released(LatentDiffusion model) {
        Map<String, Tensor> here = new LinkedHashMap<>();
        put(here, LdmLayout.TEXT, model.text());
        put(here, LdmLayout.UNET, model.unet());
        put(here, LdmLayout.AUTOENCODER, model.autoencoder());
        return LdmLayout.keys(model.unet().config(), AUTOENCODER, 2).backwards(here);
    }

    private static void put(Map<String, Tensor> all, String part, Module module) {
        module.parameters().forEach((key, value) -> all.put(part + key, value));
    }
}
