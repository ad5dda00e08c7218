"""A tiny U-Net of 7 channels, which is shown a small picture and told how noisy it is, and what StableDiffusionUpscalePipeline draws with it.

`tiny-upscaler/` has what such a folder has beside the text encoder, the tokenizer and the autoencoder, which are those of
`tiny-stable-diffusion-2/`. `pipeline-upscaler.safetensors` has the latents of the picture of `redrawing.py`, 32x24, and one picture of 128x96.
"""
import json
import shutil
import tempfile
from pathlib import Path

import diffusers
import torch
from diffusers import DDIMScheduler, DDPMScheduler, StableDiffusionUpscalePipeline, UNet2DConditionModel
from PIL import Image

from golden_file import GOLDEN, GoldenFile, directory, randomize
from redrawing import picture_and_mask

SEED = 4400
REQUEST = dict(prompt="a red bird on a small tree", negative_prompt="a blue cube", num_inference_steps=5)
CASES = {  # scheduler, noise level, guidance
    "ddim": ("DDIM", 20, 9.0),
    "ddim-noisy": ("DDIM", 300, 9.0),
    "ddim-unguided": ("DDIM", 0, 1.0),
    "euler": ("EulerDiscrete", 20, 5.0),
}
NOISE = dict(beta_start=0.0001, beta_end=0.02, beta_schedule="scaled_linear", num_train_timesteps=1000)


def write_parts(folder):
    shutil.rmtree(folder, ignore_errors=True)
    unet = UNet2DConditionModel(
        sample_size=16, in_channels=7, out_channels=4, block_out_channels=(8, 8, 8), layers_per_block=1, norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=16, attention_head_dim=2,
        use_linear_projection=True, num_class_embeds=351, only_cross_attention=[True, True, False])
    randomize(unet, SEED)
    unet.save_pretrained(folder / "unet")
    DDIMScheduler(**NOISE, clip_sample=False, set_alpha_to_one=False, steps_offset=1,
                  prediction_type="v_prediction").save_pretrained(folder / "scheduler")
    DDPMScheduler(**(NOISE | {"beta_schedule": "squaredcos_cap_v2"})).save_pretrained(folder / "low_res_scheduler")
    index = {
        "_class_name": "StableDiffusionUpscalePipeline", "_diffusers_version": diffusers.__version__, "max_noise_level": 350,
        "low_res_scheduler": ["diffusers", "DDPMScheduler"], "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}
    (folder / "model_index.json").write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")


def main():
    out = directory(__doc__)
    parts = out / "tiny-upscaler"
    write_parts(parts)
    picture, _ = picture_and_mask()
    golden = GoldenFile("pipeline-upscaler.safetensors", SEED, folder="tiny-upscaler", request=REQUEST,
                        keys="in.picture [24,32,3], 0..255 -> out.CASE.latents [1,4,24,32]; out.ddim.pixels [96,128,3] 0..255; the"
                             " metadata's `cases` has each one's scheduler, noise level, guidance and seed.")
    golden.put("in.picture", picture)
    cases = {}
    with tempfile.TemporaryDirectory() as temporary:
        whole = Path(temporary) / "whole"
        shutil.copytree(GOLDEN / "tiny-stable-diffusion-2", whole)
        for part in ("unet", "scheduler"):
            shutil.rmtree(whole / part)
        shutil.copytree(parts, whole, dirs_exist_ok=True)
        for name, (scheduler, noise, guidance) in CASES.items():
            pipeline = StableDiffusionUpscalePipeline.from_pretrained(whole)
            pipeline.set_progress_bar_config(disable=True)
            pipeline.scheduler = getattr(diffusers, scheduler + "Scheduler").from_config(pipeline.scheduler.config)
            kinds = (("latent", "latents"), ("np", "pixels")) if name == "ddim" else (("latent", "latents"),)
            for kind, key in kinds:
                drawn = pipeline(**REQUEST, image=Image.fromarray(picture.numpy()), noise_level=noise, guidance_scale=guidance,
                                 output_type=kind, generator=torch.Generator("cpu").manual_seed(SEED)).images
                golden.put(f"out.{name}.{key}", drawn if kind == "latent"
                           else torch.from_numpy((drawn[0] * 255).round().astype("float32")))
            print(name, golden.tensors[f"out.{name}.latents"].abs().max())
            cases[name] = dict(scheduler=scheduler, noise=noise, guidance=guidance, seed=SEED)
    golden.metadata["cases"] = json.dumps(cases)
    golden.write(out)


if __name__ == "__main__":
    main()
