"""Writes a language model at a published size, or IDEFICS-9B's first block with what it looks at pictures by, of random weights in bfloat16,
as transformers publishes it, for writing.py and org.zeuxis.bench.Writing to open.

    python bench/peers/writing_folder.py FOLDER opt-125m        # or pythia-410m, idefics-block; --tiny to try the scripts"""
import argparse
import json
import pathlib
import shutil

import torch
from transformers import (GPTNeoXConfig, GPTNeoXForCausalLM, IdeficsConfig, IdeficsForVisionText2Text, IdeficsImageProcessor,
                          OPTConfig, OPTForCausalLM)

SEED = 20220429
TOKENIZER = (pathlib.Path(__file__).resolve().parents[2]
             / "core/src/test/resources/golden/language-tokenizers/characters")


def opt_125m(tiny):
    size = dict(hidden_size=64, word_embed_proj_dim=64, ffn_dim=128, num_attention_heads=4, num_hidden_layers=2, vocab_size=320)
    return OPTForCausalLM(OPTConfig(**(size if tiny else {})))  # whose defaults are OPT-125M's


def pythia_410m(tiny):
    size = dict(vocab_size=50304, hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16)
    if tiny:
        size = dict(vocab_size=320, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4)
    return GPTNeoXForCausalLM(GPTNeoXConfig(
        **size, rotary_pct=0.25, use_parallel_residual=True, max_position_embeddings=2048))


def idefics_block(tiny):
    """one block of LLaMA and one gated layer before it, the resampler, and a small vision transformer, which is not what is timed"""
    width = dict(hidden_size=4096, intermediate_size=11008, num_attention_heads=32, vocab_size=32000)
    eyes = dict(embed_dim=1280, image_size=224, patch_size=14, intermediate_size=5120, num_attention_heads=16)
    latents = dict(resampler_n_latents=64, resampler_depth=6, resampler_n_heads=16, resampler_head_dim=96)
    if tiny:
        width = dict(hidden_size=64, intermediate_size=128, num_attention_heads=4, vocab_size=1000)
        eyes = dict(embed_dim=32, image_size=28, patch_size=14, intermediate_size=64, num_attention_heads=4)
        latents = dict(resampler_n_latents=8, resampler_depth=1, resampler_n_heads=2, resampler_head_dim=16)
    return IdeficsForVisionText2Text(IdeficsConfig(
        **width, additional_vocab_size=2, num_hidden_layers=1, cross_layer_interval=1, max_position_embeddings=2048,
        alpha_type="vector", alpha_initializer="ones", qk_layer_norms=True, use_resampler=True, rms_norm_eps=1e-6,
        vision_config=dict(**eyes, num_hidden_layers=1), perceiver_config=dict(**latents, qk_layer_norms_perceiver=True)))


SIZES = {"opt-125m": opt_125m, "pythia-410m": pythia_410m, "idefics-block": idefics_block}


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--tiny", action="store_true")
    a = parser.parse_args()
    torch.manual_seed(SEED)
    model = SIZES[a.size](a.tiny).eval().to(torch.bfloat16)
    model.save_pretrained(a.folder)
    (a.folder / "generation_config.json").unlink(missing_ok=True)
    if a.size == "idefics-block":
        # a tokenizer that knows the marks beyond the words; how long a word is does not matter here
        shutil.copy(TOKENIZER / "tokenizer_config.json", a.folder)
        tokenizer = json.loads((TOKENIZER / "tokenizer.json").read_text())
        first = model.config.vocab_size
        for i, mark in enumerate(("<fake_token_around_image>", "<image>")):
            tokenizer["added_tokens"].append(dict(id=first + i, content=mark, single_word=False, lstrip=False, rstrip=False,
                                                  normalized=False, special=True))
        (a.folder / "tokenizer.json").write_text(json.dumps(tokenizer))
        size = model.config.vision_config.image_size
        (a.folder / "preprocessor_config.json").write_text(json.dumps(IdeficsImageProcessor(image_size=size).to_dict()))
    print(a.folder, sum(p.numel() for p in model.parameters()) // 1_000_000, "million parameters")


if __name__ == "__main__":
    main()
