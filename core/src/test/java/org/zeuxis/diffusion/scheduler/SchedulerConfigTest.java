package org.zeuxis.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.DynamicThresholding;
import org.zeuxis.diffusion.StaticThresholding;
import org.zeuxis.diffusion.sampler.DdimSampler;
import org.zeuxis.diffusion.sampler.EulerSampler;
import org.zeuxis.diffusion.sampler.PlmsSampler;
import org.zeuxis.diffusion.sampler.PndmSampler;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.sampler.dpm.DpmIntegral;
import org.zeuxis.diffusion.sampler.dpm.DpmSolver;
import org.zeuxis.diffusion.sampler.dpm.SinglestepDpmSolver;
import org.zeuxis.diffusion.schedule.DpmDiscretization;
import org.zeuxis.diffusion.schedule.EdmDiscretization;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;
import org.zeuxis.diffusion.schedule.SigmaRange;
import org.zeuxis.diffusion.schedule.SigmaSpacing;

/** What a scheduler's configuration says, and what of it another sampler takes. */
class SchedulerConfigTest {
    private static final Set<String> SPACED = Set.of(
            "lms",
            "euler",
            "heun",
            "kdpm2",
            "kdpm2-ancestral",
            "dpm++2s-ancestral",
            "dpm++sde",
            "dpm++2m",
            "dpm++2m-sde",
            "dpm++3m-sde",
            "dpm++2s",
            "deis",
            "unipc");
    private static final Denoiser DENOISER = (xt, level) -> new Denoised(xt);

