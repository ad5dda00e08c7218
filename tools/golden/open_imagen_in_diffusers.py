"""Opens a folder of Imagen that Zeuxis trained in IFPipeline and, for each upsampler_… inside, IFSuperResolutionPipeline, and compares
the picture they draw with the one that Zeuxis drew:

    zeuxis imagine "a red bird" --model FOLDER --seed 7 --steps 25 --guidance 4 --dtype float32 -o zeuxis.png
    python open_imagen_in_diffusers.py FOLDER --prompt "a red bird" --seed 7 --steps 25 --guidance 4 --picture zeuxis.png

Those pipelines read texts with a T5 alone and always 77 tokens of it, so the sentence encoder is asked here: its states, those of padding 0.
The exit status is 1 where a grey level differs by more than --tolerance."""
import argparse
import pathlib
import sys

import numpy
import PIL.Image
import torch
from diffusers import IFPipeline, IFSuperResolutionPipeline
from transformers import BertModel, BertTokenizer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, nargs="+", default=(25, 25), help="of the base, of each upsampler")
    parser.add_argument("--guidance", type=float, nargs="+", default=(4.0, 2.0))
    parser.add_argument("--picture", help="what Zeuxis drew")
    parser.add_argument("--tolerance", type=int, default=1)
    a = parser.parse_args()
    tokenizer = BertTokenizer.from_pretrained(a.folder / "tokenizer")
    encoder = BertModel.from_pretrained(a.folder / "text_encoder", add_pooling_layer=False).eval()
    batch = tokenizer([a.prompt.lower(), ""], padding="max_length", max_length=tokenizer.model_max_length, truncation=True,
                      return_tensors="pt")
    with torch.no_grad():
        states = encoder(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state * batch.attention_mask.unsqueeze(2)
    told = dict(prompt_embeds=states[:1], negative_prompt_embeds=states[1:], output_type="pt",
                generator=torch.Generator().manual_seed(a.seed))
    base = IFPipeline.from_pretrained(a.folder)
    base.set_progress_bar_config(disable=True)
    x = base(num_inference_steps=a.steps[0], guidance_scale=a.guidance[0], **told).images
    for i, folder in enumerate(sorted(a.folder.glob("upsampler_*"), key=lambda f: int(f.name.split("_")[1]))):
        larger = IFSuperResolutionPipeline.from_pretrained(folder)
        larger.set_progress_bar_config(disable=True)
        x = larger(image=x.clamp(-1, 1), num_inference_steps=a.steps[i + 1], guidance_scale=a.guidance[i + 1], **told).images
    drawn = ((x.clamp(-1, 1)[0].permute(1, 2, 0) + 1) * 127.5).round().int().numpy()
    print("drawn:", drawn.shape, "of", sum(p.numel() for p in base.unet.parameters()), "parameters in the base")
    if a.picture:
        difference = int(numpy.abs(drawn - numpy.asarray(PIL.Image.open(a.picture).convert("RGB"), dtype=int)).max())
        print("grey levels differ by at most", difference)
        sys.exit(difference > a.tolerance)


if __name__ == "__main__":
    main()
