"""diffusers' schedulers, run from noise to sample with a network of one line, and the tables they start from.

Each is made from the text of a scheduler_config.json, which is in samplers.json beside the class that a model_index.json
would name: every other one with no more keys than the case sets, the rest as diffusers saves it, with all.

The network stands for the denoiser. It sees what scale_model_input returns and the timestep as the scheduler gives
it (not always whole), and is, by what it predicts:

    epsilon       tanh(t / 400) * x + 0.1 * sin(3 * x)
    v_prediction  0.3 * tanh(0.7 * x + t / 1000)
    sample        (1 - t / 2000) * tanh(0.9 * x)

Where the variance is learned it gives twice the channels: the above, then tanh(x + 0.2), or 0.02 (1 + tanh(x + 0.2))
where it is the variance itself (`learned`).

x_T and, after it, the noise of every step are drawn from one torch.Generator, as a pipeline does.
"""
import importlib.machinery
import inspect
import json
import pathlib
import sys
import types

import diffusers
import torch

from golden_file import GoldenFile, directory

SHAPE = (1, 4, 4, 4)
SEED = 1000

SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
LINEAR = dict(beta_start=0.0001, beta_end=0.02, beta_schedule="linear")
COSINE = dict(beta_schedule="squaredcos_cap_v2")
EPS, V, X0 = (dict(prediction_type=p) for p in ("epsilon", "v_prediction", "sample"))
LEADING, TRAILING, LINSPACE = (dict(timestep_spacing=s) for s in ("leading", "trailing", "linspace"))
OFFSET = dict(steps_offset=1)
UNCLIPPED = dict(clip_sample=False)
ZERO_SNR = dict(rescale_betas_zero_snr=True)
KARRAS = dict(use_karras_sigmas=True)
EXPONENTIAL = dict(use_exponential_sigmas=True)
BETA = dict(use_beta_sigmas=True)
SDE = dict(algorithm_type="sde-dpmsolver++")
NOISE = dict(algorithm_type="dpmsolver", final_sigmas_type="sigma_min")
NOISE_SDE = dict(algorithm_type="sde-dpmsolver", final_sigmas_type="sigma_min")
TO_LEAST = dict(final_sigmas_type="sigma_min")
PLMS = dict(skip_prk_steps=True)
TRAINED = dict(num_train_timesteps=40, trained_betas=[round(0.001 + 0.0001 * t * t, 6) for t in range(40)])

