"""Pictures drawn from a picture, and where a mask is white, as diffusers' image-to-image and plain inpainting draw them.

`redrawing.safetensors` has the loops of schedulers alone: data under noise, the steps that are left at a strength, and in cases
with a mask what is known put back after each step, all as the pipelines have it; the timesteps are those that the pipeline's own
get_timesteps gives. The network is

    tanh(t / 400) * x + 0.1 * sin(3 * x) + 0.3 * mean(x over height and width)

so that what is known tells on what is not. The noise, and after it that of every step, is drawn from one torch.Generator.

`pipeline-redrawing.safetensors` has what the whole pipelines draw with the tiny folder from a picture of 32x24.
"""
import inspect
import json
import types

import diffusers
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline
from PIL import Image

from golden_file import GOLDEN, GoldenFile, directory

SEED = 4000
SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1)
LEADING = dict(timestep_spacing="leading")
DDIM = dict(**SD, clip_sample=False, set_alpha_to_one=False)
PLMS = dict(**SD, skip_prk_steps=True)

# name: scheduler, steps, strength, whether with a mask, config
CASES = {
    "ddim": ("DDIM", 10, 0.55, False, DDIM),
    "ddim-all": ("DDIM", 10, 1.0, False, DDIM),
    "ddim-one-step": ("DDIM", 10, 0.1, False, DDIM),
    "ddim-truncated": ("DDIM", 20, 0.29, False, DDIM),
    "ddim-mask": ("DDIM", 10, 0.55, True, DDIM),
    "ddim-mask-all": ("DDIM", 10, 1.0, True, DDIM),
    "ddpm": ("DDPM", 10, 0.6, False, dict(**SD, clip_sample=False)),
    "ddpm-mask": ("DDPM", 10, 0.6, True, dict(**SD, clip_sample=False)),
    "plms-all": ("PNDM", 10, 1.0, False, PLMS),
    "plms-second": ("PNDM", 10, 0.9, False, PLMS),
    "plms-third": ("PNDM", 10, 0.8, False, PLMS),
    "plms": ("PNDM", 10, 0.5, False, PLMS),
    "plms-one-step": ("PNDM", 10, 0.1, False, PLMS),
    "plms-mask": ("PNDM", 10, 0.5, True, PLMS),
    "plms-mask-all": ("PNDM", 10, 1.0, True, PLMS),
    "euler": ("EulerDiscrete", 10, 0.55, False, {**SD, **LEADING}),
    "euler-linspace-all": ("EulerDiscrete", 10, 1.0, False, SD),
    "euler-karras": ("EulerDiscrete", 10, 0.7, False, dict(**SD, use_karras_sigmas=True)),
    "euler-mask": ("EulerDiscrete", 10, 0.55, True, {**SD, **LEADING}),
    "euler-mask-all": ("EulerDiscrete", 10, 1.0, True, {**SD, **LEADING}),
    "euler-ancestral": ("EulerAncestralDiscrete", 10, 0.6, False, {**SD, **LEADING}),
    "euler-ancestral-mask": ("EulerAncestralDiscrete", 10, 0.6, True, {**SD, **LEADING}),
    "heun": ("HeunDiscrete", 10, 0.6, False, SD),
    "heun-all": ("HeunDiscrete", 10, 1.0, False, SD),
    "heun-mask": ("HeunDiscrete", 10, 0.6, True, SD),
    "dpm": ("DPMSolverMultistep", 10, 0.55, False, SD),
    "dpm-20-steps": ("DPMSolverMultistep", 20, 0.75, False, {**SD, **LEADING}),
    "dpm-order-3": ("DPMSolverMultistep", 20, 0.5, False, dict(**SD, solver_order=3)),
    "dpm-karras": ("DPMSolverMultistep", 10, 0.8, False, dict(**SD, use_karras_sigmas=True)),
    "dpm-sde": ("DPMSolverMultistep", 10, 0.6, False, dict(**SD, algorithm_type="sde-dpmsolver++")),
    "dpm-all": ("DPMSolverMultistep", 10, 1.0, False, SD),
    "dpm-mask": ("DPMSolverMultistep", 10, 0.55, True, SD),
    "dpm-mask-all": ("DPMSolverMultistep", 10, 1.0, True, SD),
    "unipc": ("UniPCMultistep", 10, 0.55, False, SD),
    "unipc-order-3": ("UniPCMultistep", 20, 0.5, False, dict(**SD, solver_order=3)),
    "unipc-two-steps": ("UniPCMultistep", 10, 0.2, False, dict(**SD, solver_order=3)),
    "unipc-uncorrected": ("UniPCMultistep", 10, 0.8, False, dict(**SD, disable_corrector=[0, 1, 5])),
    "unipc-all": ("UniPCMultistep", 10, 1.0, False, SD),
    "unipc-mask": ("UniPCMultistep", 10, 0.55, True, SD),
    "unipc-mask-all": ("UniPCMultistep", 10, 1.0, True, SD),
}

PICTURES = {
    "from-ddim": ("DDIM", 0.6, False),
    "from-euler": ("EulerDiscrete", 0.6, False),
    "from-pndm": ("PNDM", 0.6, False),
    "from-dpm": ("DPMSolverMultistep", 0.8, False),
    "from-unipc": ("UniPCMultistep", 1.0, False),
    "mask-ddim": ("DDIM", 0.6, True),
    "mask-euler-ancestral": ("EulerAncestralDiscrete", 0.6, True),
    "mask-euler-all": ("EulerDiscrete", 1.0, True),
    "mask-pndm-all": ("PNDM", 1.0, True),
    "mask-dpm": ("DPMSolverMultistep", 0.8, True),
    "mask-unipc": ("UniPCMultistep", 0.7, True),
}
REQUEST = dict(prompt="a red bird on a small tree", negative_prompt="a blue cube", num_inference_steps=10,
               guidance_scale=5.0)


