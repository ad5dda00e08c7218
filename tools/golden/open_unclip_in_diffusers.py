"""Opens a folder of unCLIP that Zeuxis saved in UnCLIPPipeline, and compares the picture it draws with the one that Zeuxis drew.

    python open_unclip_in_diffusers.py FOLDER --prompt "a red bird" --seed 7 --picture zeuxis.png

Both draw in float32 with one candidate of the prior, as diffusers has no other. The exit status is 1 where a grey level differs by
more than --tolerance."""
import argparse
import sys

import numpy
import PIL.Image
import torch
from diffusers import PriorTransformer, UNet2DConditionModel, UNet2DModel, UnCLIPPipeline, UnCLIPScheduler
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from transformers import CLIPTextModelWithProjection, CLIPTokenizer

PARTS = dict(
    tokenizer=CLIPTokenizer, text_encoder=CLIPTextModelWithProjection, prior=PriorTransformer,
    prior_scheduler=UnCLIPScheduler, text_proj=UnCLIPTextProjModel, decoder=UNet2DConditionModel,
    decoder_scheduler=UnCLIPScheduler, super_res_first=UNet2DModel, super_res_last=UNet2DModel,
    super_res_scheduler=UnCLIPScheduler)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, nargs=3, default=(25, 25, 7), help="of prior, decoder and upsampler")
    parser.add_argument("--picture", help="what Zeuxis drew")
    parser.add_argument("--tolerance", type=int, default=1)
    a = parser.parse_args()
    # part by part: diffusers 0.42 cannot find the class of text_proj from model_index.json, not even in a folder that it saved
    pipeline = UnCLIPPipeline(**{name: cls.from_pretrained(a.folder, subfolder=name) for name, cls in PARTS.items()})
    pipeline.set_progress_bar_config(disable=True)
    picture = pipeline(
        a.prompt, generator=torch.Generator().manual_seed(a.seed), prior_num_inference_steps=a.steps[0],
        decoder_num_inference_steps=a.steps[1], super_res_num_inference_steps=a.steps[2]).images[0]
    print("drawn:", picture.size, "of", sum(p.numel() for c in pipeline.components.values()
                                            if isinstance(c, torch.nn.Module) for p in c.parameters()), "parameters")
    if a.picture:
        both = [numpy.asarray(p.convert("RGB"), dtype=int) for p in (picture, PIL.Image.open(a.picture))]
        difference = int(numpy.abs(both[0] - both[1]).max())
        print("grey levels differ by at most", difference)
        sys.exit(difference > a.tolerance)


if __name__ == "__main__":
    main()
