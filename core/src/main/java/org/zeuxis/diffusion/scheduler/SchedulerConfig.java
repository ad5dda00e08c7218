package org.zeuxis.diffusion.scheduler;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.text.Words;

/**
 * How a diffusion model was noised in training, and how it is sampled unless told otherwise: a published
 * {@code scheduler_config.json}, and the class that {@code model_index.json} reads it as.
 *
 * <p>Another sampler takes from the file what it knows itself, such as the betas, what is predicted and, if the file says it,
 * how timesteps are spaced; for all else it has its own defaults, and keys of other classes say nothing to it. So does
 * {@code from_config} of diffusers.
 */
public final class SchedulerConfig {
    private static final String ALGORITHM = "algorithm_type";

    /** What Zeuxis trains with: cosine noise, the velocity predicted. */
    public static final SchedulerConfig TRAINED_HERE = trainedHere();

    private final String origin;
    private final String className;
    private final Map<String, @Nullable Object> keys;
    private final Map<String, Object> own; // of its own class, whatever the file says

    private SchedulerConfig(
            String origin, String className, Map<String, @Nullable Object> keys, Map<String, Object> own) {
        this.origin = origin;
        this.className = className;
        this.keys = keys;
        this.own = own;
    }

    /**
     * @param className the scheduler's in {@code model_index.json}; that in the file itself is not asked
     * @param file {@code scheduler_config.json}
     * @throws org.zeuxis.config.ConfigException if no sampler can do with it; what only its own class cannot do, and a
     *     class that is not here, is refused no earlier than by {@link #own}, so that another can be named
     */
    public static SchedulerConfig from(String className, Config file) {
        file.expect("_use_default_values", "[]");
        if (className.startsWith("EDM") || className.startsWith("FlowMatch")) {
            throw new ConfigException(file.origin()
                    + ": expected the scheduler of a network that was noised by betas, got " + Words.clean(className)
                    + ", whose network is scaled as EDM's or learned a flow; no sampler here fits it");
        }
        Map<String, @Nullable Object> keys = new LinkedHashMap<>(file.values());
        keys.keySet().removeIf(key -> key.startsWith("_"));
        // what JSON cannot say, Python writes; it is the default
        keys.remove("lambda_min_clipped", Double.NEGATIVE_INFINITY);
        // of a class that has one schedule, old files do not say which
        if (className.equals(SchedulerClass.UNCLIP.className())) {
            keys.putIfAbsent("beta_schedule", SchedulerKeys.COSINE);
        }
        SchedulerConfig config = new SchedulerConfig(file.origin(), className, keys, Map.of());
        SchedulerClass.check(config.config(Map.of()));
        return config;
    }

    private static SchedulerConfig trainedHere() {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("beta_schedule", "squaredcos_cap_v2");
        keys.put("num_train_timesteps", 1000);
        keys.put("beta_start", 0.0001);
        keys.put("beta_end", 0.02);
        keys.put("rescale_betas_zero_snr", false);
        keys.put("prediction_type", "v_prediction");
        keys.put("timestep_spacing", "trailing");
        keys.put("steps_offset", 0);
        keys.put("set_alpha_to_one", false);
        keys.put("clip_sample", false);
        return new SchedulerConfig("Zeuxis", SchedulerClass.DPM_MULTISTEP.className(), keys, Map.of());
    }

    /**
     * As {@code StableDiffusionPipeline} takes it: timesteps of leading spacing begin at 1, and latents are not clipped,
     * whatever the file says.
     */
    public SchedulerConfig inStableDiffusion() {
        Map<String, @Nullable Object> known = new LinkedHashMap<>(keys);
        known.replace("steps_offset", 1);
        known.replace("clip_sample", true, false);
        return new SchedulerConfig(origin, className, known, Map.of("steps_offset", 1, "clip_sample", false));
    }

    /** Of a network that was distilled from this model's to jump among so many of its timesteps. */
    public SchedulerConfig distilled(int timesteps) {
        Map<String, @Nullable Object> known = new LinkedHashMap<>(keys);
        known.put("original_inference_steps", timesteps);
        return new SchedulerConfig(origin, SchedulerClass.LCM.className(), known, Map.of());
    }

    /** What diffusers calls the model's own scheduler. */
    public String className() {
        return className;
    }

    /**
     * The name here of the model's own sampler.
     *
     * @throws IllegalArgumentException if there is none of it here; the message names one that is
     */
    public String sampler() {
        SchedulerClass known = ownClass();
        if (known != SchedulerClass.DPM_MULTISTEP) return known.sampler();
        return algorithm().startsWith("sde-") ? "dpm++2m-sde" : "dpm++2m";
    }

    private String algorithm() {
        return config(Map.of()).text(ALGORITHM, "dpmsolver++");
    }

    private SchedulerClass ownClass() {
        SchedulerClass known = SchedulerClass.named(className);
        if (known != null) return known;
        throw new IllegalArgumentException(origin + ": expected a scheduler of " + SchedulerClass.classNames()
                + ", got " + Words.clean(className) + ", which is not here; name a sampler, such as ddim");
    }

    /**
     * The model's own.
     *
     * @throws IllegalArgumentException if there is none of it here; the message names one that is. Or if the file has a key
     *     that no scheduler knows, or asks for something that there is none of here
     */
    public Scheduler own() {
        return own(Map.of());
    }

    private Scheduler own(Map<String, Object> over) {
        Map<String, Object> all = new HashMap<>(own);
        all.putAll(over);
        Config c = config(all);
        Scheduler scheduler = ownClass().read(c);
        c.refuseUnread(SchedulerKeys.OF_OTHERS);
        return scheduler;
    }

    /**
     * That of a sampler.
     *
     * @param name as {@link SamplerNames} has it, or empty for the model's own
     * @throws IllegalArgumentException if there is none of that name, or the file asks of it something that it cannot do
     */
    public Scheduler named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String plain = SamplerNames.withoutSpacing(lower);
        Map<String, Object> over = SamplerNames.spacing(lower);
        SchedulerClass asked = plain.isEmpty() ? ownClass() : SamplerNames.named(plain);
        if (!over.isEmpty() && !asked.spacesNoise()) {
            throw new IllegalArgumentException(
                    "expected a sampler whose noise can be spaced, such as dpm++2m-karras, got " + lower + "; name "
                            + plain + " alone");
        }
        if (plain.isEmpty() || SchedulerClass.named(className) != null && plain.equals(sampler())) return own(over);
        if (asked == SchedulerClass.DPM_MULTISTEP) {
            String algorithm = algorithm();
            String without = algorithm.startsWith("sde-") ? algorithm.substring("sde-".length()) : algorithm;
            over.put(ALGORITHM, plain.endsWith("-sde") ? "sde-dpmsolver++" : without);
            if (plain.startsWith("dpm++3m")) over.put("solver_order", 3);
        } else if (asked == SchedulerClass.DPM_SINGLESTEP) {
            over.put(ALGORITHM, "dpmsolver++");
            over.put("solver_order", 2);
        } else if (asked == SchedulerClass.DEIS) {
            over.put(ALGORITHM, "deis");
        }
        return asked.read(config(over));
    }

    /** The noise that the model is trained further with, whatever samples it: DDPM's. */
    public Scheduler training() {
        return named(SchedulerClass.DDPM.sampler());
    }

    private Config config(Map<String, Object> over) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(keys);
        all.putAll(over);
        return Config.of(origin, all);
    }

    /** As {@code scheduler_config.json}. */
    public ConfigWriter write() {
        ConfigWriter writer = new ConfigWriter().put("_class_name", className);
        keys.forEach(writer::put);
        return writer;
    }
}
