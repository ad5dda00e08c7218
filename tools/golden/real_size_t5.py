"""Writes the encoder of a T5 v1.1 at a published size with random weights, and what transformers computes with it in float32.

    pip install torch==2.10.0 transformers==5.23.0
    python tools/golden/real_size_t5.py FOLDER [--size large]
    mvn -B -pl core test -Dtest=RealSizeT5Test -Dt5.folder=FOLDER -Dparity=INFO

FOLDER gets config.json and weights as transformers saves them, spiece.model of the tiny T5, and expected.safetensors: ids and mask [2,77],
the second half padding, as a short prompt has it -> states [2,77,width]. small: 77 million parameters, a second; large: 1.4 GB of disk."""
import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import T5Config, T5EncoderModel

from golden_file import GOLDEN

SEED = 20191023
SIZES = {"small": (512, 8, 6, 1024), "base": (768, 12, 12, 2048), "large": (1024, 24, 16, 2816)}  # width, layers, heads, d_ff
TOKENS, VOCABULARY = 77, 32128


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=SIZES, default="small")
    a = parser.parse_args()
    torch.manual_seed(SEED)
    width, layers, heads, inner = SIZES[a.size]
    model = T5EncoderModel(T5Config(
        vocab_size=VOCABULARY, d_model=width, d_kv=64, d_ff=inner, num_layers=layers, num_heads=heads,
        feed_forward_proj="gated-gelu")).eval()
    for name, p in model.named_parameters():
        if name.endswith("layer_norm.weight"):
            p.add_(torch.randn_like(p) * 0.1)
    ids = torch.randint(3, VOCABULARY - 100, (2, TOKENS))
    mask = torch.ones_like(ids)
    mask[1, TOKENS // 2:] = 0
    ids[mask == 0] = 0
    model.save_pretrained(a.folder)
    shutil.copy(GOLDEN / "tiny-t5/spiece.model", a.folder)
    save_file({"ids": ids, "mask": mask, "states": model(ids, attention_mask=mask).last_hidden_state},
              a.folder / "expected.safetensors")


if __name__ == "__main__":
    main()
