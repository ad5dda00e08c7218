package org.zeuxis.diffusion.scheduler;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;

/**
 * A class of schedulers of diffusers: which keys it reads, what they default to, and the sampler that comes of them. One of
 * k-diffusion's is here too, that diffusers has no class of.
 */
enum SchedulerClass {
    DDPM("DDPMScheduler", "ddpm", TimestepSchedulers::ddpm),
    UNCLIP("UnCLIPScheduler", "ddpm", TimestepSchedulers::unClip),
    DDIM("DDIMScheduler", "ddim", TimestepSchedulers::ddim),
    PNDM("PNDMScheduler", "pndm", TimestepSchedulers::pndm),
    LCM("LCMScheduler", "lcm", TimestepSchedulers::lcm),
    TCD("TCDScheduler", "tcd", TimestepSchedulers::tcd),
    LMS("LMSDiscreteScheduler", "lms", SigmaSchedulers::lms),
    EULER("EulerDiscreteScheduler", "euler", SigmaSchedulers::euler),
    EULER_ANCESTRAL("EulerAncestralDiscreteScheduler", "euler-ancestral", SigmaSchedulers::eulerAncestral),
    HEUN("HeunDiscreteScheduler", "heun", SigmaSchedulers::heun),
    KDPM2("KDPM2DiscreteScheduler", "kdpm2", SigmaSchedulers::kdpm2),
    KDPM2_ANCESTRAL("KDPM2AncestralDiscreteScheduler", "kdpm2-ancestral", SigmaSchedulers::kdpm2Ancestral),
    DPM_2S_ANCESTRAL("", "dpm++2s-ancestral", SigmaSchedulers::dpm2sAncestral),
    DPM_SDE("DPMSolverSDEScheduler", "dpm++sde", SigmaSchedulers::dpmSde),
    DPM_MULTISTEP("DPMSolverMultistepScheduler", "dpm++2m", DpmSchedulers::multistep),
    DPM_SINGLESTEP("DPMSolverSinglestepScheduler", "dpm++2s", DpmSchedulers::singlestep),
    DEIS("DEISMultistepScheduler", "deis", DpmSchedulers::deis),
    UNIPC("UniPCMultistepScheduler", "unipc", DpmSchedulers::uniPc);

    /** Those that have no use for another spacing of the noise. */
    private static final Set<SchedulerClass> SPACED_BY_TIMESTEPS =
            EnumSet.of(DDPM, UNCLIP, DDIM, PNDM, LCM, TCD, EULER_ANCESTRAL);

    private final String className;
    private final String sampler;
    private final Function<SchedulerKeys, Scheduler> reader;

    SchedulerClass(String className, String sampler, Function<SchedulerKeys, Scheduler> reader) {
        this.className = className;
        this.sampler = sampler;
        this.reader = reader;
    }

    /** That of diffusers' name, or null if there is none of it here. */
    static @Nullable SchedulerClass named(String className) {
        return inDiffusers()
                .filter(known -> known.className.equals(className))
                .findFirst()
                .orElse(null);
    }

    static List<String> classNames() {
        return inDiffusers().map(known -> known.className).sorted().toList();
    }

    private static Stream<SchedulerClass> inDiffusers() {
        return Arrays.stream(values()).filter(known -> !known.className.isEmpty());
    }

    String className() {
        return className;
    }

    String sampler() {
        return sampler;
    }

    /** Whether its noise can be spaced otherwise than by timesteps. */
    boolean spacesNoise() {
        return !SPACED_BY_TIMESTEPS.contains(this);
    }

    /** @throws org.zeuxis.config.ConfigException if the file asks for something that there is none of here */
    Scheduler read(Config c) {
        return reader.apply(new SchedulerKeys(c, "correct the file, or name another sampler"));
    }

    /** Refuses what no sampler could do with: the keys that all of them read. */
    static void check(Config c) {
        SchedulerKeys k = new SchedulerKeys(c, "correct the file");
        k.spaced(Spacing.LEADING);
        k.schedule(0.0001, 0.02, true, "sigmoid", "laplace", "exp");
        k.predicts();
    }
}
