"""An embedding of two vectors inside a folder of Stable Diffusion, as load_textual_inversion and save_pretrained leave it,
and the picture that StableDiffusionPipeline draws of it.

`textual-inversion/` holds the tokenizer and the text encoder that take the place of those of `tiny-stable-diffusion/`, and
`drawn.png` of PROMPT and NEGATIVE, 5 steps, guidance 5, seed 0.
"""
import json
import pathlib
import shutil
import tempfile

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file
from transformers import CLIPTextModel, CLIPTokenizer

from golden_file import GOLDEN, directory, safetensors_bytes

SEED = 20220802
PROMPT, NEGATIVE = "a photo of <cat-toy>, red", "<cat-toy>_1 bird"


def main():
    out = directory(__doc__)
    folder = out / "textual-inversion"
    shutil.rmtree(folder, ignore_errors=True)
    tiny = GOLDEN / "tiny-stable-diffusion"
    tokenizer = CLIPTokenizer.from_pretrained(tiny / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(tiny / "text_encoder")
    tokenizer.add_tokens(["<cat-toy>", "<cat-toy>_1"])
    encoder.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        encoder.get_input_embeddings().weight[-2:] = torch.randn(2, 16, generator=torch.Generator().manual_seed(SEED))
    tokenizer.save_pretrained(folder / "tokenizer")
    encoder.save_pretrained(folder / "text_encoder")
    weights = folder / "text_encoder" / "model.safetensors"
    weights.write_bytes(safetensors_bytes(load_file(weights), {"format": "pt"}))
    with tempfile.TemporaryDirectory() as whole:
        whole = pathlib.Path(whole) / "model"
        shutil.copytree(tiny, whole)
        for part in ("tokenizer", "text_encoder"):
            shutil.rmtree(whole / part)
            shutil.copytree(folder / part, whole / part)
        pipeline = StableDiffusionPipeline.from_pretrained(whole, safety_checker=None, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        pipeline(PROMPT, negative_prompt=NEGATIVE, num_inference_steps=5, guidance_scale=5.0,
                 generator=torch.Generator("cpu").manual_seed(0)).images[0].save(folder / "drawn.png")
        import diffusers, transformers
        made = dict(made_by="tools/golden/textual_inversion.py", seed=SEED, prompt=PROMPT, negative=NEGATIVE,
                    reference=f"torch {torch.__version__}, diffusers {diffusers.__version__}, transformers {transformers.__version__}",
                    expanded=[pipeline.maybe_convert_prompt(p, pipeline.tokenizer) for p in (PROMPT, NEGATIVE)])
    (folder / "drawn.json").write_text(json.dumps(made, indent=1) + "\n")
    print(made["expanded"], sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()), "bytes")


if __name__ == "__main__":
    main()