def network(x, t):
    t = torch.as_tensor(t, dtype=torch.float32)
    mean = x.mean(3, keepdim=True).mean(2, keepdim=True)
    return torch.tanh(t / 400) * x + 0.1 * torch.sin(3 * x) + 0.3 * mean


def loop(seed, data, mask, scheduler_name, steps, strength, masked, config):
    text = json.dumps({"_class_name": scheduler_name + "Scheduler", **config})
    scheduler = getattr(diffusers, scheduler_name + "Scheduler").from_config(json.loads(text))
    scheduler.set_timesteps(steps)
    pipeline = StableDiffusionInpaintPipeline if masked else StableDiffusionImg2ImgPipeline
    timesteps, _ = pipeline.get_timesteps(types.SimpleNamespace(scheduler=scheduler), steps, strength, "cpu")
    generator = torch.Generator("cpu").manual_seed(seed)
    noise = torch.randn(data.shape, generator=generator)
    draws = "generator" in inspect.signature(scheduler.step).parameters
    if masked and strength == 1:
        x = noise * scheduler.init_noise_sigma
    else:
        x = scheduler.add_noise(data, noise, timesteps[:1])
    for i, t in enumerate(timesteps):
        predicted = network(scheduler.scale_model_input(x, t), t)
        x = scheduler.step(predicted, t, x, **({"generator": generator} if draws else {})).prev_sample
        if masked:
            last = i == len(timesteps) - 1
            known = data if last else scheduler.add_noise(data, noise, torch.tensor([timesteps[i + 1]]))
            x = (1 - mask) * known + mask * x
    return noise, x, dict(scheduler_config=text, steps=steps, strength=strength, masked=masked, seed=seed)


def loops(out):
    golden = GoldenFile("redrawing.safetensors", SEED, packages=("torch", "diffusers", "numpy", "scipy"),
                        keys="in.data [1,4,4,4], in.mask [1,1,4,4] (1 is redrawn), in.CASE.noise -> out.CASE; the"
                             " metadata's `cases` has each one's scheduler_config.json, steps, strength and seed.",
                        network=__doc__)
    generator = torch.Generator().manual_seed(SEED)
    data = torch.randn(1, 4, 4, 4, generator=generator)
    mask = torch.zeros(1, 1, 4, 4)
    mask[..., :, 2:] = 1
    mask[..., 1, 1] = 1
    golden.put("in.data", data)
    golden.put("in.mask", mask)
    cases = {}
    for n, (name, case) in enumerate(CASES.items()):
        noise, x, cases[name] = loop(SEED + 1 + n, data, mask, *case)
        golden.put(f"in.{name}.noise", noise)
        golden.put(f"out.{name}", x)
    golden.metadata["cases"] = json.dumps(cases)
    golden.write(out)


def picture_and_mask():
    """A ramp under squares; a mask with greys on both sides of the middle."""
    generator = torch.Generator().manual_seed(SEED)
    squares = torch.rand(3, 6, 8, generator=generator).repeat_interleave(4, 1).repeat_interleave(4, 2)
    ramp = torch.linspace(0, 1, 32).expand(3, 24, 32)
    picture = ((0.6 * squares + 0.4 * ramp) * 255).round().to(torch.uint8).permute(1, 2, 0)
    mask = torch.zeros(24, 32, dtype=torch.uint8)
    mask[:, 14:] = 255
    mask[5:9, 4:10] = 128
    mask[18:22, 2:8] = 127
    return picture, mask


def pictures(out):
    picture, mask = picture_and_mask()
    golden = GoldenFile("pipeline-redrawing.safetensors", SEED, folder="tiny-stable-diffusion", request=REQUEST,
                        keys="in.picture [24,32,3], in.mask [24,32], 0..255 -> out.CASE.pixels [24,32,3] 0..255; the"
                             " metadata's `cases` has each one's scheduler, strength and seed.")
    golden.put("in.picture", picture)
    golden.put("in.mask", mask)
    cases = {}
    for name, (scheduler, strength, masked) in PICTURES.items():
        cls = StableDiffusionInpaintPipeline if masked else StableDiffusionImg2ImgPipeline
        pipeline = cls.from_pretrained(GOLDEN / "tiny-stable-diffusion", safety_checker=None, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        pipeline.scheduler = getattr(diffusers, scheduler + "Scheduler").from_config(pipeline.scheduler.config)
        more = dict(mask_image=Image.fromarray(mask.numpy()), height=24, width=32) if masked else {}
        drawn = pipeline(**REQUEST, **more, image=Image.fromarray(picture.numpy()), strength=strength, output_type="np",
                         generator=torch.Generator("cpu").manual_seed(SEED)).images[0]
        golden.put(f"out.{name}.pixels", torch.from_numpy((drawn * 255).round().astype("float32")))
        cases[name] = dict(scheduler=scheduler, strength=strength, masked=masked, seed=SEED)
    golden.metadata["cases"] = json.dumps(cases)
    golden.write(out)


def main(out):
    loops(out)
    pictures(out)


if __name__ == "__main__":
    main(directory(__doc__))
