package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.Weights;
import org.zeuxis.data.Examples;
import org.zeuxis.data.Problem;
import org.zeuxis.diffusion.DiffusionLoss;
import org.zeuxis.diffusion.LossWeight;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageGrid;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.latentdiffusion.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.DenoisingUNet;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.models.latentdiffusion.UNetConfig;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;
import org.zeuxis.train.recipe.LatentDiffusionObjective.TextTower;

/**
 * Trains the U-Net of a latent diffusion model over a trained autoencoder and the text tower of a trained CLIP, and with
 * {@code joint} that text tower too. With {@code from}, the folder of a U-Net of the same shape, it trains that one further; or
 * the folder of a whole model, or {@code pictograms} for the one that ships, whose own parts stand for {@code autoencoder}, {@code clip} and {@code model}. With
 * {@code min_snr}, timesteps are weighed so.
 */
final class LatentDiffusionRecipe implements Recipe {
    private final LatentDiffusion model;
    private final List<String> prompts;
    private final Examples examples;
    private final Objective objective;

    /** @param encoded is told how many pictures are encoded so far */
    LatentDiffusionRecipe(Config c, TrainingData data, TrainingConfig training, Path run, LongConsumer encoded)
            throws IOException {
        prompts = c.texts("samples", List.of());
        LatentDiffusion begun = begun(c, data, training);
        AutoencoderKl unscaled = begun.autoencoder();
        examples = data.examples();
        LatentCache raw =
                LatentCache.kept(run.resolve("latents"), () -> unscaled, examples, c.integer("pictures"), encoded);
        double known = unscaled.config().scalingFactor();
        double scale = known == 1 ? 1 / raw.deviation() : known;
        SchedulerConfig scheduler = begun.scheduler();
        model = new LatentDiffusion(
                "trained",
                begun.tokenizer(),
                begun.text(),
                begun.unet(),
                scaled(unscaled, scale),
                scheduler,
                data.size());
        LossWeight weight = c.has("min_snr") ? LossWeight.minSnr(c.number("min_snr")) : LossWeight.UNIFORM;
        Scheduler noised = scheduler.training();
        DiffusionLoss loss = new DiffusionLoss(noised.schedule(), noised.predicts(), weight);
        TextTower textTower = c.flag("joint", false) ? TextTower.JOINT : TextTower.FROZEN;
        objective = new LatentDiffusionObjective(model, textTower, raw.times(scale), loss, training.batch());
    }

    private static LatentDiffusion begun(Config c, TrainingData data, TrainingConfig training) throws IOException {
        if (!c.has("from")) return assembled(c, data, training);
        if (FirstWeights.shipped(c.text("from"))) return LatentDiffusion.pictograms();
        ModelFolder from = ModelFolder.open(Path.of(c.text("from")));
        if (from.isPipeline()) return LatentDiffusion.load(from.path());
        LatentDiffusion begun = assembled(c, data, training);
        try (Weights weights = from.weights()) {
            StateDict.of(weights).as(DType.FLOAT32).loadInto(begun.unet().parameters());
        }
        return begun;
    }

    private static LatentDiffusion assembled(Config c, TrainingData data, TrainingConfig training) throws IOException {
        AutoencoderKl autoencoder = AutoencoderKl.load(ModelFolder.open(Path.of(c.text("autoencoder"))));
        ClipFolder clip = ClipFolder.load(Path.of(c.text("clip")));
        Config model = c.child("model");
        UNetConfig config = UNetConfig.from(model);
        model.expect("sample_size", data.size() / autoencoder.config().factor());
        model.expect("in_channels", autoencoder.config().latentChannels());
        model.expect("out_channels", autoencoder.config().latentChannels());
        if (config.contextWidth() != clip.clip().config().text().width()) {
            throw new IllegalArgumentException("expected a cross_attention_dim of the text tower's "
                    + clip.clip().config().text().width() + ", got " + config.contextWidth());
        }
        DenoisingUNet unet = Initialization.seeded(Seed.of(training.seed()), () -> new DenoisingUNet(config));
        FirstWeights.silence(
                unet.parameters(),
                key -> key.endsWith("conv2.weight") || key.endsWith("proj_out.weight") || key.startsWith("conv_out"));
        return new LatentDiffusion(
                "begun",
                clip.tokenizer(),
                clip.clip().text(),
                unet,
                autoencoder,
                SchedulerConfig.TRAINED_HERE,
                data.size());
    }

    private static AutoencoderKl scaled(AutoencoderKl autoencoder, double scale) {
        AutoencoderKl.Config c = autoencoder.config();
        AutoencoderKl.Config config = new AutoencoderKl.Config(
                c.imageChannels(), c.latentChannels(), c.channels(), c.layersPerLevel(), c.groups(), scale);
        AutoencoderKl same = Initialization.skipped(() -> new AutoencoderKl(config));
        autoencoder.parameters().forEach((key, parameter) -> {
            Tensor place = same.parameters().get(key);
            if (place != null) place.become(parameter);
        });
        return same;
    }

    @Override
    public List<Problem> problems() {
        return examples.problems();
    }

    @Override
    public Objective objective() {
        return objective;
    }

    @Override
    public void export(Path folder) throws IOException {
        model.save(folder);
    }

    @Override
    public Optional<Image> samples() {
        if (prompts.isEmpty()) return Optional.empty();
        List<Image> pictures = new ArrayList<>();
        for (String prompt : prompts) {
            pictures.add(model.generate(ImageRequest.of(prompt), Progress.NONE)
                    .get(0)
                    .image());
        }
        return Optional.of(new ImageGrid(8, 2, 0xffffff).draw(pictures));
    }
}
