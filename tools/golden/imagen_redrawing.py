"""What diffusers' four pipelines of DeepFloyd that begin with a picture make of the folders of imagen_pipeline.py, which must have run
before: drawn again in whole or where a mask is white, by the base and by super-resolution."""
import warnings

import torch
from diffusers import (DDPMScheduler, IFImg2ImgPipeline, IFImg2ImgSuperResolutionPipeline, IFInpaintingPipeline,
                       IFInpaintingSuperResolutionPipeline, IFPipeline)
from diffusers.pipelines.deepfloyd_if import timesteps

from golden_file import GoldenFile, directory
from imagen_pipeline import LARGEST_ROUNDING
from unclip_pipeline import in_float64

SEED = 20230428
REQUESTS = {
    "img2img": dict(seed=3, steps=5, guidance=7.0, strength=0.7),
    "inpainting": dict(seed=4, steps=4, guidance=7.0, strength=1.0),
    "img2img_super_resolution": dict(seed=5, steps=5, guidance=4.0, strength=0.8, noise_level=250),
    "inpainting_super_resolution": dict(seed=6, steps=5, guidance=4.0, strength=0.8, noise_level=0),
}
CLASSES = dict(zip(REQUESTS, (IFImg2ImgPipeline, IFInpaintingPipeline, IFImg2ImgSuperResolutionPipeline,
                              IFInpaintingSuperResolutionPipeline)))


def main(out):
    warnings.filterwarnings("ignore")
    golden = GoldenFile("pipeline-if-redrawing.safetensors", SEED, requests=REQUESTS, folders="tiny-if, tiny-if-super-resolution",
                        keys="in.text, in.none of T5; in.picture, in.mask, in.large, in.large_mask; out.<pipeline>, -1 to 1; timesteps.<preset>; out.smart27 by IFPipeline, seed 8, guidance 2")
    generator = torch.Generator().manual_seed(SEED)
    text, none = torch.randn(2, 1, 9, 16, generator=generator)
    picture, large = (2 * torch.rand(1, 3, n, n, generator=generator) - 1 for n in (8, 16))
    mask, large_mask = ((torch.rand(1, 1, n, n, generator=generator) > 0.5).float() for n in (8, 16))
    for name, value in dict(text=text, none=none, picture=picture, mask=mask, large=large, large_mask=large_mask).items():
        golden.put(f"in.{name}", value)
    for name, request in REQUESTS.items():
        larger = "super" in name
        absent = dict(safety_checker=None, feature_extractor=None, watermarker=None, requires_safety_checker=False)
        if larger:
            absent.update(text_encoder=None, tokenizer=None)
        pipeline = CLASSES[name].from_pretrained(out / ("tiny-if-super-resolution" if larger else "tiny-if"), **absent)
        pipeline.set_progress_bar_config(disable=True)

        def call():
            dtype = pipeline.unet.dtype
            inputs = dict(image=picture.to(dtype))
            if larger:
                inputs.update(original_image=large.to(dtype), noise_level=request["noise_level"])
            if "inpainting" in name:
                inputs.update(mask_image=(large_mask if larger else mask).clone().to(dtype))
            return pipeline(
                **inputs, prompt_embeds=text.to(dtype), negative_prompt_embeds=none.to(dtype), strength=request["strength"],
                num_inference_steps=request["steps"], guidance_scale=request["guidance"], output_type="pt",
                generator=torch.Generator().manual_seed(request["seed"])).images

        exact = in_float64(pipeline, call, DDPMScheduler)
        drawn = call()
        rounding = float((exact - drawn).abs().max())
        print(name, "float32 from float64:", rounding)
        if rounding > LARGEST_ROUNDING:
            raise ValueError(f"{name}: float32 alone moves the picture by {rounding}; take another seed")
        golden.metadata[f"float32_from_float64.{name}"] = f"{rounding:.1e}"
        golden.put(f"out.{name}", drawn)
    # drawn anew, but at timesteps that have a name
    presets = {k.removesuffix("_timesteps"): v for k, v in vars(timesteps).items() if k.endswith("_timesteps")}
    for name, steps in presets.items():
        golden.put(f"timesteps.{name}", steps)
    pipeline = IFPipeline.from_pretrained(out / "tiny-if")
    pipeline.set_progress_bar_config(disable=True)
    golden.put("out.smart27", pipeline(
        prompt_embeds=text, negative_prompt_embeds=none, guidance_scale=2.0, timesteps=presets["smart27"], output_type="pt",
        generator=torch.Generator().manual_seed(8)).images)
    golden.write(out)


if __name__ == "__main__":
    with torch.no_grad():
        main(directory(__doc__))