    private static SchedulerConfig of(String className, String keys) {
        try {
            return SchedulerConfig.from(className, Config.parse("scheduler_config.json", "{" + keys + "}"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Sampler sampler(SchedulerConfig config, String name) {
        return config.named(name).sampler(10);
    }

    @Test
    void theClassIsThatOfTheModelIndex() {
        SchedulerConfig config = of("EulerDiscreteScheduler", "\"_class_name\": \"DDIMScheduler\"");
        assertThat(config.className()).isEqualTo("EulerDiscreteScheduler");
        assertThat(config.own().sampler(10)).isInstanceOf(EulerSampler.class);
    }

    @Test
    void anotherSamplerTakesWhatItKnowsAndHasItsOwnDefaults() {
        SchedulerConfig config = of(
                "PNDMScheduler",
                "\"skip_prk_steps\": true, \"beta_start\": 0.001, \"prediction_type\": \"v_prediction\","
                        + " \"use_karras_sigmas\": true");
        assertThat(config.own().sampler(10)).isInstanceOf(PlmsSampler.class);
        assertThat(((PlmsSampler) config.own().sampler(10)).respacing().spacing())
                .isEqualTo(Spacing.LEADING);
        EdmDiscretization euler = (EdmDiscretization) ((EulerSampler) sampler(config, "euler")).discretization();
        assertThat(euler.respacing().spacing()).isEqualTo(Spacing.LINSPACE);
        assertThat(euler.range()).isNotNull();
        assertThat(config.named("euler").schedule().beta(0)).isEqualTo(0.001f);
        assertThat(config.named("euler").predicts()).isEqualTo(config.own().predicts());
    }

    @Test
    void stableDiffusionBeginsAt1AndClipsNoLatents() {
        SchedulerConfig file = of("DDIMScheduler", "\"steps_offset\": 0, \"clip_sample\": true");
        assertThat(file.own().thresholding().apply(DENOISER)).isInstanceOf(StaticThresholding.class);
        assertThat(((DdimSampler) file.own().sampler(10)).respacing().offset()).isZero();

        SchedulerConfig forced = file.inStableDiffusion();
        for (Scheduler scheduler : new Scheduler[] {forced.own(), forced.named("ddim"), forced.named("ddpm")}) {
            assertThat(scheduler.thresholding().apply(DENOISER)).isSameAs(DENOISER);
        }
        assertThat(((DdimSampler) forced.own().sampler(10)).respacing().offset())
                .isEqualTo(1);
    }

    @Test
    void whatStableDiffusionForcesWhereTheFileIsSilentDoesNotReachAnotherSampler() {
        SchedulerConfig forced = of("PNDMScheduler", "").inStableDiffusion();
        assertThat(((PndmSampler) forced.own().sampler(10)).respacing().offset())
                .isEqualTo(1);
        assertThat(((DdimSampler) sampler(forced, "ddim")).respacing().offset()).isZero();
        assertThat(forced.named("ddim").thresholding().apply(DENOISER)).isInstanceOf(StaticThresholding.class);
        SchedulerConfig said = of("PNDMScheduler", "\"steps_offset\": 0, \"clip_sample\": false")
                .inStableDiffusion();
        assertThat(((DdimSampler) sampler(said, "ddim")).respacing().offset()).isEqualTo(1);
        assertThat(said.named("ddim").thresholding().apply(DENOISER)).isSameAs(DENOISER);
    }

    @Test
    void thresholdingGoesBeforeClipping() {
        SchedulerConfig both = of(
                "DDPMScheduler",
                "\"thresholding\": true, \"clip_sample\": true, \"sample_max_value\": 1.5,"
                        + " \"dynamic_thresholding_ratio\": 0.9");
        assertThat(both.own().thresholding().apply(DENOISER)).isEqualTo(new DynamicThresholding(DENOISER, 0.9, 1.5));
    }

    @Test
    void theOwnSamplerIsTheSameByItsName() {
        SchedulerConfig stochastic = of("DPMSolverMultistepScheduler", "\"algorithm_type\": \"sde-dpmsolver++\"");
        assertThat(stochastic.sampler()).isEqualTo("dpm++2m-sde");
        assertThat(((DpmSolver) sampler(stochastic, "")).integral()).isEqualTo(DpmIntegral.DATA_SDE);
        assertThat(((DpmSolver) sampler(stochastic, "DPM++2M-SDE")).integral()).isEqualTo(DpmIntegral.DATA_SDE);
        assertThat(((DpmSolver) sampler(stochastic, "dpm++2m")).integral()).isEqualTo(DpmIntegral.DATA);
        SchedulerConfig third = of("DPMSolverMultistepScheduler", "\"solver_order\": 3");
        assertThat(third.sampler()).isEqualTo("dpm++2m");
        assertThat(((DpmSolver) sampler(third, "dpm++2m-sde")).order()).isEqualTo(3);
    }

    @Test
    void aClassThatIsNotHereLeavesTheNamedSamplers() {
        SchedulerConfig foreign = of(
                "IPNDMScheduler",
                "\"beta_schedule\": \"scaled_linear\", \"novel\": 3, \"noise_sampler_seed\": null, \"variance_type\": null");
        for (String name : SamplerNames.all()) {
            assertThat(sampler(foreign, name)).as(name).isNotNull();
        }
        assertThatThrownBy(() -> foreign.sampler())
                .hasMessage("scheduler_config.json: expected a scheduler of [DDIMScheduler, DDPMScheduler,"
                        + " DEISMultistepScheduler, DPMSolverMultistepScheduler, DPMSolverSDEScheduler,"
                        + " DPMSolverSinglestepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,"
                        + " HeunDiscreteScheduler, KDPM2AncestralDiscreteScheduler, KDPM2DiscreteScheduler, LCMScheduler,"
                        + " LMSDiscreteScheduler, PNDMScheduler, TCDScheduler, UnCLIPScheduler, UniPCMultistepScheduler], got"
                        + " IPNDMScheduler, which is not here; name a sampler, such as ddim");
        assertThatThrownBy(() -> foreign.own()).hasMessageContaining("name a sampler, such as ddim");
        assertThatThrownBy(() -> of("", "").named("")).hasMessageContaining("name a sampler, such as ddim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EDMEulerScheduler", "EDMDPMSolverMultistepScheduler", "FlowMatchEulerDiscreteScheduler"})
    void networksThatWereNotNoisedByBetasAreRefused(String name) {
        assertThatThrownBy(() -> of(name, "\"sigma_data\": 0.5"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("scheduler_config.json: expected the scheduler of a network that was noised by betas, got "
                        + name + ", whose network is scaled as EDM's or learned a flow; no sampler here fits it");
    }

    @Test
    void aNameMayEndWithASpacingOfTheNoise() {
        SchedulerConfig config = of("DPMSolverMultistepScheduler", "\"use_lu_lambdas\": true");
        DpmSolver karras = (DpmSolver) sampler(config, "DPM++2M-Karras");
        assertThat(range(karras)).isEqualTo(new SigmaRange(SigmaSpacing.KARRAS));
        assertThat(range((DpmSolver) sampler(config, "dpm++3m-sde-exponential")))
                .isEqualTo(new SigmaRange(SigmaSpacing.EXPONENTIAL));
        assertThat(((EdmDiscretization) ((EulerSampler) sampler(config, "euler-beta")).discretization()).range())
                .isEqualTo(new SigmaRange(SigmaSpacing.BETA));
        assertThat(SamplerNames.knows("Heun-Karras")).isTrue();
        assertThat(SamplerNames.knows("heun-carras")).isFalse();
        for (String name : SamplerNames.all()) {
            if (SPACED.contains(name))
                assertThat(sampler(config, name + "-karras")).as(name).isNotNull();
            else {
                assertThatThrownBy(() -> sampler(config, name + "-karras"))
                        .hasMessage("expected a sampler whose noise can be spaced, such as dpm++2m-karras, got " + name
                                + "-karras; name " + name + " alone");
            }
        }
    }

    private static Object range(DpmSolver solver) {
        return ((DpmDiscretization) solver.discretization()).range();
    }

    @Test
    void namesSayTheOrderAndTheNoise() {
        SchedulerConfig config = of("UniPCMultistepScheduler", "\"solver_order\": 1, \"solver_type\": \"bh2\"");
        DpmSolver third = (DpmSolver) sampler(config, "dpm++3m-sde");
        assertThat(third.order()).isEqualTo(3);
        assertThat(third.integral()).isEqualTo(DpmIntegral.DATA_SDE);
        assertThat(((SinglestepDpmSolver) sampler(config, "dpm++2s")).order()).isEqualTo(2);
        SchedulerConfig sde = of("DPMSolverMultistepScheduler", "\"algorithm_type\": \"sde-dpmsolver\"");
        assertThat(((SinglestepDpmSolver) sampler(sde, "dpm++2s")).integral()).isEqualTo(DpmIntegral.DATA);
        assertThat(((DpmSolver) sampler(sde, "deis")).second()).isEqualTo(DpmSolver.SecondOrder.EXACT);
    }

    @Test
    void whatOnlyItsOwnClassCannotDoLeavesTheOthers() {
        SchedulerConfig flow = of("DPMSolverMultistepScheduler", "\"use_flow_sigmas\": true");
        assertThatThrownBy(() -> flow.own()).hasMessageContaining("expected use_flow_sigmas to be false, got true");
        assertThat(sampler(flow, "euler")).isInstanceOf(EulerSampler.class);
        SchedulerConfig unknown = of("DDIMScheduler", "\"eta\": 0.5, \"clip_sampel\": true");
        assertThatThrownBy(() -> unknown.own())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected only known keys, got eta = 0.5, clip_sampel = true");
        assertThat(sampler(unknown, "euler")).isInstanceOf(EulerSampler.class);
    }

    @Test
    void anUnknownNameIsToldTheNearest() {
        SchedulerConfig config = of("DDIMScheduler", "");
        assertThatThrownBy(() -> config.named("eulr"))
                .hasMessageContaining("got eulr; nearest: euler")
                .hasMessageContaining("dpm++2m-sde");
        assertThat(SamplerNames.all()).hasSize(19);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"num_train_timesteps\": -1 | num_train_timesteps to be 2 to 100000, got -1",
                "\"num_train_timesteps\": 0 | num_train_timesteps to be 2 to 100000, got 0",
                "\"num_train_timesteps\": 2147483648 | num_train_timesteps to be 2 to 100000, got 2147483648",
                "\"num_train_timesteps\": 1e300 | num_train_timesteps to be a whole number",
                "\"num_train_timesteps\": \"many\" | num_train_timesteps to be a whole number",
                "\"beta_start\": NaN | beta_start to be above 0.0 and at most 1.0, got NaN",
                "\"beta_end\": -0.5 | beta_end to be above 0.0 and at most 1.0, got -0.5",
                "\"beta_end\": Infinity | beta_end to be above 0.0 and at most 1.0, got Infinity",
                "\"beta_schedule\": \"cubic\" | beta_schedule to be exp or laplace or linear or scaled_linear or sigmoid",
                "\"timestep_spacing\": \"foo\" | timestep_spacing to be leading or linspace or trailing, got foo",
                "\"timestep_spacing\": null | timestep_spacing to be a value, got null",
                "\"steps_offset\": -1 | steps_offset to be 0 to 100000, got -1",
                "\"prediction_type\": \"flow_prediction\" | prediction_type to be epsilon or sample or v_prediction",
                "\"trained_betas\": [0.1, 0.2] | trained_betas to be as many as num_train_timesteps, 1000, got 2",
                "\"num_train_timesteps\": 2, \"trained_betas\": [0.1, NaN] | trained_betas to be above 0 and at most 1",
                "\"predict_epsilon\": false | predict_epsilon to be true, got false",
                "\"_use_default_values\": [\"beta_end\"] | _use_default_values to be []",
            })
    void refusesWhatNoSamplerCanDoWithInOneLine(String keys, String message) {
        assertThatThrownBy(() -> of("PNDMScheduler", keys))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("scheduler_config.json: expected ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("name another sampler")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DDPM | \"variance_type\": \"fixed_large_log\" | variance_type to be fixed_large or fixed_small",
                "DDPM | \"beta_schedule\": \"exp\" | beta_schedule to be laplace or linear",
                "DDIM | \"beta_schedule\": \"sigmoid\" | beta_schedule to be linear or scaled_linear",
                "DDIM | \"clip_sample_range\": 0 | clip_sample_range to be above 0.0, got 0.0",
                "DDIM | \"clip_sample\": \"yes\" | clip_sample to be true or false",
                "DDIM | \"thresholding\": true, \"dynamic_thresholding_ratio\": 1.5 | dynamic_thresholding_ratio to be",
                "DDIM | \"thresholding\": true, \"sample_max_value\": NaN | sample_max_value to be above 0.0, got NaN",
                "PNDM | \"prediction_type\": \"sample\" | prediction_type to be epsilon or v_prediction, got sample",
                "EulerAncestralDiscrete | \"prediction_type\": \"sample\" | prediction_type to be epsilon or",
                "LMSDiscrete | \"use_karras_sigmas\": true, \"use_beta_sigmas\": true | the only one that is true",
                "EulerDiscrete | \"interpolation_type\": \"cubic\" | interpolation_type to be linear or log_linear",
                "EulerDiscrete | \"timestep_type\": \"odd\" | timestep_type to be continuous or discrete, got odd",
                "EulerDiscrete | \"final_sigmas_type\": \"one\" | final_sigmas_type to be sigma_min or zero, got one",
                "EulerDiscrete | \"use_karras_sigmas\": true, \"sigma_min\": -1 | sigma_min to be above 0.0, got -1.0",
                "EulerDiscrete | \"use_beta_sigmas\": true, \"sigma_min\": 2, \"sigma_max\": 1 | sigma_max to be above",
                "DPMSolverMultistep | \"algorithm_type\": \"magic\" | algorithm_type to be deis or dpmsolver or",
                "DPMSolverMultistep | \"algorithm_type\": \"dpmsolver\" | final_sigmas_type to be sigma_min",
                "DPMSolverMultistep | \"solver_order\": 0 | solver_order to be 1 to 3, got 0",
                "DPMSolverMultistep | \"solver_order\": 2147483648 | solver_order to be 1 to 3, got 2147483648",
                "DPMSolverMultistep | \"solver_type\": \"rk4\" | solver_type to be bh1 or bh2 or heun or logrho",
                "DPMSolverMultistep | \"lambda_min_clipped\": NaN | lambda_min_clipped to be below",
                "DPMSolverMultistep | \"lambda_min_clipped\": 99 | lambda_min_clipped to be below",
                "DPMSolverMultistep | \"lower_order_final\": null | lower_order_final to be a value, got null",
                "DPMSolverSinglestep | \"algorithm_type\": \"sde-dpmsolver\" | algorithm_type to be deis or dpmsolver or",
                "DPMSolverSinglestep | \"algorithm_type\": \"dpmsolver\" | final_sigmas_type to be sigma_min",
                "DPMSolverSinglestep | \"algorithm_type\": \"dpmsolver\", \"final_sigmas_type\": \"sigma_min\","
                        + " \"thresholding\": true | thresholding to be false with algorithm_type dpmsolver, got true",
                "DPMSolverSinglestep | \"solver_order\": 4 | solver_order to be 1 to 3, got 4",
                "DPMSolverSinglestep | \"use_flow_sigmas\": true | use_flow_sigmas to be false, got true",
                "DEISMultistep | \"algorithm_type\": \"sde-dpmsolver++\" | algorithm_type to be deis or dpmsolver or",
                "DEISMultistep | \"solver_type\": \"rk4\" | solver_type to be bh1 or bh2 or heun or logrho",
                "DEISMultistep | \"use_dynamic_shifting\": true | use_dynamic_shifting to be false, got true",
                "DPMSolverSDE | \"noise_sampler_seed\": 7 | noise_sampler_seed to be null, got 7",
                "KDPM2Discrete | \"prediction_type\": \"sample\" | prediction_type to be epsilon or v_prediction",
                "LCM | \"original_inference_steps\": 2000 | original_inference_steps to be 1 to 1000, got 2000",
                "LCM | \"timestep_scaling\": 0 | timestep_scaling to be above 0.0, got 0.0",
                "UniPCMultistep | \"solver_order\": -3 | solver_order to be 1 to 3, got -3",
                "UniPCMultistep | \"use_flow_sigmas\": true | use_flow_sigmas to be false, got true",
                "UniPCMultistep | \"use_dynamic_shifting\": true | use_dynamic_shifting to be false, got true",
                "UniPCMultistep | \"shift_terminal\": 0.1 | shift_terminal to be null, got 0.1",
                "UniPCMultistep | \"solver_p\": {} | solver_p to be null, got {}",
                "UniPCMultistep | \"solver_type\": \"bh1\" | final_sigmas_type to be sigma_min unless",
                "UniPCMultistep | \"predict_x0\": false | final_sigmas_type to be sigma_min unless",
                "UniPCMultistep | \"lower_order_final\": false | final_sigmas_type to be sigma_min unless",
                "UniPCMultistep | \"final_sigmas_type\": \"sigma_min\", \"use_karras_sigmas\": true,"
                        + " \"lower_order_final\": false | lower_order_final to be true",
            })
    void refusesWhatAClassCannotDoByName(String name, String keys, String message) {
        assertThatThrownBy(() -> of(name + "Scheduler", keys).own())
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("scheduler_config.json: expected ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PNDM", "DDIM", "EulerDiscrete", "DPMSolverMultistep", "UniPCMultistep"})
    void keysOfOtherClassesAndBookkeepingSayNothing(String name) {
        assertThatCode(() -> of(
                                name + "Scheduler",
                                "\"_diffusers_version\": \"0.8.0\", \"clip_sample\": false, \"skip_prk_steps\": true,"
                                        + " \"timestep_values\": null, \"tensor_format\": \"pt\","
                                        + " \"set_alpha_to_one\": false, \"trained_betas\": null,"
                                        + " \"predict_epsilon\": true, \"interpolation_type\": \"linear\"")
                        .own())
                .doesNotThrowAnyException();
    }

    @Test
    void whatIsWrittenIsWhatWasRead() throws IOException {
        SchedulerConfig config = of(
                "DPMSolverMultistepScheduler",
                "\"_class_name\": \"DDIMScheduler\", \"use_karras_sigmas\": true, \"beta_end\": 0.012,"
                        + " \"trained_betas\": null, \"lambda_min_clipped\": -Infinity");
        String text = config.write().text();
        assertThat(text).contains("DPMSolverMultistepScheduler", "\"use_karras_sigmas\": true", "0.012");
        assertThat(SchedulerConfig.from(config.className(), Config.parse("again", text))
                        .write()
                        .text())
                .isEqualTo(text);
    }

    @Test
    void zeuxisTrainsWithWhatItSamples() {
        SchedulerConfig here = SchedulerConfig.TRAINED_HERE;
        assertThat(here.sampler()).isEqualTo("dpm++2m");
        DpmDiscretization steps = (DpmDiscretization) ((DpmSolver) here.own().sampler(10)).discretization();
        assertThat(steps.respacing().spacing()).isEqualTo(Spacing.TRAILING);
        assertThat(here.training().schedule().alphaBar(999))
                .isEqualTo(here.own().schedule().alphaBar(999));
        assertThat(here.training().predicts().name().toLowerCase(Locale.ROOT)).isEqualTo("v");
        assertThatThrownBy(() -> here.own().sampler(1001)).hasMessageContaining("at most 1000 steps, got 1001");
    }
}
