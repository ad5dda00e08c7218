package org.zeuxis.models.unclip.prior;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.zeuxis.checkpoint.KeyMismatchException;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** The folders {@code prior} and {@code prior_scheduler} of a pipeline in diffusers' layout. */
final class PriorFolder {
    static final String PRIOR = "prior";
    /** Of which diffusers knows nothing. */
    static final String SECOND = "prior_autoregressive";

    static final String SCHEDULER = "prior_scheduler";
    static final String DIFFUSION = "PriorTransformer";
    static final String AUTOREGRESSIVE = "AutoregressivePrior";
    private static final String TRANSFORMER = "transformer.";
    private static final String CODES = "codes.";
    private static final String DOT_PRODUCT = "dot_product.";
    /** What the prior is guided by unless told otherwise, where that is not Karlo's; diffusers passes over it. */
    private static final String GUIDANCE = "_guidance";

    private static final String SCHEDULER_FILE = "scheduler_config.json";

    private PriorFolder() {}

    static Prior load(ModelFolder pipeline, DType type) throws IOException {
        return ModelFolder.opened(pipeline.path(), () -> opened(pipeline, type));
    }

    static List<Prior> all(ModelFolder pipeline, DType type) throws IOException {
        return ModelFolder.opened(pipeline.path(), () -> {
            List<Prior> all = new ArrayList<>();
            Map<String, String> components = pipeline.components();
            if (components.containsKey(PRIOR)) all.add(opened(pipeline, type));
            if (components.containsKey(SECOND)) all.add(autoregressive(pipeline.component(SECOND), type));
            return List.copyOf(all);
        });
    }

    private static Prior opened(ModelFolder pipeline, DType type) throws IOException {
        Map<String, String> components = pipeline.components();
        String className = components.get(PRIOR);
        if (className == null) {
            throw new IOException(pipeline.path() + ": expected a prior among the components of model_index.json, got "
                    + components.keySet());
        }
        return switch (className) {
            case DIFFUSION -> diffusion(pipeline, components, type);
            case AUTOREGRESSIVE -> autoregressive(pipeline.component(PRIOR), type);
            default ->
                throw new IOException(pipeline.path() + ": expected a prior of class " + DIFFUSION + " or "
                        + AUTOREGRESSIVE + ", got " + className);
        };
    }

    private static DiffusionPrior diffusion(ModelFolder pipeline, Map<String, String> components, DType type)
            throws IOException {
        ModelFolder folder = pipeline.component(PRIOR);
        Config keys = folder.config();
        double guidance = keys.number(GUIDANCE, DiffusionPrior.KARLO_GUIDANCE);
        PriorTransformer.Config config = PriorTransformer.Config.from(keys);
        SchedulerConfig scheduler = scheduler(pipeline, components);
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights);
            PriorTransformer network = state.sized(() -> new PriorTransformer(config));
            load(state, network.parameters(), key -> !key.startsWith("clip_"), type);
            network.pack();
            return new DiffusionPrior(network, scheduler).withGuidance(guidance);
        }
    }

    private static AutoregressivePrior autoregressive(ModelFolder folder, DType type) throws IOException {
        AutoregressiveTransformer.Config c = AutoregressiveTransformer.Config.from(folder.config());
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights);
            AutoregressivePrior prior = state.sized(() -> new AutoregressivePrior(
                    new AutoregressiveTransformer(c),
                    new EmbeddingCodes(
                            new PrincipalComponents(c.components(), c.width()),
                            new Buckets(c.buckets(), c.components())),
                    new DotProduct(c.dots())));
            load(state, parameters(prior), key -> key.startsWith(TRANSFORMER), type);
            prior.network().pack();
            return prior;
        }
    }

    /** All of them, those of the network in {@code type}: what embeddings are measured by stays in float32. */
    private static void load(StateDict state, Map<String, Tensor> all, Predicate<String> ofNetwork, DType type)
            throws KeyMismatchException {
        state.as(type).loadInto(all);
        if (type == DType.FLOAT32) return;
        Map<String, Tensor> measures = new LinkedHashMap<>(all);
        measures.keySet().removeIf(ofNetwork);
        state.as(DType.FLOAT32).ignoring("*").loadInto(measures);
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

    static Map<String, List<String>> components(List<Prior> all) {
        Map<String, List<String>> components = new LinkedHashMap<>();
        all.forEach((prior) -> {
            if (prior instanceof DiffusionPrior diffusion) {
                components.put(PRIOR, List.of("diffusers", DIFFUSION));
                components.put(
                        SCHEDULER, List.of("diffusers", diffusion.scheduler().className()));
            } else if (prior instanceof AutoregressivePrior) {
                components.put(place(prior, all), List.of("zeuxis", AUTOREGRESSIVE));
            }
        });
        return components;
    }

    /** A diffusion prior lies where diffusers looks for one, an autoregressive one beside it. */
    private static String place(Prior prior, List<Prior> all) {
        boolean two = all.stream().anyMatch(DiffusionPrior.class::isInstance);
        return prior instanceof AutoregressivePrior && two ? SECOND : PRIOR;
    }

    static void save(List<Prior> all, Path pipeline) throws IOException {
        for (Prior prior : all) {
            Path folder = pipeline.resolve(place(prior, all));
            if (prior instanceof DiffusionPrior diffusion) {
                ConfigWriter config = diffusion.network().config().write();
                if (diffusion.guidance() != DiffusionPrior.KARLO_GUIDANCE) config.put(GUIDANCE, diffusion.guidance());
                ModelFolder.save(
                        folder,
                        ModelFolder.Layout.DIFFUSERS,
                        config,
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
}