# file -> (name, scheduler, steps, arguments of step, pieces of the config)
CASES = {
    "ddpm": [
        ("ddpm-sd", "DDPM", 10, {}, SD, EPS, LEADING, OFFSET, UNCLIPPED),
        ("ddpm-linear-clipped", "DDPM", 20, {}, LINEAR, EPS, LEADING),
        ("ddpm-linear-fixed-large", "DDPM", 10, {}, LINEAR, EPS, TRAILING, dict(variance_type="fixed_large")),
        ("ddpm-linear-v-linspace", "DDPM", 10, {}, LINEAR, V, LINSPACE, UNCLIPPED),
        ("ddpm-cosine-v-trailing", "DDPM", 10, {}, COSINE, V, TRAILING, UNCLIPPED),
        ("ddpm-cosine-x0-linspace", "DDPM", 10, {}, COSINE, X0, LINSPACE, UNCLIPPED),
        ("ddpm-cosine-learned-range", "DDPM", 10, {}, COSINE, EPS, LEADING, dict(variance_type="learned_range")),
        ("ddpm-fixed-small-log", "DDPM", 10, {}, COSINE, X0, TRAILING, dict(variance_type="fixed_small_log")),
        ("ddpm-dynamic-threshold", "DDPM", 10, {}, COSINE, EPS, LEADING,
         dict(thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5)),
        ("ddpm-sd-v-zero-snr", "DDPM", 10, {}, SD, V, TRAILING, ZERO_SNR, UNCLIPPED),
        ("ddpm-uneven-7-steps", "DDPM", 7, {}, SD, EPS, LEADING, OFFSET, UNCLIPPED),
        ("ddpm-defaults", "DDPM", 10, {}),
        ("ddpm-sigmoid", "DDPM", 10, {}, dict(beta_schedule="sigmoid"), X0, LINSPACE),
        ("ddpm-laplace", "DDPM", 10, {}, dict(beta_schedule="laplace"), X0, LINSPACE),
        ("ddpm-learned", "DDPM", 10, {}, COSINE, V, TRAILING, dict(variance_type="learned")),
        ("ddpm-clipped-to-range", "DDPM", 10, {}, LINEAR, EPS, dict(clip_sample_range=0.6)),
        ("ddpm-trained-betas", "DDPM", 10, {}, TRAINED, X0, UNCLIPPED),
    ],
    "ddim": [
        ("ddim-sd", "DDIM", 10, {}, SD, EPS, LEADING, OFFSET, UNCLIPPED, dict(set_alpha_to_one=False)),
        ("ddim-sd-25-steps", "DDIM", 25, {}, SD, EPS, LEADING, OFFSET, UNCLIPPED, dict(set_alpha_to_one=False)),
        ("ddim-sd-eta-1", "DDIM", 10, {"eta": 1.0}, SD, EPS, LEADING, OFFSET, UNCLIPPED,
         dict(set_alpha_to_one=False)),
        ("ddim-sd-v", "DDIM", 10, {}, SD, V, LEADING, OFFSET, UNCLIPPED, dict(set_alpha_to_one=False)),
        ("ddim-linear-clipped", "DDIM", 10, {}, LINEAR, EPS, LEADING),
        ("ddim-linear-v-eta-half", "DDIM", 10, {"eta": 0.5}, LINEAR, V, TRAILING, UNCLIPPED),
        ("ddim-linear-x0", "DDIM", 10, {}, LINEAR, X0, LEADING, UNCLIPPED),
        ("ddim-cosine-v-trailing", "DDIM", 10, {}, COSINE, V, TRAILING, UNCLIPPED),
        ("ddim-cosine-x0-linspace-eta-1", "DDIM", 10, {"eta": 1.0}, COSINE, X0, LINSPACE, UNCLIPPED),
        ("ddim-dynamic-threshold", "DDIM", 10, {}, COSINE, EPS, LEADING,
         dict(thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5)),
        ("ddim-sd-v-zero-snr", "DDIM", 10, {}, SD, V, TRAILING, ZERO_SNR, UNCLIPPED, dict(set_alpha_to_one=False)),
        ("ddim-sd-v-zero-snr-eta-half", "DDIM", 10, {"eta": 0.5}, SD, V, TRAILING, ZERO_SNR, UNCLIPPED),
        ("ddim-uneven-7-steps", "DDIM", 7, {}, SD, EPS, LEADING, OFFSET, UNCLIPPED, dict(set_alpha_to_one=False)),
        ("ddim-defaults", "DDIM", 10, {}),
        ("ddim-clipped-to-range-v", "DDIM", 10, {}, LINEAR, V, TRAILING, dict(clip_sample_range=0.6)),
        ("ddim-threshold-below-1", "DDIM", 10, {}, LINEAR, EPS, dict(thresholding=True, sample_max_value=0.5)),
        ("ddim-uneven-trailing", "DDIM", 7, {}, LINEAR, X0, TRAILING, UNCLIPPED),
        ("ddim-trained-betas", "DDIM", 10, {}, TRAINED, X0, UNCLIPPED, ZERO_SNR),
    ],
    "pndm": [
        ("plms-sd", "PNDM", 10, {}, SD, EPS, LEADING, OFFSET, dict(skip_prk_steps=True)),
        ("plms-sd-25-steps", "PNDM", 25, {}, SD, EPS, LEADING, OFFSET, dict(skip_prk_steps=True)),
        ("plms-sd-v", "PNDM", 10, {}, SD, V, LEADING, OFFSET, dict(skip_prk_steps=True)),
        ("plms-linear-alpha-one", "PNDM", 10, {}, LINEAR, EPS, LEADING,
         dict(skip_prk_steps=True, set_alpha_to_one=True)),
        ("plms-linear-v-linspace", "PNDM", 10, {}, LINEAR, V, LINSPACE,
         dict(skip_prk_steps=True, set_alpha_to_one=True)),
        ("plms-cosine-v-trailing", "PNDM", 10, {}, COSINE, V, TRAILING,
         dict(skip_prk_steps=True, set_alpha_to_one=True)),
        ("plms-uneven-7-steps", "PNDM", 7, {}, SD, EPS, LEADING, OFFSET, dict(skip_prk_steps=True)),
        ("prk-linear", "PNDM", 10, {}, LINEAR, EPS, LEADING, dict(skip_prk_steps=False)),
        ("prk-sd", "PNDM", 10, {}, SD, EPS, LEADING, OFFSET, dict(skip_prk_steps=False)),
        ("prk-cosine-v", "PNDM", 10, {}, COSINE, V, LEADING, dict(skip_prk_steps=False)),
        ("prk-defaults-4-steps", "PNDM", 4, {}),
        ("prk-trailing-v", "PNDM", 7, {}, SD, V, TRAILING),
        ("prk-linspace-uneven", "PNDM", 9, {}, LINEAR, EPS, LINSPACE, dict(set_alpha_to_one=True)),
        ("plms-uneven-trailing", "PNDM", 7, {}, SD, EPS, TRAILING, PLMS),
        ("plms-1-step", "PNDM", 1, {}, SD, EPS, LEADING, OFFSET, PLMS),
        ("plms-2-steps-of-a-ddim-file", "PNDM", 2, {}, SD, EPS, LEADING, OFFSET, PLMS, dict(clip_sample=True, thresholding=True)),
    ],
    "lms": [
        ("lms-sd", "LMSDiscrete", 10, {}, SD, EPS, LEADING, OFFSET),
        ("lms-sd-v-linspace", "LMSDiscrete", 10, {}, SD, V, LINSPACE),
        ("lms-linear-trailing", "LMSDiscrete", 10, {}, LINEAR, V, TRAILING),
        ("lms-cosine", "LMSDiscrete", 10, {}, COSINE, V, LEADING),
        ("lms-sd-x0", "LMSDiscrete", 10, {}, SD, X0, LINSPACE),
        ("lms-sd-karras", "LMSDiscrete", 10, {}, SD, EPS, LINSPACE, KARRAS),
        ("lms-defaults", "LMSDiscrete", 10, {}),
        ("lms-karras-trailing", "LMSDiscrete", 7, {}, SD, V, TRAILING, KARRAS, dict(sigma_min=0.1)),
        ("lms-exponential-from-sigmas", "LMSDiscrete", 10, {}, SD, EPS, EXPONENTIAL, dict(sigma_min=0.1, sigma_max=9.0)),
        ("lms-beta", "LMSDiscrete", 10, {}, SD, V, BETA),
    ],
    "euler": [
        ("euler-sd", "EulerDiscrete", 10, {}, SD, EPS, LEADING, OFFSET),
        ("euler-sd-linspace", "EulerDiscrete", 10, {}, SD, EPS, LINSPACE),
        ("euler-sd-v", "EulerDiscrete", 10, {}, SD, V, LEADING, OFFSET),
        ("euler-sd-trailing", "EulerDiscrete", 10, {}, SD, EPS, TRAILING),
        ("euler-linear-v", "EulerDiscrete", 10, {}, LINEAR, V, TRAILING),
        ("euler-linear-x0", "EulerDiscrete", 10, {}, LINEAR, X0, LEADING),
        ("euler-cosine-v", "EulerDiscrete", 10, {}, COSINE, V, LEADING),
        ("euler-sd-karras", "EulerDiscrete", 10, {}, SD, EPS, LINSPACE, KARRAS),
        ("euler-sd-v-zero-snr", "EulerDiscrete", 10, {}, SD, V, TRAILING, ZERO_SNR),
        ("euler-uneven-7-steps", "EulerDiscrete", 7, {}, SD, EPS, LEADING, OFFSET),
        ("euler-defaults", "EulerDiscrete", 10, {}),
        ("euler-karras-leading", "EulerDiscrete", 10, {}, SD, EPS, LEADING, OFFSET, KARRAS),
        ("euler-karras-from-sigmas", "EulerDiscrete", 10, {}, SD, V, KARRAS, dict(sigma_min=0.05, sigma_max=10.0)),
        ("euler-exponential", "EulerDiscrete", 10, {}, SD, EPS, TRAILING, EXPONENTIAL),
        ("euler-beta", "EulerDiscrete", 12, {}, SD, EPS, BETA),
        ("euler-log-linear", "EulerDiscrete", 10, {}, SD, EPS, LEADING, dict(interpolation_type="log_linear")),
        ("euler-log-linear-karras", "EulerDiscrete", 10, {}, SD, EPS, KARRAS, dict(interpolation_type="log_linear")),
        ("euler-continuous-v", "EulerDiscrete", 10, {}, SD, V, dict(timestep_type="continuous")),
        ("euler-continuous-eps", "EulerDiscrete", 10, {}, SD, EPS, dict(timestep_type="continuous")),
        ("euler-to-least", "EulerDiscrete", 10, {}, SD, EPS, TO_LEAST),
        ("euler-trained-betas", "EulerDiscrete", 10, {}, TRAINED, V),
        ("euler-ancestral-defaults", "EulerAncestralDiscrete", 10, {}),
        ("euler-ancestral-sd", "EulerAncestralDiscrete", 10, {}, SD, EPS, LEADING, OFFSET),
        ("euler-ancestral-sd-v-linspace", "EulerAncestralDiscrete", 10, {}, SD, V, LINSPACE),
        ("euler-ancestral-linear-trailing", "EulerAncestralDiscrete", 10, {}, LINEAR, V, TRAILING),
        ("euler-ancestral-cosine", "EulerAncestralDiscrete", 10, {}, COSINE, EPS, LEADING),
        ("euler-ancestral-sd-v-zero-snr", "EulerAncestralDiscrete", 10, {}, SD, V, TRAILING, ZERO_SNR),
    ],
    "heun": [
        ("heun-sd", "HeunDiscrete", 10, {}, SD, EPS, LEADING, OFFSET),
        ("heun-sd-v-linspace", "HeunDiscrete", 10, {}, SD, V, LINSPACE),
        ("heun-linear-trailing", "HeunDiscrete", 10, {}, LINEAR, V, TRAILING),
        ("heun-cosine", "HeunDiscrete", 10, {}, COSINE, EPS, LEADING),
        ("heun-sd-x0", "HeunDiscrete", 10, {}, SD, X0, LINSPACE),
        ("heun-sd-karras", "HeunDiscrete", 10, {}, SD, EPS, LINSPACE, KARRAS),
        ("heun-defaults", "HeunDiscrete", 10, {}),
        ("heun-exp", "HeunDiscrete", 10, {}, dict(beta_schedule="exp"), V),
        ("heun-clipped", "HeunDiscrete", 10, {}, SD, EPS, dict(clip_sample=True, clip_sample_range=0.8)),
        ("heun-exponential", "HeunDiscrete", 10, {}, SD, EPS, LEADING, EXPONENTIAL),
        ("heun-beta-from-sigmas", "HeunDiscrete", 10, {}, SD, EPS, BETA, dict(sigma_min=0.1)),
    ],
    "dpmpp": [
        ("dpmpp-sd", "DPMSolverMultistep", 10, {}, SD, EPS, LEADING, OFFSET),
        ("dpmpp-sd-20-steps", "DPMSolverMultistep", 20, {}, SD, EPS, LINSPACE),
        ("dpmpp-sd-v", "DPMSolverMultistep", 10, {}, SD, V, TRAILING),
        ("dpmpp-linear-x0", "DPMSolverMultistep", 10, {}, LINEAR, X0, LINSPACE),
        ("dpmpp-linear-leading", "DPMSolverMultistep", 10, {}, LINEAR, EPS, LEADING),
        ("dpmpp-cosine-v", "DPMSolverMultistep", 10, {}, COSINE, V, LEADING),
        ("dpmpp-cosine-lambda-clipped", "DPMSolverMultistep", 10, {}, COSINE, EPS, LINSPACE,
         dict(lambda_min_clipped=-5.1)),
        ("dpmpp-sd-karras", "DPMSolverMultistep", 10, {}, SD, EPS, LINSPACE, KARRAS),
        ("dpmpp-sd-order-1", "DPMSolverMultistep", 10, {}, SD, EPS, LINSPACE, dict(solver_order=1)),
        ("dpmpp-sd-order-3", "DPMSolverMultistep", 10, {}, SD, EPS, LINSPACE, dict(solver_order=3)),
        ("dpmpp-sd-heun", "DPMSolverMultistep", 10, {}, SD, EPS, LINSPACE, dict(solver_type="heun")),
        ("dpmpp-sd-v-zero-snr", "DPMSolverMultistep", 10, {}, SD, V, TRAILING, ZERO_SNR),
        ("sde-dpmpp-sd", "DPMSolverMultistep", 10, {}, SD, EPS, LEADING, OFFSET, SDE),
        ("sde-dpmpp-sd-20-steps", "DPMSolverMultistep", 20, {}, SD, EPS, LINSPACE, SDE),
        ("sde-dpmpp-linear-v", "DPMSolverMultistep", 10, {}, LINEAR, V, TRAILING, SDE),
        ("sde-dpmpp-cosine-x0", "DPMSolverMultistep", 10, {}, COSINE, X0, LEADING, SDE),
        ("sde-dpmpp-sd-karras", "DPMSolverMultistep", 10, {}, SD, EPS, LINSPACE, SDE, KARRAS),
    ],
    "dpm-more": [
        ("dpm-defaults", "DPMSolverMultistep", 10, {}),
        ("dpm-order-1-sde", "DPMSolverMultistep", 10, {}, SD, EPS, SDE, dict(solver_order=1)),
        ("dpm-order-3-sde", "DPMSolverMultistep", 20, {}, SD, EPS, SDE, dict(solver_order=3)),
        ("dpm-order-3-20-steps", "DPMSolverMultistep", 20, {}, SD, V, TRAILING, dict(solver_order=3)),
        ("dpm-order-3-to-least", "DPMSolverMultistep", 10, {}, SD, EPS, TO_LEAST,
         dict(solver_order=3, lower_order_final=False)),
        ("dpm-to-least", "DPMSolverMultistep", 20, {}, SD, EPS, TO_LEAST),
        ("dpm-to-least-few", "DPMSolverMultistep", 10, {}, SD, EPS, TO_LEAST),
        ("dpm-euler-at-final", "DPMSolverMultistep", 20, {}, SD, EPS, TO_LEAST, dict(euler_at_final=True)),
        ("dpm-heun-sde", "DPMSolverMultistep", 10, {}, SD, EPS, SDE, dict(solver_type="heun")),
        ("dpm-noise", "DPMSolverMultistep", 10, {}, SD, EPS, NOISE),
        ("dpm-noise-heun", "DPMSolverMultistep", 20, {}, SD, V, NOISE, dict(solver_type="heun")),
        ("dpm-noise-order-3", "DPMSolverMultistep", 20, {}, SD, X0, NOISE, dict(solver_order=3)),
        ("dpm-noise-sde", "DPMSolverMultistep", 10, {}, SD, EPS, NOISE_SDE),
        ("dpm-noise-sde-heun", "DPMSolverMultistep", 20, {}, SD, EPS, NOISE_SDE, dict(solver_type="heun")),
        ("dpm-noise-threshold", "DPMSolverMultistep", 10, {}, SD, EPS, NOISE,
         dict(thresholding=True, sample_max_value=1.5)),
        ("dpm-threshold", "DPMSolverMultistep", 10, {}, SD, EPS,
         dict(thresholding=True, dynamic_thresholding_ratio=0.8, sample_max_value=1.2)),
        ("dpm-exponential", "DPMSolverMultistep", 10, {}, SD, EPS, EXPONENTIAL),
        ("dpm-beta", "DPMSolverMultistep", 12, {}, SD, EPS, BETA),
        ("dpm-lu", "DPMSolverMultistep", 10, {}, SD, EPS, dict(use_lu_lambdas=True)),
        ("dpm-lu-cosine", "DPMSolverMultistep", 10, {}, COSINE, V, dict(use_lu_lambdas=True)),
        ("dpm-karras-cosine-from-sigmas", "DPMSolverMultistep", 10, {}, COSINE, V, KARRAS,
         dict(sigma_min=0.05, sigma_max=20.0)),
        ("dpm-lambda-clipped-trailing", "DPMSolverMultistep", 10, {}, SD, EPS, TRAILING,
         dict(lambda_min_clipped=-1.0)),
        ("dpm-lambda-clipped-leading", "DPMSolverMultistep", 10, {}, COSINE, V, LEADING,
         dict(lambda_min_clipped=-5.1)),
        ("dpm-of-a-deis-file", "DPMSolverMultistep", 10, {}, SD, EPS, dict(solver_type="logrho")),
        ("dpm-trained-betas", "DPMSolverMultistep", 10, {}, TRAINED, X0),
    ],
    "unipc": [
        ("unipc-sd", "UniPCMultistep", 10, {}, SD, EPS, LEADING, OFFSET),
        ("unipc-defaults", "UniPCMultistep", 10, {}),
        ("unipc-order-1", "UniPCMultistep", 10, {}, SD, EPS, dict(solver_order=1)),
        ("unipc-order-3", "UniPCMultistep", 20, {}, SD, EPS, dict(solver_order=3)),
        ("unipc-order-3-v-trailing", "UniPCMultistep", 10, {}, SD, V, TRAILING, dict(solver_order=3)),
        ("unipc-bh1", "UniPCMultistep", 10, {}, SD, EPS, TO_LEAST, dict(solver_type="bh1")),
        ("unipc-bh1-noise-order-3", "UniPCMultistep", 10, {}, SD, EPS, TO_LEAST,
         dict(solver_type="bh1", predict_x0=False, solver_order=3)),
        ("unipc-noise-v", "UniPCMultistep", 10, {}, SD, V, TO_LEAST, dict(predict_x0=False)),
        ("unipc-noise-not-thresholded", "UniPCMultistep", 10, {}, SD, EPS, TO_LEAST,
         dict(predict_x0=False, thresholding=True)),
        ("unipc-to-least-full-order", "UniPCMultistep", 10, {}, SD, EPS, TO_LEAST, dict(lower_order_final=False)),
        ("unipc-uncorrected", "UniPCMultistep", 10, {}, SD, EPS, dict(disable_corrector=[0, 1, 5])),
        ("unipc-threshold", "UniPCMultistep", 10, {}, SD, EPS, dict(thresholding=True, sample_max_value=1.5)),
        ("unipc-karras", "UniPCMultistep", 10, {}, SD, EPS, KARRAS),
        ("unipc-karras-to-least", "UniPCMultistep", 10, {}, SD, V, KARRAS, TO_LEAST, dict(sigma_min=0.1)),
        ("unipc-exponential", "UniPCMultistep", 10, {}, SD, X0, EXPONENTIAL),
        ("unipc-beta", "UniPCMultistep", 12, {}, SD, EPS, BETA),
        ("unipc-sd-v-zero-snr", "UniPCMultistep", 10, {}, SD, V, TRAILING, ZERO_SNR),
        ("unipc-linear-x0-20-steps", "UniPCMultistep", 20, {}, LINEAR, X0, LEADING),
        ("unipc-midpoint", "UniPCMultistep", 10, {}, SD, EPS, dict(solver_type="midpoint")),
    ],
    "midpoint": [
        ("kdpm2-defaults", "KDPM2Discrete", 10, {}),
        ("kdpm2-sd", "KDPM2Discrete", 10, {}, SD, EPS, LEADING, OFFSET),
        ("kdpm2-v-trailing", "KDPM2Discrete", 7, {}, SD, V, TRAILING),
        ("kdpm2-karras", "KDPM2Discrete", 10, {}, SD, EPS, KARRAS),
        ("kdpm2-exponential-from-sigmas", "KDPM2Discrete", 10, {}, SD, V, EXPONENTIAL, dict(sigma_min=0.1, sigma_max=9.0)),
        ("kdpm2-beta", "KDPM2Discrete", 10, {}, LINEAR, V, BETA),
        ("kdpm2-trained-betas", "KDPM2Discrete", 10, {}, TRAINED, V),
        ("kdpm2-ancestral-sd", "KDPM2AncestralDiscrete", 10, {}, SD, EPS, LEADING, OFFSET),
        ("kdpm2-ancestral-v-karras", "KDPM2AncestralDiscrete", 10, {}, SD, V, KARRAS),
        ("kdpm2-ancestral-exponential", "KDPM2AncestralDiscrete", 7, {}, LINEAR, EPS, TRAILING, EXPONENTIAL),
        ("kdpm2-ancestral-beta", "KDPM2AncestralDiscrete", 10, {}, SD, EPS, BETA),
        ("dpm-sde-defaults", "DPMSolverSDE", 10, {}),
        ("dpm-sde-sd", "DPMSolverSDE", 10, {}, SD, EPS, LEADING, OFFSET),
        ("dpm-sde-v-karras", "DPMSolverSDE", 10, {}, SD, V, TRAILING, KARRAS, dict(sigma_min=0.1)),
        ("dpm-sde-exponential", "DPMSolverSDE", 7, {}, SD, EPS, EXPONENTIAL),
        ("dpm-sde-beta-cosine", "DPMSolverSDE", 10, {}, COSINE, V, BETA),
        ("dpm-2s-ancestral", "EulerDiscrete", 10, {}, SD, EPS, LINSPACE),
        ("dpm-2s-ancestral-v", "EulerDiscrete", 7, {}, SD, V, LEADING, OFFSET),
    ],
    "singlestep": [
        ("singlestep-defaults", "DPMSolverSinglestep", 10, {}),
        ("singlestep-sd-v-odd", "DPMSolverSinglestep", 7, {}, SD, V),
        ("singlestep-order-1", "DPMSolverSinglestep", 10, {}, SD, EPS, dict(solver_order=1)),
        ("singlestep-order-3-9-steps", "DPMSolverSinglestep", 9, {}, SD, EPS, dict(solver_order=3)),
        ("singlestep-order-3-10-steps", "DPMSolverSinglestep", 10, {}, SD, V, dict(solver_order=3, solver_type="heun")),
        ("singlestep-order-3-11-steps", "DPMSolverSinglestep", 11, {}, SD, X0, dict(solver_order=3, solver_type="heun")),
        ("singlestep-order-3-whole-groups", "DPMSolverSinglestep", 9, {}, SD, EPS, TO_LEAST, dict(solver_order=3, solver_type="heun")),
        ("singlestep-whole-groups", "DPMSolverSinglestep", 10, {}, SD, EPS, TO_LEAST),
        ("singlestep-lower-to-least", "DPMSolverSinglestep", 10, {}, SD, EPS, TO_LEAST, dict(lower_order_final=True)),
        ("singlestep-odd-to-least", "DPMSolverSinglestep", 7, {}, SD, EPS, TO_LEAST),
        ("singlestep-heun", "DPMSolverSinglestep", 10, {}, SD, EPS, dict(solver_type="heun")),
        ("singlestep-sde", "DPMSolverSinglestep", 10, {}, SD, EPS, SDE),
        ("singlestep-sde-heun", "DPMSolverSinglestep", 10, {}, SD, V, SDE, dict(solver_type="heun")),
        ("singlestep-sde-order-3", "DPMSolverSinglestep", 9, {}, SD, EPS, SDE, dict(solver_order=3)),
        ("singlestep-sde-order-3-heun", "DPMSolverSinglestep", 9, {}, SD, EPS, SDE, dict(solver_order=3, solver_type="heun")),
        ("singlestep-noise", "DPMSolverSinglestep", 10, {}, SD, EPS, NOISE),
        ("singlestep-noise-v-order-3", "DPMSolverSinglestep", 9, {}, SD, V, NOISE, dict(solver_order=3)),
        ("singlestep-noise-heun-order-3", "DPMSolverSinglestep", 9, {}, SD, EPS, NOISE, dict(solver_order=3, solver_type="heun")),
        ("singlestep-threshold", "DPMSolverSinglestep", 10, {}, SD, EPS, dict(thresholding=True, sample_max_value=1.5)),
        ("singlestep-karras", "DPMSolverSinglestep", 10, {}, SD, V, KARRAS),
        ("singlestep-exponential-to-least", "DPMSolverSinglestep", 10, {}, SD, EPS, EXPONENTIAL, TO_LEAST),
        ("singlestep-beta-from-sigmas", "DPMSolverSinglestep", 10, {}, SD, EPS, BETA, dict(sigma_min=0.1)),
        ("singlestep-lambda-clipped", "DPMSolverSinglestep", 10, {}, COSINE, V, dict(lambda_min_clipped=-5.1)),
        ("singlestep-of-a-deis-file", "DPMSolverSinglestep", 10, {}, SD, EPS, TO_LEAST, dict(algorithm_type="deis", solver_type="logrho")),
    ],
    "deis": [
        ("deis-defaults", "DEISMultistep", 10, {}),
        ("deis-sd", "DEISMultistep", 10, {}, SD, EPS, LEADING, OFFSET),
        ("deis-v-order-3", "DEISMultistep", 10, {}, SD, V, TRAILING, dict(solver_order=3)),
        ("deis-order-3-20-steps", "DEISMultistep", 20, {}, SD, EPS, dict(solver_order=3)),
        ("deis-order-1", "DEISMultistep", 10, {}, SD, X0, dict(solver_order=1)),
        ("deis-not-lower", "DEISMultistep", 10, {}, SD, EPS, dict(lower_order_final=False)),
        ("deis-threshold", "DEISMultistep", 10, {}, SD, EPS, dict(thresholding=True, sample_max_value=1.5)),
        ("deis-karras", "DEISMultistep", 10, {}, SD, EPS, KARRAS),
        ("deis-karras-20-steps", "DEISMultistep", 20, {}, SD, V, KARRAS, dict(sigma_min=0.1)),
        ("deis-exponential", "DEISMultistep", 10, {}, SD, V, EXPONENTIAL),
        ("deis-beta", "DEISMultistep", 10, {}, SD, EPS, BETA),
        ("deis-of-a-dpm-file", "DEISMultistep", 10, {}, SD, EPS, dict(algorithm_type="dpmsolver++", solver_type="heun")),
        ("dpm-3m-sde-karras", "DPMSolverMultistep", 20, {}, SD, EPS, SDE, KARRAS, dict(solver_order=3)),
        ("dpm-3m-sde-exponential", "DPMSolverMultistep", 10, {}, SD, V, SDE, EXPONENTIAL, dict(solver_order=3)),
    ],
    "consistency": [
        ("lcm-defaults", "LCM", 4, {}),
        ("lcm-1-step", "LCM", 1, {}),
        ("lcm-8-steps-v", "LCM", 8, {}, V, dict(original_inference_steps=30, timestep_scaling=2.0)),
        ("lcm-clipped", "LCM", 4, {}, X0, dict(clip_sample=True, clip_sample_range=0.6)),
        ("lcm-threshold", "LCM", 4, {}, LINEAR, EPS, dict(thresholding=True, sample_max_value=1.5)),
        ("lcm-v-zero-snr", "LCM", 4, {}, V, ZERO_SNR),
        ("lcm-trained-betas", "LCM", 4, {}, TRAINED, X0, dict(original_inference_steps=10)),
        ("tcd-defaults", "TCD", 4, {}),
        ("tcd-1-step", "TCD", 1, {}),
        ("tcd-8-steps-v", "TCD", 8, {}, V, dict(original_inference_steps=30)),
        ("tcd-x0-not-clipped", "TCD", 4, {}, COSINE, X0, dict(clip_sample=True)),
        ("tcd-eta-0", "TCD", 4, {"eta": 0.0}),
        ("tcd-eta-1", "TCD", 4, {"eta": 1.0}, V, ZERO_SNR),
    ],
}

