package org.zeuxis.models.unclip.prior;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** The folders {@code prior} and {@code prior_scheduler} of a pipeline in diffusers' layout. */
final class PriorFolder {
    static final String PRIOR = "prior";
    static final String SCHEDULER = "prior_scheduler";
    static final String DIFFUSION = "PriorTransformer";
    static final String AUTOREGRESSIVE = "AutoregressivePrior";
    private static final String TRANSFORMER = "transformer.";
    private static final String CODES = "codes.";
    private static final String DOT_PRODUCT = "dot_product.";
    private static final String SCHEDULER_FILE = "scheduler_config.json";

    private PriorFolder() {}

    static Prior load(ModelFolder pipeline) throws IOException {
        return ModelFolder.opened(pipeline.path(), () -> opened(pipeline));
    }

    private static Prior opened(ModelFolder pipeline) throws IOException {
        Map<String, String> components = pipeline.components();
        String className = components.get(PRIOR);
        if (className == null) {
            throw new IOException(pipeline.path() + ": expected a prior among the components of model_index.json, got "
                    + components.keySet());
        }
        return switch (className) {
            case DIFFUSION -> diffusion(pipeline, components);
            case AUTOREGRESSIVE -> autoregressive(pipeline.component(PRIOR));
            default ->
                throw new IOException(pipeline.path() + ": expected a prior of class " + DIFFUSION + " or "
                        + AUTOREGRESSIVE + ", got " + className);
        };
    }

    private static DiffusionPrior diffusion(ModelFolder pipeline, Map<String, String> components) throws IOException {
        ModelFolder folder = pipeline.component(PRIOR);
        PriorTransformer.Config config = PriorTransformer.Config.from(folder.config());
        SchedulerConfig scheduler = scheduler(pipeline, components);
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights).as(DType.FLOAT32);
            PriorTransformer network = state.sized(() -> new PriorTransformer(config));
            state.loadInto(network.parameters());
            return new DiffusionPrior(network, scheduler);
        }
    }

    private static AutoregressivePrior autoregressive(ModelFolder folder) throws IOException {
        AutoregressiveTransformer.Config c = AutoregressiveTransformer.Config.from(folder.config());
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights).as(DType.FLOAT32);
            AutoregressivePrior prior = state.sized(() -> new AutoregressivePrior(
                    new AutoregressiveTransformer(c),
                    new EmbeddingCodes(
                            new PrincipalComponents(c.components(), c.width()),
                            new Buckets(c.buckets(), c.components())),
                    new DotProduct(c.dots())));
            state.loadInto(parameters(prior));
            return prior;
        }
    }

    private static Map<String, Tensor> parameters(AutoregressivePrior prior) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        prior.network().parameters().forEach((key, p) -> all.put(TRANSFORMER + key, p));
        prior.codes().parameters().forEach((key, p) -> all.put(CODES + key, p));
        prior.dotProduct().parameters().forEach((key, p) -> all.put(DOT_PRODUCT + key, p));
        return all;
    }

    private static SchedulerConfig scheduler(ModelFolder pipeline, Map<String, String> components) throws IOException {
        Config file = pipeline.component(SCHEDULER).config(SCHEDULER_FILE);
        String named = components.get(SCHEDULER);
        SchedulerConfig scheduler = SchedulerConfig.from(named == null ? file.text("_class_name") : named, file);
        if (scheduler.own().predicts() != Parameterization.X0) {
            throw new IOException(
                    file.origin() + ": expected prediction_type sample, as a PriorTransformer predicts the"
                            + " embedding itself, got " + file.text("prediction_type", "epsilon"));
        }
        if (scheduler.own().learnsVariance()) {
            throw new IOException(
                    file.origin() + ": expected variance_type fixed_small_log, as a PriorTransformer tells"
                            + " no variance, got learned_range");
        }
        return scheduler;
    }

    static Map<String, List<String>> components(Prior prior) {
        if (prior instanceof DiffusionPrior diffusion) {
            return Map.of(
                    PRIOR,
                    List.of("diffusers", DIFFUSION),
                    SCHEDULER,
                    List.of("diffusers", diffusion.scheduler().className()));
        }
        return prior instanceof AutoregressivePrior ? Map.of(PRIOR, List.of("zeuxis", AUTOREGRESSIVE)) : Map.of();
    }

    static void save(Prior prior, Path pipeline) throws IOException {
        Path folder = pipeline.resolve(PRIOR);
        if (prior instanceof DiffusionPrior diffusion) {
            ModelFolder.save(
                    folder,
                    ModelFolder.Layout.DIFFUSERS,
                    diffusion.network().config().write(),
                    diffusion.network().parameters());
            diffusion.scheduler().write().write(pipeline.resolve(SCHEDULER).resolve(SCHEDULER_FILE));
        } else if (prior instanceof AutoregressivePrior autoregressive) {
            ModelFolder.save(
                    folder,
                    ModelFolder.Layout.DIFFUSERS,
                    autoregressive.network().config().write(),
                    parameters(autoregressive));
        } else {
            throw new IllegalArgumentException("expected a prior with weights to save, got none");
        }
    }
}
