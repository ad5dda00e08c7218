"""diffusers' schedulers, run from noise to sample with a network of one line, and the tables they start from.

The network stands for the denoiser. It sees what scale_model_input returns and the timestep as the scheduler gives
it (not always whole), and is, by what it predicts:

    epsilon       tanh(t / 400) * x + 0.1 * sin(3 * x)
    v_prediction  0.3 * tanh(0.7 * x + t / 1000)
    sample        (1 - t / 2000) * tanh(0.9 * x)

Where the variance is learned it gives twice the channels: the above, then tanh(x + 0.2).

x_T and, after it, the noise of every step are drawn from one torch.Generator, as a pipeline does. What was drawn is
in the file, so a test need not draw it.
"""
import importlib
import json
import pathlib

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
SDE = dict(algorithm_type="sde-dpmsolver++")

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
    ],
    "lms": [
        ("lms-sd", "LMSDiscrete", 10, {}, SD, EPS, LEADING, OFFSET),
        ("lms-sd-v-linspace", "LMSDiscrete", 10, {}, SD, V, LINSPACE),
        ("lms-linear-trailing", "LMSDiscrete", 10, {}, LINEAR, V, TRAILING),
        ("lms-cosine", "LMSDiscrete", 10, {}, COSINE, V, LEADING),
        ("lms-sd-x0", "LMSDiscrete", 10, {}, SD, X0, LINSPACE),
        ("lms-sd-karras", "LMSDiscrete", 10, {}, SD, EPS, LINSPACE, KARRAS),
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
        ("euler-sd-churn", "EulerDiscrete", 10, {"s_churn": 2.0, "s_noise": 1.003}, SD, EPS, LINSPACE),
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
    "rederived": [
        ("ddim-linear-clipped-rederived", "DDIM", 10, {"use_clipped_model_output": True}, LINEAR, EPS, LEADING),
        ("ddim-linear-clipped-rederived-v", "DDIM", 10, {"use_clipped_model_output": True}, LINEAR, V, TRAILING),
        ("ddim-dynamic-threshold-rederived", "DDIM", 10, {"use_clipped_model_output": True}, COSINE, EPS, LEADING,
         dict(thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5)),
    ],
}

KEYS = ("in.CASE.x_T: unit noise; in.CASE.noise [n,...]: what was then drawn, in order (if any);"
        " mid.CASE.timesteps, mid.CASE.sigmas (where there are any), mid.CASE.init_noise_sigma; per call of the"
        " network k: mid.CASE.seen [k] its input, mid.CASE.predicted [k] its output, mid.CASE.x [k+1]: x[0] = x_T *"
        " init_noise_sigma, x[k+1] after that step; mid.CASE.x0 [k] where the scheduler gives it; out.CASE = x[-1]."
        " Compare relative to max(1, max|expected|): sigma-samplers' x is as large as sigma.")


def network(prediction, x, t, learned_variance):
    t = torch.as_tensor(t, dtype=torch.float32)
    if prediction == "epsilon":
        y = torch.tanh(t / 400) * x + 0.1 * torch.sin(3 * x)
    elif prediction == "v_prediction":
        y = 0.3 * torch.tanh(0.7 * x + t / 1000)
    else:
        y = (1 - t / 2000) * torch.tanh(0.9 * x)
    return torch.cat([y, torch.tanh(x + 0.2)], 1) if learned_variance else y


def scheduler_of(name, config):
    return getattr(diffusers, name + "Scheduler")(**config)


class Draws:
    """Keeps what a scheduler draws."""

    def __init__(self, scheduler):
        self.module = importlib.import_module(type(scheduler).__module__)
        self.original = getattr(self.module, "randn_tensor", None)
        self.tensors = []

    def __enter__(self):
        def draw(*args, **kwargs):
            self.tensors.append(self.original(*args, **kwargs))
            return self.tensors[-1]
        if self.original:
            self.module.randn_tensor = draw
        return self.tensors

    def __exit__(self, *_):
        if self.original:
            self.module.randn_tensor = self.original


def run(golden, seed, name, scheduler_name, steps, step_arguments, *pieces):
    config = {k: v for piece in pieces for k, v in piece.items()}
    scheduler = scheduler_of(scheduler_name, config)
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(seed)
    x_T = torch.randn(SHAPE, generator=generator)
    stochastic = scheduler_name in ("DDPM", "EulerAncestralDiscrete") or "eta" in step_arguments \
        or "s_churn" in step_arguments or "sde" in config.get("algorithm_type", "")
    arguments = dict(step_arguments, **({"generator": generator} if stochastic else {}))
    learned = config.get("variance_type", "").startswith("learned")

    timesteps, sigmas = scheduler.timesteps.clone(), getattr(scheduler, "sigmas", None)
    x = x_T * scheduler.init_noise_sigma
    seen, predicted, xs, x0 = [], [], [x], []
    with Draws(scheduler) as noise:
        for t in timesteps:
            seen.append(scheduler.scale_model_input(x, t))
            predicted.append(network(config["prediction_type"], seen[-1], t, learned))
            output = scheduler.step(predicted[-1], t, x, **arguments)
            x = output.prev_sample
            xs.append(x)
            if getattr(output, "pred_original_sample", None) is not None:
                x0.append(output.pred_original_sample)

    golden.put(f"in.{name}.x_T", x_T)
    if noise:
        golden.put(f"in.{name}.noise", torch.stack(noise))
    golden.put(f"mid.{name}.timesteps", timesteps)
    golden.put(f"mid.{name}.init_noise_sigma", torch.as_tensor(scheduler.init_noise_sigma, dtype=torch.float32))
    if sigmas is not None:
        golden.put(f"mid.{name}.sigmas", sigmas)
    golden.put(f"mid.{name}.seen", torch.stack(seen))
    golden.put(f"mid.{name}.predicted", torch.stack(predicted))
    golden.put(f"mid.{name}.x", torch.stack(xs))
    if x0:
        golden.put(f"mid.{name}.x0", torch.stack(x0))
    golden.put(f"out.{name}", x)
    full = {k: v for k, v in scheduler.config.items() if not k.startswith("_")}
    full = {k: (None if isinstance(v, float) and abs(v) == float("inf") else v) for k, v in full.items()}
    return {
        "name": name, "file": golden.name, "scheduler": scheduler_name + "Scheduler", "steps": steps,
        "step_arguments": step_arguments, "seed": seed, "calls": len(timesteps), "draws": len(noise),
        "sets": config, "config": full,
        "keys": sorted(k for k in golden.tensors if f".{name}." in k or k.endswith(f".{name}")),
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