# Single precision loses four digits here: the first step multiplies by a thousand and then subtracts.
DOUBLE = {"plms-cosine-v-trailing"}

KEYS = ("in.CASE.x_T: unit noise; mid.CASE.timesteps, mid.CASE.sigmas (where there are any),"
        " mid.CASE.init_noise_sigma; per call of the network k: mid.CASE.x [k+1]: x[0] = x_T * init_noise_sigma, x[k+1]"
        " after that step; mid.CASE.x0 [k] where the scheduler gives it; out.CASE = x[-1]."
        " Compare relative to max(1, max|expected|): sigma-samplers' x is as large as sigma.")


def network(prediction, x, t, variance):
    t = torch.as_tensor(t, dtype=torch.float32)
    if prediction == "epsilon":
        y = torch.tanh(t / 400) * x + 0.1 * torch.sin(3 * x)
    elif prediction == "v_prediction":
        y = 0.3 * torch.tanh(0.7 * x + t / 1000)
    else:
        y = (1 - t / 2000) * torch.tanh(0.9 * x)
    if variance == "learned_range":
        return torch.cat([y, torch.tanh(x + 0.2)], 1)
    return torch.cat([y, 0.02 * (1 + torch.tanh(x + 0.2))], 1) if variance == "learned" else y


def class_of(name):
    if name != "DPMSolverSDE":
        return getattr(diffusers, name + "Scheduler")
    # the module asks for torchsde, of which nothing is used here
    stub = types.ModuleType("torchsde")
    stub.__spec__ = importlib.machinery.ModuleSpec("torchsde", None)
    sys.modules.setdefault("torchsde", stub)
    from diffusers.schedulers import scheduling_dpmsolver_sde
    return scheduling_dpmsolver_sde.DPMSolverSDEScheduler


