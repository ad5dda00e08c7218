"""Opens a folder in the diffusers layout, such as one that Zeuxis saved, and makes a picture with it.

    python open_in_diffusers.py FOLDER --prompt "a red bird" --seed 7 --steps 5 --out diffusers.safetensors
    python open_in_diffusers.py FOLDER --prompt "a red bird" --seed 7 --steps 5 --compare zeuxis.safetensors

Written (and compared, where the other file has the key) are in.tokens, in.negative_tokens, in.x_T,
mid.text_embeddings, mid.negative_embeddings, mid.timesteps, mid.predicted [calls,2,...] (what the network gave for the
negative prompt and the prompt), mid.latents [calls,...], out.latents, out.decoded (before it is clamped) and
out.pixels [height,columns,3] 0..255. With --compare the exit status is 1 where a difference is above --tolerance.
"""
import argparse
import pathlib
import sys

import diffusers
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file

from golden_file import safetensors_bytes


def with_scheduler(pipeline, name):
    if name:
        cls = getattr(diffusers, name if name.endswith("Scheduler") else name + "Scheduler")
        pipeline.scheduler = cls.from_config(pipeline.scheduler.config)
    return pipeline


@torch.no_grad()
def generate(pipeline, prompt, negative, seed, steps, guidance, height, columns):
    """Everything on the way from a request to its picture."""
    made = {}

    def tokens(text):
        return pipeline.tokenizer(text, padding="max_length", max_length=pipeline.tokenizer.model_max_length,
                                  truncation=True, return_tensors="pt").input_ids

    made["in.tokens"], made["in.negative_tokens"] = tokens(prompt), tokens(negative)
    made["mid.text_embeddings"], made["mid.negative_embeddings"] = pipeline.encode_prompt(
        prompt, "cpu", 1, True, negative)
    shape = (1, pipeline.unet.config.in_channels, height // pipeline.vae_scale_factor,
             columns // pipeline.vae_scale_factor)
    made["in.x_T"] = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))

    latents, predicted, decoded = [], [], []
    handles = [
        pipeline.unet.register_forward_hook(lambda m, i, o: predicted.append(o[0].clone())),
        pipeline.vae.decoder.register_forward_hook(lambda m, i, o: decoded.append(o.clone())),
    ]

    def keep(_, __, ___, values):
        latents.append(values["latents"].clone())
        return values

    pictures = pipeline(
        prompt, negative_prompt=negative, height=height, width=columns, num_inference_steps=steps,
        guidance_scale=guidance, generator=torch.Generator("cpu").manual_seed(seed), output_type="np",
        callback_on_step_end=keep).images
    for h in handles:
        h.remove()
    made["mid.timesteps"] = pipeline.scheduler.timesteps.clone()
    made["mid.predicted"] = torch.stack(predicted)
    made["mid.latents"] = torch.stack(latents)
    made["out.latents"] = latents[-1]
    made["out.decoded"] = decoded[-1]
    made["out.pixels"] = torch.from_numpy((pictures[0] * 255).round().astype("int64"))
    return {k: v.contiguous() for k, v in made.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--negative", default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=7.5)
    parser.add_argument("--height", type=int, help="pixels (default: the model's own size)")
    parser.add_argument("--columns", type=int, help="pixels (default: the model's own size)")
    parser.add_argument("--scheduler", help="e.g. DDIM, PNDM, EulerDiscrete (default: the folder's)")
    parser.add_argument("--out", help="safetensors file to write")
    parser.add_argument("--compare", help="safetensors file with what Zeuxis computed, under the same keys")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    a = parser.parse_args()

    pipeline = StableDiffusionPipeline.from_pretrained(a.folder, safety_checker=None, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    own = pipeline.unet.config.sample_size * pipeline.vae_scale_factor
    made = generate(with_scheduler(pipeline, a.scheduler), a.prompt, a.negative, a.seed, a.steps, a.guidance,
                    a.height or own, a.columns or own)
    if a.out:
        pathlib.Path(a.out).write_bytes(safetensors_bytes(made, {"format": "pt"}))
        print(f"wrote {a.out}")
    if a.compare:
        theirs, worst, compared = load_file(a.compare), 0.0, 0
        for key, mine in made.items():
            if key not in theirs:
                continue
            other = theirs[key]
            compared += 1
            if other.shape != mine.shape:
                print(f"{key}: shape {list(other.shape)}, diffusers has {list(mine.shape)}")
                worst = float("inf")
                continue
            # a pixel may round the other way: its step is 1/255 of the range [-1, 1]
            scale = 255 / 2 if key == "out.pixels" else 1
            difference = (other.double() - mine.double()).abs().max().item() / scale
            worst = max(worst, difference if key != "out.pixels" or difference > 1.01 / scale else 0.0)
            print(f"{key}: max abs difference {difference * scale:.3g} (largest value {mine.double().abs().max():.3g})")
        if not compared:
            print(f"{a.compare} shares no key with diffusers' result")
        sys.exit(0 if compared and worst <= a.tolerance else 1)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
