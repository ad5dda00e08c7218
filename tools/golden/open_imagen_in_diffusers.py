"""Opens the parts of an Imagen that Zeuxis trained in transformers and diffusers, draws with them stage by stage, and compares the picture
with the one that Zeuxis drew:

    zeuxis imagine "a red bird" --model FOLDER --seed 7 --dtype float32 -o zeuxis.png
    python open_imagen_in_diffusers.py FOLDER --prompt "a red bird" --seed 7 --picture zeuxis.png

IFPipeline opens the folder too, but draws only with networks that learn the variance, as DeepFloyd's do and the paper's do not.
The exit status is 1 where a grey level differs by more than --tolerance."""
import argparse
import pathlib
import sys

import numpy
import PIL.Image
import torch
from diffusers import DDPMScheduler, DPMSolverMultistepScheduler, UNet2DConditionModel
from transformers import BertModel, BertTokenizer


def draw(folder, states, small, steps, guidance, generator):
    """What IFPipeline and IFSuperResolutionPipeline do at noise level 250, but for the variance; states of the prompt, then of no text."""
    unet = UNet2DConditionModel.from_pretrained(folder / "unet").eval()
    scheduler = DPMSolverMultistepScheduler.from_pretrained(folder / "scheduler")
    scheduler.set_timesteps(steps)
    size = unet.config.sample_size
    x = torch.randn(1, 3, size, size, generator=generator)
    beside, level = None, None
    if small is not None:
        level = torch.tensor([250])
        beside = torch.nn.functional.interpolate(small, (size, size), mode="bilinear", align_corners=True)
        noising = DDPMScheduler.from_pretrained(folder / "image_noising_scheduler")
        beside = noising.add_noise(beside, torch.randn(beside.shape, generator=generator), level)
    for t in scheduler.timesteps:
        shown = x if beside is None else torch.cat([x, beside], dim=1)
        labels = None if level is None else level.repeat(2)
        given, none = unet(shown.repeat(2, 1, 1, 1), t, encoder_hidden_states=states, class_labels=labels).sample.chunk(2)
        x = scheduler.step(none + guidance * (given - none), t, x).prev_sample
    return x.clamp(-1, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, nargs="+", default=(25, 12), help="of the base, of each upsampler")
    parser.add_argument("--guidance", type=float, nargs="+", default=(1.0, 1.0))
    parser.add_argument("--picture", help="what Zeuxis drew")
    parser.add_argument("--tolerance", type=int, default=1)
    a = parser.parse_args()
    tokenizer = BertTokenizer.from_pretrained(a.folder / "tokenizer")
    encoder = BertModel.from_pretrained(a.folder / "text_encoder", add_pooling_layer=False).eval()
    batch = tokenizer([a.prompt.lower(), ""], padding="max_length", max_length=tokenizer.model_max_length, truncation=True,
                      return_tensors="pt")
    with torch.no_grad():
        states = encoder(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state * batch.attention_mask.unsqueeze(2)
        generator = torch.Generator().manual_seed(a.seed)
        x = draw(a.folder, states, None, a.steps[0], a.guidance[0], generator)
        for i, folder in enumerate(sorted(a.folder.glob("upsampler_*"), key=lambda f: int(f.name.split("_")[1]))):
            x = draw(folder, states, x, a.steps[i + 1], a.guidance[i + 1], generator)
    drawn = ((x[0].permute(1, 2, 0) + 1) * 127.5).round().int().numpy()
    print("drawn:", drawn.shape)
    if a.picture:
        difference = int(numpy.abs(drawn - numpy.asarray(PIL.Image.open(a.picture).convert("RGB"), dtype=int)).max())
        print("grey levels differ by at most", difference)
        sys.exit(difference > a.tolerance)


if __name__ == "__main__":
    main()