def scheduler_of(name, config):
    return class_of(name)(**config)


class Motion:
    """In the place of torchsde's tree: a Brownian motion in sigma, drawn from the same torch.Generator as all else. It is asked for the
    way to the middle of a step, then for the whole of it, which is the sum of two increments."""

    def __init__(self, generator):
        self.generator, self.begin = generator, None

    def __call__(self, sigma, sigma_next):
        if self.begin == sigma:
            self.w = self.w + torch.randn(SHAPE, generator=self.generator) * (self.middle - sigma_next) ** 0.5
        else:
            self.begin, self.middle = sigma, sigma_next
            self.w = torch.randn(SHAPE, generator=self.generator) * (sigma - sigma_next) ** 0.5
        return self.w / (sigma - sigma_next) ** 0.5


def dpmpp_2s_ancestral(scheduler, prediction, x, generator):
    """k-diffusion's sample_dpmpp_2s_ancestral, which diffusers has not, with r = 1/2 and eta = 1; asked for as `sampler` of a file of Euler's."""
    log_sigmas = scheduler.alphas_cumprod.reciprocal().sub(1).sqrt().log().numpy()

    def denoise(x, sigma):
        t = torch.as_tensor(scheduler._sigma_to_t(sigma.numpy(), log_sigmas), dtype=torch.float32)
        y = network(prediction, x / (sigma ** 2 + 1) ** 0.5, t, "")
        return x - sigma * y if prediction == "epsilon" else x / (sigma ** 2 + 1) - y * sigma / (sigma ** 2 + 1) ** 0.5

    for sigma, sigma_next in zip(scheduler.sigmas[:-1], scheduler.sigmas[1:]):
        denoised = denoise(x, sigma)
        up = (sigma_next ** 2 * (sigma ** 2 - sigma_next ** 2) / sigma ** 2) ** 0.5
        down = (sigma_next ** 2 - up ** 2) ** 0.5
        if sigma_next == 0:
            x = x + (x - denoised) / sigma * (0 - sigma)
            continue
        h = sigma.log() - down.log()
        middle = (sigma.log() - h / 2).exp()
        there = (middle / sigma) * x - (-h / 2).expm1() * denoised
        x = (down / sigma) * x - (-h).expm1() * denoise(there, middle)
        x = x + torch.randn(SHAPE, generator=generator) * up
    return x


