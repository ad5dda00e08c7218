"""diffusers' StableDiffusionPipeline on the folder of one: seconds to load, of the first step, and of a whole picture, and the peak memory."""
import argparse
import json
import resource
import statistics
import time

begin = time.perf_counter()

import diffusers  # noqa: E402  what it takes to be imported counts
import torch  # noqa: E402
from diffusers import StableDiffusionPipeline  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--layout", choices=("channels_last", "contiguous"), default="channels_last")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--guidance", type=float, default=5.0)
    parser.add_argument("--sampler", choices=("folder", "dpm++2m"), default="folder")
    parser.add_argument("--compile", action="store_true", help="the U-Net; its first step then takes minutes")
    a = parser.parse_args()
    dtype = torch.bfloat16 if a.precision == "bf16" else torch.float32
    pipeline = StableDiffusionPipeline.from_pretrained(a.folder, torch_dtype=dtype, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    if a.layout == "channels_last":
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)
    if a.sampler == "dpm++2m":
        pipeline.scheduler = diffusers.DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    if a.compile:
        pipeline.unet = torch.compile(pipeline.unet)
    loaded = time.perf_counter()
    steps = []

    def told(pipeline, step, timestep, tensors):
        steps.append(time.perf_counter())
        return tensors

    pipeline("a red apple", num_inference_steps=a.steps, height=a.size, width=a.size, guidance_scale=a.guidance,
             generator=torch.Generator().manual_seed(0), callback_on_step_end=told).images[0]
    end = time.perf_counter()
    each = [b - c for b, c in zip(steps[1:], steps)] or [steps[0] - loaded]
    print(json.dumps({
        "benchmark": "imagine", "precision": a.precision, "layout": a.layout, "compiled": a.compile, "size": a.size,
        "steps": a.steps, "sampler": a.sampler, "loaded": round(loaded - begin, 2), "first_step": round(steps[0] - begin, 2),
        "step": round(statistics.median(each), 2), "whole": round(end - begin, 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2),
        "torch": torch.__version__, "diffusers": diffusers.__version__}))


if __name__ == "__main__":
    main()
