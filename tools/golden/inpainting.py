"""A tiny U-Net of 9 channels, which is shown a mask and what is kept of a picture, and what StableDiffusionInpaintPipeline draws with it.

`tiny-inpainting-unet/` is the U-Net of `tiny-stable-diffusion/` with five more channels of random weights; the other parts are those of
that folder. `pipeline-inpainting.safetensors` has latents and pictures of 32x24, of the picture and the mask of `redrawing.py`.
"""
import json

import diffusers
import torch
from diffusers import StableDiffusionInpaintPipeline, UNet2DConditionModel
from PIL import Image

from golden_file import GOLDEN, GoldenFile, directory
from redrawing import REQUEST, picture_and_mask

SEED = 4100
CASES = {
    "ddim-all": ("DDIM", 1.0),
    "ddim": ("DDIM", 0.6),
    "euler-all": ("EulerDiscrete", 1.0),
    "pndm": ("PNDM", 0.8),
    "dpm-all": ("DPMSolverMultistep", 1.0),
}


def main():
    out = directory(__doc__)
    whole = GOLDEN / "tiny-stable-diffusion"
    plain = UNet2DConditionModel.from_pretrained(whole, subfolder="unet")
    unet = UNet2DConditionModel.from_config({**plain.config, "in_channels": 9})
    state = plain.state_dict()
    more = torch.randn(8, 5, 3, 3, generator=torch.Generator().manual_seed(SEED)) * 0.1
    state["conv_in.weight"] = torch.cat([state["conv_in.weight"], more], 1)
    unet.load_state_dict(state)
    unet.save_pretrained(out / "tiny-inpainting-unet")
    config = out / "tiny-inpainting-unet" / "config.json"
    kept = json.loads(config.read_text())
    kept.pop("_name_or_path", None)
    config.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    picture, mask = picture_and_mask()
    golden = GoldenFile("pipeline-inpainting.safetensors", SEED, folder="tiny-stable-diffusion", request=REQUEST,
                        keys="in.picture [24,32,3], in.mask [24,32], 0..255 -> out.CASE.latents [1,4,6,8] and"
                             " out.CASE.pixels [24,32,3] 0..255; the metadata's `cases` has each one's scheduler, strength and"
                             " seed.")
    golden.put("in.picture", picture)
    golden.put("in.mask", mask)
    cases = {}
    for name, (scheduler, strength) in CASES.items():
        pipeline = StableDiffusionInpaintPipeline.from_pretrained(whole, unet=unet, safety_checker=None,
                                                                  requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        pipeline.scheduler = getattr(diffusers, scheduler + "Scheduler").from_config(pipeline.scheduler.config)
        for kind, key in (("latent", "latents"), ("np", "pixels")):
            drawn = pipeline(**REQUEST, image=Image.fromarray(picture.numpy()), mask_image=Image.fromarray(mask.numpy()),
                             height=24, width=32, strength=strength, output_type=kind,
                             generator=torch.Generator("cpu").manual_seed(SEED)).images
            golden.put(f"out.{name}.{key}", drawn if kind == "latent"
                       else torch.from_numpy((drawn[0] * 255).round().astype("float32")))
        cases[name] = dict(scheduler=scheduler, strength=strength, seed=SEED)
    golden.metadata["cases"] = json.dumps(cases)
    golden.write(out)


if __name__ == "__main__":
    main()
