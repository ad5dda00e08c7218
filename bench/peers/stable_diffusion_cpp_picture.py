"""stable-diffusion.cpp on one file of a Stable Diffusion: seconds to load, of a step, and of a whole picture, and the peak memory."""
import argparse
import json
import os
import resource
import statistics
import time

begin = time.perf_counter()

import stable_diffusion_cpp  # noqa: E402  what it takes to be imported counts
from stable_diffusion_cpp import StableDiffusion  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--type", default="default", help="f32, f16, bf16, q8_0; as the file has it by default")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--guidance", type=float, default=7.5)
    parser.add_argument("--sampler", default="dpm++2m")
    parser.add_argument("--flash", action="store_true", help="its own flash attention in the U-Net")
    parser.add_argument("--direct", action="store_true", help="convolutions without im2col")
    a = parser.parse_args()
    model = StableDiffusion(model_path=a.file, wtype=a.type, n_threads=os.cpu_count(), vae_decode_only=True, verbose=False,
                            diffusion_flash_attn=a.flash, diffusion_conv_direct=a.direct, vae_conv_direct=a.direct)
    loaded = time.perf_counter()
    steps = []
    # also told of the tiles that it decodes, if there are any
    model.generate_image(prompt="a red apple", width=a.size, height=a.size, cfg_scale=a.guidance, sample_method=a.sampler,
                         sample_steps=a.steps, seed=0,
                         progress_callback=lambda step, of, seconds: of == a.steps and step and steps.append(time.perf_counter()))
    end = time.perf_counter()
    each = [b - c for b, c in zip(steps[1:], steps)] or [steps[0] - loaded]
    print(json.dumps({
        "benchmark": "stable-diffusion.cpp", "type": a.type, "flash": a.flash, "direct": a.direct, "size": a.size, "steps": a.steps,
        "loaded": round(loaded - begin, 2), "first_step": round(steps[0] - begin, 2), "step": round(statistics.median(each), 2),
        "whole": round(end - begin, 2), "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2),
        "stable_diffusion_cpp": stable_diffusion_cpp.__version__}))


if __name__ == "__main__":
    main()
