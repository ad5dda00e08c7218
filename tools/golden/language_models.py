"""Language models of four families, tiny and random: folders of transformers, what they compute, and what they write greedily.

    pip install torch==2.10.0 transformers==5.23.0
    python tools/golden/language_models.py

tiny-<family>/               config.json, model.safetensors
language-models.safetensors  in.ids [2,9] -> <family>.logits [2,9,61]; <family>.greedy [12], written after the first row
"""
import shutil

import torch
from transformers import (GPTNeoXConfig, GPTNeoXForCausalLM, LlamaConfig, LlamaForCausalLM, MptConfig, MptForCausalLM,
                          OPTConfig, OPTForCausalLM)

from golden_file import GoldenFile, directory, randomize

SEED = 20220414
VOCABULARY = 61

MODELS = {
    # two heads of keys and values for four of queries
    "llama": lambda: LlamaForCausalLM(LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=24, intermediate_size=36, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, rope_parameters={"rope_type": "default", "rope_theta": 500.0})),
    "gpt-neox": lambda: GPTNeoXForCausalLM(GPTNeoXConfig(
        vocab_size=VOCABULARY, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=64, rope_parameters={"rope_type": "default", "rope_theta": 10000.0,
                                                     "partial_rotary_factor": 0.5})),
    "opt": lambda: OPTForCausalLM(OPTConfig(
        vocab_size=VOCABULARY, hidden_size=24, ffn_dim=40, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=64, word_embed_proj_dim=24)),
    # three heads: the slopes of no power of two
    "mpt": lambda: MptForCausalLM(MptConfig(
        vocab_size=VOCABULARY, d_model=24, n_heads=3, n_layers=2, max_seq_len=64)),
}


@torch.no_grad()
def main(out):
    generator = torch.Generator().manual_seed(SEED)
    ids = torch.randint(3, VOCABULARY, (2, 9), generator=generator)
    golden = GoldenFile(
        "language-models.safetensors", SEED, packages=("torch", "transformers"),
        keys="in.ids [2,9] -> <family>.logits [2,9,61] without a mask; <family>.greedy [12], after the first row")
    golden.put("in.ids", ids)
    for i, (name, make) in enumerate(MODELS.items()):
        folder = out / f"tiny-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        model = randomize(make(), SEED + i)
        for key, p in model.named_parameters():
            if "norm" in key and key.endswith("weight"):
                p.copy_(1 + 0.3 * torch.randn(p.shape, generator=generator))
        model.save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        golden.put(f"{name}.logits", model(ids).logits)
        written = model.generate(ids[:1], attention_mask=torch.ones(1, 9), max_new_tokens=12, do_sample=False,
                                 eos_token_id=None, pad_token_id=0)
        golden.put(f"{name}.greedy", written[0, 9:])
    golden.write(out)


main(directory(__doc__))