def run(golden, seed, name, scheduler_name, steps, step_arguments, *pieces):
    config = {k: v for piece in pieces for k, v in piece.items()}
    cls = class_of(scheduler_name)
    text = json.dumps({"_class_name": cls.__name__, **config})
    if seed % 2:
        text = cls.from_config(json.loads(text)).to_json_string()
    scheduler = cls.from_config(json.loads(text))
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(seed)
    x_T = torch.randn(SHAPE, generator=generator)
    draws = "generator" in inspect.signature(scheduler.step).parameters
    arguments = dict(step_arguments, **({"generator": generator} if draws else {}))
    variance = config.get("variance_type", "")
    prediction = config.get("prediction_type", "epsilon")

    timesteps, sigmas = scheduler.timesteps.clone(), getattr(scheduler, "sigmas", None)
    x = x_T * scheduler.init_noise_sigma
    if name in DOUBLE:
        scheduler.alphas_cumprod, x = scheduler.alphas_cumprod.double(), x.double()
    if scheduler_name == "DPMSolverSDE":
        scheduler.noise_sampler = Motion(generator)
    if name.startswith("dpm-2s-ancestral"):
        golden.put(f"in.{name}.x_T", x_T)
        golden.put(f"out.{name}", dpmpp_2s_ancestral(scheduler, prediction, x, generator))
        return {
            "name": name, "file": golden.name, "model_index": ["diffusers", cls.__name__], "scheduler_config": text,
            "steps": steps, "step_arguments": {}, "seed": seed, "calls": 2 * steps - 1, "prediction_type": prediction,
            "variance_type": "", "gives_x0": False, "sampler": "dpm++2s-ancestral",
        }
    xs, x0 = [x], []
    for t in timesteps:
        predicted = network(prediction, scheduler.scale_model_input(x, t), t, variance)
        output = scheduler.step(predicted, t, x, **arguments)
        x = output.prev_sample
        xs.append(x)
        if getattr(output, "pred_original_sample", None) is not None:
            x0.append(output.pred_original_sample)

    golden.put(f"in.{name}.x_T", x_T)
    golden.put(f"mid.{name}.timesteps", timesteps)
    golden.put(f"mid.{name}.init_noise_sigma", torch.as_tensor(scheduler.init_noise_sigma, dtype=torch.float32))
    if sigmas is not None:
        golden.put(f"mid.{name}.sigmas", sigmas)
    golden.put(f"mid.{name}.x", torch.stack(xs))
    if x0:
        golden.put(f"mid.{name}.x0", torch.stack(x0))
    golden.put(f"out.{name}", x)
    return {
        "name": name, "file": golden.name, "model_index": ["diffusers", cls.__name__], "scheduler_config": text,
        "steps": steps, "step_arguments": step_arguments, "seed": seed, "calls": len(timesteps),
        "prediction_type": prediction, "variance_type": variance, "gives_x0": bool(x0),
    }


