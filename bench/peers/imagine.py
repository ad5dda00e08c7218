"""diffusers' StableDiffusionPipeline on the folder of one: seconds to load, of the first step, and of a whole picture, and the peak memory."""
import argparse
import json
import resource
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
    a = parser.parse_args()
    dtype = torch.bfloat16 if a.precision == "bf16" else torch.float32
    pipeline = StableDiffusionPipeline.from_pretrained(a.folder, torch_dtype=dtype, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    if a.layout == "channels_last":
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)
    loaded = time.perf_counter()
    steps = []

    def told(pipeline, step, timestep, tensors):
        steps.append(time.perf_counter())
        return tensors

    pipeline("a red apple", num_inference_steps=a.steps, height=a.size, width=a.size, guidance_scale=5.0,
             generator=torch.Generator().manual_seed(0), callback_on_step_end=told).images[0]
    end = time.perf_counter()
    print(json.dumps({
        "benchmark": "imagine", "precision": a.precision, "layout": a.layout, "size": a.size, "steps": a.steps,
        "loaded": round(loaded - begin, 2), "first_step": round(steps[0] - begin, 2), "whole": round(end - begin, 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2),
        "torch": torch.__version__, "diffusers": diffusers.__version__}))


if __name__ == "__main__":
    main()