def tables(out):
    """What comes before any step: schedules, timesteps, forward noising."""
    golden = GoldenFile(
        "samplers-schedules.safetensors", SEED, packages=("torch", "diffusers", "numpy"),
        keys="out.betas.NAME and out.alphas_cumprod.NAME [1000] for linear (1e-4..0.02), scaled_linear"
             " (0.00085..0.012), squaredcos_cap_v2, each also with -zero-snr, and the scaled one on 100 steps;"
             " out.timesteps.SCHEDULER.SPACING.STEPS (offset 1 for leading, else 0), out.sigmas.* likewise;"
             " in.clean, in.noise [4,2,3,3], in.timesteps [4] -> out.noised.NAME, out.velocity.NAME (DDPM).",
    )
    generator = torch.Generator().manual_seed(SEED)
    clean = torch.randn(4, 2, 3, 3, generator=generator)
    noise = torch.randn(4, 2, 3, 3, generator=generator)
    timesteps = torch.tensor([0, 1, 500, 999])
    golden.put("in.clean", clean)
    golden.put("in.noise", noise)
    golden.put("in.timesteps", timesteps)
    for name, schedule in (("linear", LINEAR), ("scaled_linear", SD), ("squaredcos_cap_v2", COSINE)):
        for suffix, more in (("", {}), ("-zero-snr", ZERO_SNR)):
            scheduler = scheduler_of("DDPM", {**schedule, **more})
            golden.put(f"out.betas.{name}{suffix}", scheduler.betas)
            golden.put(f"out.alphas_cumprod.{name}{suffix}", scheduler.alphas_cumprod)
            golden.put(f"out.noised.{name}{suffix}", scheduler.add_noise(clean, noise, timesteps))
            golden.put(f"out.velocity.{name}{suffix}", scheduler.get_velocity(clean, noise, timesteps))
    golden.put("out.alphas_cumprod.scaled_linear-100",
               scheduler_of("DDPM", {**SD, "num_train_timesteps": 100}).alphas_cumprod)

    rows = ("DDPM", {}), ("DDIM", {}), ("PNDM", dict(skip_prk_steps=True)), ("LMSDiscrete", {}), \
        ("EulerDiscrete", {}), ("EulerAncestralDiscrete", {}), ("HeunDiscrete", {}), ("DPMSolverMultistep", {})
    for scheduler_name, more in rows:
        for spacing in (LEADING, TRAILING, LINSPACE):
            for steps in (1, 4, 7, 20, 30, 50):
                if scheduler_name == "PNDM" and steps < 2:
                    continue
                offset = OFFSET if spacing is LEADING else {}
                scheduler = scheduler_of(scheduler_name, {**SD, **spacing, **offset, **more})
                scheduler.set_timesteps(steps)
                key = f"{scheduler_name}.{spacing['timestep_spacing']}.{steps}"
                golden.put(f"out.timesteps.{key}", scheduler.timesteps)
                if hasattr(scheduler, "sigmas"):
                    golden.put(f"out.sigmas.{key}", scheduler.sigmas)
    golden.write(out)


def main(out):
    out = pathlib.Path(out)
    tables(out)
    index, seed = [], SEED
    for file, cases in CASES.items():
        golden = GoldenFile(f"samplers-{file}.safetensors", f"{seed + 1}..{seed + len(cases)}",
                            packages=("torch", "diffusers", "numpy", "scipy"), keys=KEYS, network=__doc__)
        for case in cases:
            seed += 1
            index.append(run(golden, seed, *case))
        golden.write(out)
    lines = ",\n".join("  " + json.dumps(case, sort_keys=True) for case in index)
    (out / "samplers.json").write_text("[\n" + lines + "\n]\n")
    print(f"samplers.json: {len(index)} cases")


if __name__ == "__main__":
    main(directory(__doc__))
